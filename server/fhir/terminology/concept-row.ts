/** What readers of terminology releases hand to the store: a system, and its concepts one by one. */

export interface ConceptRow {
  readonly code: string
  readonly display?: string
  readonly active: boolean
  readonly definition?: string
  /** Direct is-a parents within the system. */
  readonly parents?: readonly string[]
  readonly designations?: readonly { readonly language?: string; readonly use?: string; readonly value: string }[]
  readonly properties?: readonly {
    readonly code: string
    readonly value: string
    readonly type: 'code' | 'string' | 'boolean' | 'integer' | 'decimal' | 'dateTime' | 'Coding'
    /** Above 0: properties of the same number belong together, as SNOMED CT's role groups do. */
    readonly group?: number
  }[]
}

export interface ReleaseSystem {
  readonly url: string
  readonly version: string
  readonly name: string
  readonly hierarchyMeaning?: 'is-a'
  readonly properties: readonly { readonly code: string; readonly type: string }[]
}
