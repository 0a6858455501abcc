/** Times and bytes in statements. */
import { type Sql, sql } from '../sql.ts'

/** A timestamptz: times come from the caller's clock, in milliseconds. */
export function at(milliseconds: number): Sql {
  return sql`to_timestamp(${milliseconds}::float8 / 1000)`
}

/** The milliseconds of a timestamptz column as a number. */
export function milliseconds(column: Sql): Sql {
  return sql`round(extract(epoch from ${column}) * 1000)::float8`
}

/** A bytea. */
export function bytes(value: Uint8Array): Sql {
  return sql`${hex(value)}::bytea`
}

/** A bytea[]. */
export function byteLists(values: readonly Uint8Array[]): Sql {
  return sql`${values.map(hex)}::bytea[]`
}

function hex(value: Uint8Array): string {
  return `\\x${Buffer.from(value).toString('hex')}`
}
