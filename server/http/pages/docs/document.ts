/** A page of the documentation. */
import type { Context } from '../../../context.ts'
import type { Html } from '../html.ts'

export interface Document {
  readonly path: string
  /** In the list of pages. */
  readonly name: string
  readonly title: string
  readonly scripts?: (context: Context) => readonly string[]
  readonly content: (context: Context) => Html
}
