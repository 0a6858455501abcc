/** Numbers and times on axes. */

export interface Tick {
  /** From 0 to 1 along the axis. */
  readonly place: number
  readonly value: number
}

export interface Axis {
  readonly low: number
  readonly high: number
  readonly ticks: readonly Tick[]
}

const steps = [1, 2, 2.5, 5, 10]

/** An axis of round numbers around `values`; at least one, all finite. */
export function numberAxis(values: readonly number[], wanted = 4): Axis {
  const [least, most] = [Math.min(...values), Math.max(...values)]
  const spread = most - least || Math.abs(most) || 1
  const rough = spread / wanted
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = steps.find((one) => one * power >= rough)! * power
  const low = Math.floor((least - spread * 0.05) / step) * step
  const high = Math.ceil((most + spread * 0.05) / step) * step
  const count = Math.round((high - low) / step)
  const ticks = Array.from({ length: count + 1 }, (_, i) => ({
    place: i / count,
    value: Number((low + i * step).toPrecision(12)),
  }))
  return { low, high, ticks }
}

const day = 86_400_000

/** An axis of times, in milliseconds: ticks at the beginnings of years, or else of months, or else the ends. */
export function timeAxis(times: readonly number[], most = 6): Axis {
  const [least, latest] = [Math.min(...times), Math.max(...times)]
  const margin = Math.max((latest - least) * 0.04, day / 2)
  const [low, high] = [least - margin, latest + margin]
  const place = (value: number) => ({ place: (value - low) / (high - low), value })
  const found = [...calendar(low, high, most)]
  return { low, high, ticks: (found.length >= 2 ? found : [...new Set([least, latest])]).map(place) }
}

/** Months apart that read well. */
const strides = [1, 2, 3, 6, 12, 24, 60, 120, 240]

function calendar(low: number, high: number, most: number): readonly number[] {
  const months = (high - low) / (30.44 * day)
  const stride = strides.find((one) => months / one <= most) ?? 240
  const first = new Date(low)
  const found: number[] = []
  for (let month = Math.floor(first.getUTCMonth() / stride) * stride; ; month += stride) {
    const year = first.getUTCFullYear()
    const start = stride >= 12 ? Date.UTC(year - (year % (stride / 12)) + month / 12, 0) : Date.UTC(year, month)
    if (start > high) return found
    if (start >= low) found.push(start)
  }
}
