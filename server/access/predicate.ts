/**
 * Conditions on a resource's row that SQL and memory decide alike: which patient it belongs to, which terms it has, which
 * resource it is. Rows of resource types' tables, of the history and index rows in memory all have these.
 */
import { arrayText } from '../fhir/search/table.ts'
import { all as allSql, any as anySql, raw, type Sql, sql } from '../sql.ts'

export type Predicate = All | None | Union | And | Or | Not

export interface All {
  readonly kind: 'all'
}

export interface None {
  readonly kind: 'none'
}

/** The row belongs to one of the patients, has one of the terms, or one of the keys. */
export interface Union {
  readonly kind: 'union'
  readonly patients: readonly bigint[]
  readonly terms: readonly bigint[]
  readonly keys: readonly bigint[]
}

export interface And {
  readonly kind: 'and'
  readonly of: readonly Predicate[]
}

export interface Or {
  readonly kind: 'or'
  readonly of: readonly Predicate[]
}

export interface Not {
  readonly kind: 'not'
  readonly of: Predicate
}

/** What a predicate is about, in memory. */
export interface JudgedRow {
  readonly key: bigint
  readonly patient: bigint | null
  readonly terms: readonly bigint[]
  /** Ids of the patients of whose records it is to be part; of what is about to be stored alone. */
  readonly patients?: () => readonly string[]
}

export const everyRow: All = { kind: 'all' }
export const noRow: None = { kind: 'none' }

/** Rows of which something is in one of the lists; none where all are empty. */
export function union(lists: Partial<Omit<Union, 'kind'>>): Predicate {
  const { patients = [], terms = [], keys = [] } = lists
  if (patients.length + terms.length + keys.length === 0) return noRow
  return { kind: 'union', patients: distinct(patients), terms: distinct(terms), keys: distinct(keys) }
}

export function not(predicate: Predicate): Predicate {
  if (predicate.kind === 'all') return noRow
  if (predicate.kind === 'none') return everyRow
  return predicate.kind === 'not' ? predicate.of : { kind: 'not', of: predicate }
}

/** All of them hold. */
export function allOf(predicates: readonly Predicate[]): Predicate {
  const parts = predicates.flatMap((part) => (part.kind === 'and' ? part.of : [part]))
  if (parts.some(({ kind }) => kind === 'none')) return noRow
  const needed = withoutRepetition(parts, (part, other) => implies(other, part)).filter(({ kind }) => kind !== 'all')
  if (needed.length === 0) return everyRow
  return needed.length === 1 ? needed[0]! : { kind: 'and', of: needed }
}

/** One of them holds. */
export function anyOf(predicates: readonly Predicate[]): Predicate {
  const parts = predicates.flatMap((part) => (part.kind === 'or' ? part.of : [part]))
  if (parts.some(({ kind }) => kind === 'all')) return everyRow
  const unions = parts.filter((part) => part.kind === 'union')
  const whole = union({
    patients: unions.flatMap(({ patients }) => patients),
    terms: unions.flatMap(({ terms }) => terms),
    keys: unions.flatMap(({ keys }) => keys),
  })
  const others = parts.filter(({ kind }) => kind !== 'union' && kind !== 'none')
  const needed = withoutRepetition([whole, ...others], implies).filter(({ kind }) => kind !== 'none')
  if (needed.length === 0) return noRow
  return needed.length === 1 ? needed[0]! : { kind: 'or', of: needed }
}

/** Without what another makes superfluous; of two that do so to each other the first stays. */
function withoutRepetition(
  parts: readonly Predicate[],
  isSuperfluous: (part: Predicate, other: Predicate) => boolean,
): readonly Predicate[] {
  return parts.filter(
    (part, i) =>
      !parts.some((other, k) => k !== i && isSuperfluous(part, other) && (k < i || !isSuperfluous(other, part))),
  )
}

/** Whether `wider` surely holds where `narrower` does; `false` only means that its form does not tell. */
export function implies(narrower: Predicate, wider: Predicate): boolean {
  if (narrower.kind === 'none' || wider.kind === 'all') return true
  if (narrower.kind === 'or') return narrower.of.every((part) => implies(part, wider))
  if (wider.kind === 'and') return wider.of.every((part) => implies(narrower, part))
  if (narrower.kind === 'union' && wider.kind === 'union') return isWithin(narrower, wider)
  if (narrower.kind === 'not' && wider.kind === 'not') return implies(wider.of, narrower.of)
  return (
    (narrower.kind === 'and' && narrower.of.some((part) => implies(part, wider))) ||
    (wider.kind === 'or' && wider.of.some((part) => implies(narrower, part)))
  )
}

