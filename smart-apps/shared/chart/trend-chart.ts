/**
 * `<trend-chart>`: the course of an analyte. Its points are reached with the arrow keys and read out; the same numbers are
 * in the table beside it, so that nobody needs the picture.
 */
import { html, LitElement, nothing, svg, type TemplateResult } from 'lit'
import type { TrendPoint } from '../../../server/fhir/results/trend.ts'
import { type Mark, type TrendLayout, trendLayout } from './trend-layout.ts'

export class TrendChart extends LitElement {
  static override properties = {
    points: { attribute: false },
    label: {},
    describe: { attribute: false },
    language: {},
    width: { state: true },
    current: { state: true },
  }
  /** Oldest first. */
  declare points: readonly TrendPoint[]
  /** What the chart is called. */
  declare label: string
  /** A point in words. */
  declare describe: (point: TrendPoint) => string
  declare language: string
  declare width: number
  /** The index of the point that the keyboard is at; the newest at first. */
  declare current: number | undefined
  readonly #observer = new ResizeObserver(([entry]) => {
    this.width = Math.max(240, Math.round(entry!.contentRect.width))
  })

  constructor() {
    super()
    this.points = []
    this.label = ''
    this.describe = String
    this.language = 'en'
    this.width = 600
  }

  override createRenderRoot(): HTMLElement {
    return this
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#observer.observe(this)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#observer.disconnect()
  }

  override render(): TemplateResult | typeof nothing {
    const height = this.width < 480 ? 220 : 280
    const layout = trendLayout(this.points, { width: this.width, height })
    if (!layout) return nothing
    const at = this.current ?? layout.marks.length - 1
    return html`<svg
        class="chart"
        width=${this.width}
        height=${height}
        viewBox="0 0 ${this.width} ${height}"
        role="group"
        aria-label=${this.label}
        @keydown=${(event: KeyboardEvent) => this.#move(event, layout)}
      >
        ${layout.bands.map((band) => svg`<polygon class="band" points=${band}></polygon>`)} ${this.#axes(layout)}
        ${layout.breaks.map(
          (x) => svg`<line class="break" x1=${x} x2=${x} y1=${layout.plot.top} y2=${layout.plot.bottom}></line>`,
        )}
        ${layout.lines.map((line) => svg`<polyline class="line" points=${line}></polyline>`)}
        ${layout.marks.map((mark, i) => this.#mark(mark, i === at))}
      </svg>
      <p class="chart-words" aria-hidden="true">${this.describe(layout.marks[at]!.point)}</p>`
  }

  #axes({ x, y, plot }: TrendLayout) {
    const number = new Intl.NumberFormat(this.language)
    const isLong = x.high - x.low > 3 * 365 * 86_400_000
    const date = new Intl.DateTimeFormat(this.language, {
      year: 'numeric',
      ...(!isLong && { month: 'short' }),
      timeZone: 'UTC',
    })
    const across = (place: number) => plot.left + place * (plot.right - plot.left)
    const up = (place: number) => plot.bottom - place * (plot.bottom - plot.top)
    return svg`<g class="axes" aria-hidden="true">
      ${y.ticks.map(
        ({ place, value }) => svg`<line x1=${plot.left} x2=${plot.right} y1=${up(place)} y2=${up(place)}></line>
          <text x=${plot.left - 8} y=${up(place) + 4} text-anchor="end">${number.format(value)}</text>`,
      )}
      ${x.ticks.map(
        ({ place, value }) =>
          svg`<text x=${across(place)} y=${plot.bottom + 22} text-anchor="middle">${date.format(value)}</text>`,
      )}
    </g>`
  }

  #mark({ x, y, point }: Mark, isCurrent: boolean) {
    const flag = point.result.flag ?? 'in-range'
    return svg`<circle class="mark ${flag} ${isCurrent ? 'current' : ''}" cx=${x} cy=${y} r=${isCurrent ? 6 : 4.5}
      role="img" aria-label=${this.describe(point)} tabindex=${isCurrent ? 0 : -1}
      @click=${() => this.#go(this.points.indexOf(point))} @focus=${() => {
        this.current = this.points.indexOf(point)
      }}></circle>`
  }

  #move(event: KeyboardEvent, { marks }: TrendLayout): void {
    const at = this.current ?? marks.length - 1
    const places: Readonly<Record<string, number>> = {
      ArrowLeft: Math.max(0, at - 1),
      ArrowRight: Math.min(marks.length - 1, at + 1),
      Home: 0,
      End: marks.length - 1,
    }
    const to = places[event.key]
    if (to === undefined) return
    event.preventDefault()
    this.#go(to)
  }

  async #go(to: number): Promise<void> {
    this.current = to
    await this.updateComplete
    this.querySelectorAll<SVGElement>('.mark')[to]?.focus()
  }
}

customElements.define('trend-chart', TrendChart)
