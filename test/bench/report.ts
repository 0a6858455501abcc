/** The table that a run prints, and its file. */
import type { Measured } from './measure.ts'

export interface Row {
  readonly work: string
  readonly measured: string
  /** What the limit reached, measured in the same run. */
  readonly limit?: string
  readonly ratio?: number
  /** As in `≥ 0.85`. */
  readonly target: string
  /** Undefined: nothing is promised, or it could not be measured. */
  readonly met?: boolean
  readonly note?: string
}

/** A comparison with a target such as `≥ 0.85` or `≤ 2.5`. */
export function isMet(value: number, target: string): boolean {
  const [sign, number] = target.split(' ') as [string, string]
  return sign === '≥' ? value >= Number(number.replaceAll(',', '')) : value <= Number(number.replaceAll(',', ''))
}

export function rowOf(
  work: string,
  measured: string,
  target: string,
  value: number,
  rest: { limit?: string; ratio?: number; note?: string } = {},
): Row {
  return { work, measured, target, met: isMet(value, target), ...rest }
}

/** A row for what this server cannot do yet, or what this machine lacks. */
export function notMeasured(work: string, target: string, note: string): Row {
  return { work, measured: '–', target, note }
}

export function milliseconds(value: number): string {
  return `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`
}

export function rate(value: number, unit = '/s'): string {
  return `${Math.round(value).toLocaleString('en-US')}${unit}`
}

export function cpu({ nodeCpu, postgresCpu }: Measured): string {
  return `${Math.round(nodeCpu)} + ${Math.round(postgresCpu)} µs CPU`
}

export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024).toLocaleString('en-US')} MB`
}

export function tableText(rows: readonly Row[]): string {
  const header = ['work', 'measured', 'limit', 'ratio', 'target', 'met']
  const lines = rows.map((row) => [
    row.work,
    row.measured,
    row.limit ?? '',
    row.ratio === undefined ? '' : row.ratio.toFixed(2),
    row.target,
    row.met === undefined ? (row.note ?? '') : row.met ? 'yes' : 'NO',
  ])
  const widths = header.map((name, i) => Math.max(name.length, ...lines.map((line) => line[i]!.length)))
  const text = (line: readonly string[]) =>
    line
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join('  ')
      .trimEnd()
  return [text(header), text(widths.map((width) => '-'.repeat(width))), ...lines.map(text)].join('\n')
}
