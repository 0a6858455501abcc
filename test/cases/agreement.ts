/** How far validators agree with the reference validator, by module, and where they do not. */
import { counts as countReasons, verdicts as verdictReasons } from './disagreements.ts'
import type { Check } from './manifest.ts'

export interface Row {
  readonly check: Check
  readonly errors: readonly string[]
  /** The number that `@medplum/core` finds. */
  readonly medplum: number
}

/** Numbers of errors: of the reference, and of another validator. */
interface Pair {
  readonly expected: number
  readonly actual: number
}

/** Shares from 0 to 1. */
export interface Agreement {
  readonly verdicts: number
  readonly counts: number
}

/** Verdicts (any error or none) and numbers of errors that agree, for this server and for others. */
export function agreementTable(rows: readonly Row[]): string {
  const modules = [...new Set(rows.map(({ check }) => check.module))].sort()
  const lines = modules.map((module) => {
    const own = rows.filter(({ check }) => check.module === module)
    return line(module, own)
  })
  return [...header, ...lines, line('all', rows)].join('\n')
}

const header = [
  '               cases   this server                     @medplum/core                   firely-sdk-current, as recorded',
  'module                 verdict         count           verdict         count           verdict         count',
]

function line(module: string, rows: readonly Row[]): string {
  const cells = [ownPairs, medplumPairs, firelyPairs].flatMap((pairsOf) => {
    const pairs = pairsOf(rows)
    return [share(pairs, sameVerdict), share(pairs, sameCount)]
  })
  return `${module.padEnd(15)}${String(rows.length).padEnd(8)}${cells.map((cell) => cell.padEnd(16)).join('')}`.trimEnd()
}

function ownPairs(rows: readonly Row[]): Pair[] {
  return rows.map(({ check, errors }) => ({ expected: check.expected.errors.length, actual: errors.length }))
}

function medplumPairs(rows: readonly Row[]): Pair[] {
  return rows.map(({ check, medplum }) => ({ expected: check.expected.errors.length, actual: medplum }))
}

function firelyPairs(rows: readonly Row[]): Pair[] {
  return rows.flatMap(({ check: { expected, firely } }) =>
    firely ? [{ expected: expected.errors.length, actual: firely.errors.length }] : [],
  )
}

function sameVerdict({ expected, actual }: Pair): boolean {
  return expected > 0 === actual > 0
}

function sameCount({ expected, actual }: Pair): boolean {
  return expected === actual
}

function share(pairs: readonly Pair[], agrees: (pair: Pair) => boolean): string {
  if (pairs.length === 0) return '-'
  const agreeing = pairs.filter(agrees).length
  return `${agreeing}/${pairs.length} ${((100 * agreeing) / pairs.length).toFixed(1)}%`
}

/** Of this server. */
export function agreementOf(rows: readonly Row[]): Agreement {
  const pairs = ownPairs(rows)
  return {
    verdicts: pairs.filter(sameVerdict).length / pairs.length,
    counts: pairs.filter(sameCount).length / pairs.length,
  }
}

export type Kind = 'verdict' | 'count' | 'same'

/** What a row disagrees in. */
export function kindOf({ check, errors }: Pick<Row, 'check' | 'errors'>): Kind {
  const pair = { expected: check.expected.errors.length, actual: errors.length }
  return !sameVerdict(pair) ? 'verdict' : sameCount(pair) ? 'same' : 'count'
}

/** Why a row disagrees; undefined where nobody has told. */
export function reasonFor(row: Pick<Row, 'check' | 'errors'>): string | undefined {
  const kind = kindOf(row)
  return kind === 'same' ? undefined : reasons[kind][row.check.name]
}

const reasons = { verdict: verdictReasons, count: countReasons }

/** Disagreements that are not listed, and listed ones that there are none of (any more). */
export function unlisted(rows: readonly Row[]): string[] {
  const missing = rows
    .filter((row) => kindOf(row) !== 'same' && reasonFor(row) === undefined)
    .map((row) => `${row.check.name} disagrees in its ${kindOf(row)} and is not listed`)
  const kinds = new Map(rows.map((row) => [row.check.name, kindOf(row)]))
  const stale = (['verdict', 'count'] as const).flatMap((kind) =>
    Object.keys(reasons[kind])
      .filter((name) => kinds.get(name) !== kind)
      .map((name) => `${name} is listed and does not disagree in its ${kind}`),
  )
  return [...missing, ...stale]
}
