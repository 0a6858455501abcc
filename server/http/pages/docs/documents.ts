/** The documentation: its pages in reading order. */
import { appsAndAccess } from './access.ts'
import { bundles } from './bundles.ts'
import { apiConsole } from './console.ts'
import type { Document } from './document.ts'
import { operations } from './operations.ts'
import { outcomes } from './outcomes.ts'
import { patch } from './patch.ts'
import { promises } from './promises.ts'
import { quickStart } from './quick-start.ts'
import { rest } from './rest.ts'
import { search } from './search.ts'
import { settingsPage } from './settings.ts'

export const documents: readonly Document[] = [
  quickStart,
  appsAndAccess,
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
