/** The documentation: its pages in reading order. */
import type { Context } from '../../../context.ts'
import type { Html } from '../html.ts'
import { bundles } from './bundles.ts'
import { apiConsole } from './console.ts'
import { operations } from './operations.ts'
import { outcomes } from './outcomes.ts'
import { patch } from './patch.ts'
import { promises } from './promises.ts'
import { quickStart } from './quick-start.ts'
import { rest } from './rest.ts'
import { search } from './search.ts'
import { settingsPage } from './settings.ts'

export interface Document {
  readonly path: string
  /** In the list of pages. */
  readonly name: string
  readonly title: string
  readonly scripts?: readonly string[]
  readonly content: (context: Context) => Html
}

export const documents: readonly Document[] = [
  quickStart,
  rest,
  search,
  bundles,
  patch,
  operations,
  outcomes,
  settingsPage,
  promises,
  apiConsole,
]
