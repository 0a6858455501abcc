/** Dates as queries write them: any precision, any zone. */
import type { DateRange } from '../values/date.ts'
import type { Random } from './random.ts'

/** A date in, at the edge of, or near a range; undefined for a range without ends. */
export function chooseDate(range: DateRange, now: number, random: Random): string | undefined {
  const ends = [range.low, range.high - 1].filter(Number.isFinite)
  if (ends.length === 0) return undefined
  const end = random.pick(ends)
  const shift = random.weighted([
    [6, 0],
    [1, 86_400_000 * (random.below(9) - 4)],
    [1, Math.round((random.next() - 0.5) * Math.abs(now - end) * 0.2)],
    [1, random.below(2000) - 1000],
  ])
  return writeDate(end + shift, random)
}

const zones = ['Z', '', '+00:00', '+02:00', '-05:00', '+05:30', '-09:30', '+14:00']

/** An instant with less than all of its digits. */
function writeDate(time: number, random: Random): string {
  const zone = random.pick(zones)
  const local = new Date(time + zoneOffset(zone)).toISOString()
  const length = random.weighted([
    [2, 4],
    [3, 7],
    [6, 10],
    [2, 16],
    [3, 19],
    [1, 21],
    [1, 22],
    [2, 23],
  ])
  if (length <= 10) return new Date(time).toISOString().slice(0, length)
  const extra = length === 23 && random.chance(0.2) ? String(random.below(1000)).padStart(3, '0') : ''
  return local.slice(0, length) + extra + zone
}

function zoneOffset(zone: string): number {
  if (zone.length < 6) return 0
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6))
  return (zone.startsWith('-') ? -1 : 1) * minutes * 60_000
}