function isWithin(narrower: Union, wider: Union): boolean {
  return (
    narrower.patients.every((patient) => wider.patients.includes(patient)) &&
    narrower.terms.every((term) => wider.terms.includes(term)) &&
    narrower.keys.every((key) => wider.keys.includes(key))
  )
}

/** What is left to be decided of rows that belong to `patient`. */
export function ofPatient(predicate: Predicate, patient: bigint): Predicate {
  switch (predicate.kind) {
    case 'union':
      return predicate.patients.includes(patient) ? everyRow : union({ terms: predicate.terms, keys: predicate.keys })
    case 'and':
      return allOf(predicate.of.map((part) => ofPatient(part, patient)))
    case 'or':
      return anyOf(predicate.of.map((part) => ofPatient(part, patient)))
    case 'not':
      return not(ofPatient(predicate.of, patient))
    default:
      return predicate
  }
}

/** A union that holds wherever the predicate does: rows are found by it. Undefined where the form has none. */
export function pinOf(predicate: Predicate): Union | undefined {
  if (predicate.kind === 'union') return predicate
  if (predicate.kind === 'and') {
    const pins = predicate.of.flatMap((part) => pinOf(part) ?? [])
    return pins.sort((a, b) => sizeOf(a) - sizeOf(b))[0]
  }
  if (predicate.kind !== 'or') return undefined
  const pins = predicate.of.map(pinOf)
  if (pins.includes(undefined)) return undefined
  const whole = anyOf(pins as Union[])
  return whole.kind === 'union' ? whole : undefined
}

function sizeOf({ patients, terms, keys }: Union): number {
  return patients.length + terms.length + keys.length
}

const texts = new WeakMap<Predicate, string>()

/** A text that only the same predicate has. */
export function predicateText(predicate: Predicate): string {
  const text =
    texts.get(predicate) ??
    JSON.stringify(predicate, (_, value) => (typeof value === 'bigint' ? String(value) : (value as unknown)))
  texts.set(predicate, text)
  return text
}

/** The predicate on the row named `alias`; null, where the row lacks something, counts as false. */
export function predicateSql(predicate: Predicate, alias: Sql): Sql {
  switch (predicate.kind) {
    case 'all':
      return raw('true')
    case 'none':
      return raw('false')
    case 'union':
      return unionSql(predicate, alias)
    case 'and':
      return allSql(predicate.of.map((part) => predicateSql(part, alias)))
    case 'or':
      return anySql(predicate.of.map((part) => predicateSql(part, alias)))
    case 'not':
      return sql`(${predicateSql(predicate.of, alias)}) is not true`
  }
}

function unionSql({ patients, terms, keys }: Union, alias: Sql): Sql {
  return anySql([
    ...(patients.length > 0 ? [sql`${alias}.patient${oneOf(patients)}`] : []),
    ...(terms.length > 0 ? [sql`${alias}.terms && ${arrayText(terms)}::bigint[]`] : []),
    ...(keys.length > 0 ? [sql`${alias}.pk${oneOf(keys)}`] : []),
  ])
}

function oneOf(values: readonly bigint[]): Sql {
  return values.length === 1 ? sql` = ${values[0]}::bigint` : sql` = any (${arrayText(values)}::bigint[])`
}

/** The same, decided in memory. */
export function holds(predicate: Predicate, row: JudgedRow): boolean {
  switch (predicate.kind) {
    case 'all':
      return true
    case 'none':
      return false
    case 'union':
      return (
        (row.patient !== null && predicate.patients.includes(row.patient)) ||
        predicate.keys.includes(row.key) ||
        predicate.terms.some((term) => row.terms.includes(term))
      )
    case 'and':
      return predicate.of.every((part) => holds(part, row))
    case 'or':
      return predicate.of.some((part) => holds(part, row))
    case 'not':
      return !holds(predicate.of, row)
  }
}

function distinct(values: readonly bigint[]): readonly bigint[] {
  return values.length < 2 ? values : [...new Set(values)]
}
