/** Names in the database that statements share. */
import { identifier, type Sql } from '../../sql.ts'

/** The table of a resource type. */
export function tableOf(type: string): Sql {
  return identifier(`r_${type.toLowerCase()}`)
}

/** PostgreSQL's text form of a bigint array. */
export function arrayText(values: Iterable<bigint>): string {
  return `{${[...values].join(',')}}`
}
