/** The table of agreement by module. */
import type { Check } from './manifest.ts'

export interface Row {
  readonly check: Check
  readonly errors: readonly string[]
}

/** Verdicts (any error or none) and numbers of errors that agree, for this server and for what others recorded. */
export function agreementTable(rows: readonly Row[]): string {
  const modules = [...new Set(rows.map(({ check }) => check.module))].sort()
  const lines = modules.map((module) =>
    line(
      module,
      rows.filter(({ check }) => check.module === module),
    ),
  )
  return [header, ...lines, line('all', rows)].join('\n')
}

const header = 'module         cases   verdict         count           firely verdict  firely count'

function line(module: string, rows: readonly Row[]): string {
  const own = rows.map(({ check, errors }) => ({ expected: check.expected.errors.length, actual: errors.length }))
  const firely = rows.flatMap(({ check }) =>
    check.firely ? [{ expected: check.expected.errors.length, actual: check.firely.errors.length }] : [],
  )
  const cells = [verdicts(own), counts(own), verdicts(firely), counts(firely)]
  return `${module.padEnd(15)}${String(rows.length).padEnd(8)}${cells.map((cell) => cell.padEnd(16)).join('')}`.trimEnd()
}

interface Pair {
  readonly expected: number
  readonly actual: number
}

function verdicts(pairs: readonly Pair[]): string {
  return share(pairs, ({ expected, actual }) => expected > 0 === actual > 0)
}

function counts(pairs: readonly Pair[]): string {
  return share(pairs, ({ expected, actual }) => expected === actual)
}

function share(pairs: readonly Pair[], agrees: (pair: Pair) => boolean): string {
  if (pairs.length === 0) return '-'
  const agreeing = pairs.filter(agrees).length
  return `${agreeing}/${pairs.length} ${((100 * agreeing) / pairs.length).toFixed(1)}%`
}
