/** Where everything of a trend chart is, in pixels. Pure: what is drawn can be tested without a browser. */
import type { TrendPoint } from '../../../server/fhir/results/trend.ts'
import { type Axis, numberAxis, timeAxis } from './scale.ts'

export interface ChartSize {
  readonly width: number
  readonly height: number
}

export interface Mark {
  readonly x: number
  readonly y: number
  readonly point: TrendPoint
}

export interface TrendLayout {
  readonly marks: readonly Mark[]
  /** The points of each line that are joined, as `x,y x,y`. */
  readonly lines: readonly string[]
  /** Polygons between the ends of ranges, one where the range stays and the next where it changes. */
  readonly bands: readonly string[]
  /** Where the unit or the method changes: between two lines. */
  readonly breaks: readonly number[]
  readonly x: Axis
  readonly y: Axis
  readonly plot: { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number }
}

const margins = { left: 52, right: 14, top: 12, bottom: 34 }

/** Undefined where there is nothing to draw. */
export function trendLayout(points: readonly TrendPoint[], { width, height }: ChartSize): TrendLayout | undefined {
  if (points.length === 0) return undefined
  const ends = points.flatMap(({ number, low, high }) => [number, low, high].filter((one) => one !== undefined))
  const [x, y] = [
    timeAxis(
      points.map(({ time }) => time),
      Math.max(2, Math.floor(width / 100)),
    ),
    numberAxis(ends),
  ]
  const plot = { left: margins.left, right: width - margins.right, top: margins.top, bottom: height - margins.bottom }
  const xOf = (time: number) => plot.left + ((time - x.low) / (x.high - x.low)) * (plot.right - plot.left)
  const yOf = (number: number) => plot.bottom - ((number - y.low) / (y.high - y.low)) * (plot.bottom - plot.top)
  const marks = points.map((point) => ({ point, x: xOf(point.time), y: yOf(point.number) }))
  const byLine = [...Map.groupBy(marks, ({ point }) => point.line).values()]
  return {
    marks,
    x,
    y,
    plot,
    lines: byLine.filter((line) => line.length > 1).map((line) => line.map(corner).join(' ')),
    bands: bandsOf(marks, plot, yOf),
    breaks: marks.slice(1).flatMap((mark, i) => {
      const before = marks[i]!
      return before.point.line === mark.point.line ? [] : [(before.x + mark.x) / 2]
    }),
  }
}

function corner({ x, y }: { readonly x: number; readonly y: number }): string {
  return `${x.toFixed(1)},${y.toFixed(1)}`
}

/** Each point's own range, half way to its neighbours; open ends reach to the edge of the plot. */
function bandsOf(
  marks: readonly Mark[],
  plot: TrendLayout['plot'],
  yOf: (number: number) => number,
): readonly string[] {
  return marks.flatMap(({ x, point: { low, high } }, i) => {
    if (low === undefined && high === undefined) return []
    const left = i === 0 ? plot.left : (marks[i - 1]!.x + x) / 2
    const right = i === marks.length - 1 ? plot.right : (x + marks[i + 1]!.x) / 2
    const [top, bottom] = [high === undefined ? plot.top : yOf(high), low === undefined ? plot.bottom : yOf(low)]
    return [
      [
        { x: left, y: top },
        { x: right, y: top },
        { x: right, y: bottom },
        { x: left, y: bottom },
      ]
        .map(corner)
        .join(' '),
    ]
  })
}
