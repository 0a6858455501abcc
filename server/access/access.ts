/**
 * What a caller may reach. Every function of `store` that returns or changes resources takes an `Access` and makes it
 * part of its SQL. Until accounts exist there is one kind: everything is open.
 */
import { type Sql, sql } from '../sql.ts'

export interface Access {
  readonly kind: 'open'
  /** The id of the client program, where it is known. */
  readonly client?: string
}

export const openAccess: Access = { kind: 'open' }

/** The condition on rows of `type`, named `alias` in the statement, that the caller may see. */
export function visible(access: Access, _type: string, _alias: Sql): Sql {
  switch (access.kind) {
    case 'open':
      return sql`true`
  }
}
