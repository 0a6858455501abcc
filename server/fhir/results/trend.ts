/** The course of one analyte over time. */
import { comparableNumber, withUnit } from './comparable.ts'
import type { Measure } from './measure.ts'
import type { Result } from './result.ts'

export interface TrendPoint {
  readonly result: Result
  /** Milliseconds since 1970. */
  readonly time: number
  /** In the unit of the trend; that of the result where `line` differs. */
  readonly number: number
  readonly low?: number
  readonly high?: number
  /** Points of one line are comparable; a new line begins where the unit or the method changes. */
  readonly line: number
}

export interface Trend {
  readonly analyte: string
  /** The latest that counts. */
  readonly latest: Result
  /** The one before it, of whatever kind. */
  readonly previous?: Result
  /** All of them, oldest first. */
  readonly results: readonly Result[]
  /** Those in numbers, oldest first; empty where values are words. */
  readonly points: readonly TrendPoint[]
  readonly count: number
  /** Of the latest to the one before on the same line. */
  readonly direction?: 'up' | 'down' | 'same'
}

const counting: ReadonlySet<Result['state']> = new Set(['preliminary', 'final', 'corrected', 'unknown'])

/** Trends of all analytes, those with the newest results first. `now`: what is said to be later is no part of a course. */
export function trendsOf(results: readonly Result[], now: number): readonly Trend[] {
  const single = results.flatMap((result) => [result, ...result.components])
  const dated = single.flatMap((result) => {
    const { time } = result
    const counts = counting.has(result.state) && result.value !== undefined
    return time !== undefined && time <= now && counts ? [{ result, time }] : []
  })
  const groups = Map.groupBy(dated, ({ result }) => result.analyte)
  return [...groups.values()]
    .map((group) => trendOf(group.toSorted(byTime)))
    .toSorted((a, b) => b.latest.time! - a.latest.time!)
}

interface Dated {
  readonly result: Result
  readonly time: number
}

function byTime(a: Dated, b: Dated): number {
  return a.time - b.time || (a.result.issued ?? '').localeCompare(b.result.issued ?? '')
}

function trendOf(group: readonly Dated[]): Trend {
  const { result: latest } = group.at(-1)!
  const previous = group.at(-2)?.result
  const points = pointsOf(group)
  return {
    analyte: latest.analyte,
    latest,
    results: group.map(({ result }) => result),
    count: group.length,
    points,
    ...(previous && { previous }),
    ...directionOf(points, latest),
  }
}

/** In the unit of the newest result, as far back as that is comparable; before that in the unit that was used then. */
function pointsOf(group: readonly Dated[]): readonly TrendPoint[] {
  const points: TrendPoint[] = []
  let unit: { readonly measure: Measure; readonly method: string | undefined } | undefined
  let line = 0
  for (const { result, time } of group.toReversed()) {
    if (result.value?.kind !== 'measure') continue
    const { measure } = result.value
    let number = unit && comparableNumber(measure, unit.measure, result.analyte)
    if (number === undefined || unit!.method !== result.method) {
      if (unit) line++
      unit = { measure, method: result.method }
      number = measure.number
    }
    points.push({ result, time, number, line, ...rangeOf(result, measure, unit!.measure) })
  }
  return points.reverse()
}

function rangeOf({ ranges, analyte }: Result, own: Measure, unit: Measure): { low?: number; high?: number } {
  const inUnit = (end: Measure | undefined) => end && comparableNumber(withUnit(end, own), unit, analyte)
  const [low, high] = [inUnit(ranges[0]?.low), inUnit(ranges[0]?.high)]
  return { ...(low !== undefined && { low }), ...(high !== undefined && { high }) }
}

function directionOf(points: readonly TrendPoint[], latest: Result): Pick<Trend, 'direction'> {
  const [before, last] = points.slice(-2)
  if (!before || !last || last.result !== latest || before.line !== last.line) return {}
  if (last.number === before.number) return { direction: 'same' }
  return { direction: last.number > before.number ? 'up' : 'down' }
}
