/** Counts and durations of requests, in the text format of Prometheus. https://prometheus.io/docs/instrumenting/exposition_formats */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Database } from '../store/database.ts'

export interface Metrics {
  /** Counts a request of an interaction (`read`, `search-type`) that was answered with `status` after `seconds`. */
  observe(interaction: string, status: number, seconds: number): void
  /** All metrics as they are now. */
  text(): string
  close(): void
}

/** Milliseconds between two looks at the event loop; they are part of what it reports. */
const resolution = 20

/** Upper bounds of the classes of durations, in seconds. */
const bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const

interface Histogram {
  readonly labels: string
  /** Per class, not yet added up; the last one has no bound. */
  readonly counts: number[]
  readonly sum: { seconds: number }
}

export function createMetrics(database: Database, version: string): Metrics {
  const histograms = new Map<string, Histogram[]>()
  const delay = monitorEventLoopDelay({ resolution })
  delay.enable()

  return {
    observe(interaction, status, seconds) {
      const { counts, sum } = histogramOf(histograms, interaction, Math.floor(status / 100))
      let place = 0
      while (place < bounds.length && seconds > bounds[place]!) place++
      counts[place]!++
      sum.seconds += seconds
    },
    text: () => {
      const text = [
        ...requestLines([...histograms.values()].flatMap((groups) => groups.filter(Boolean))),
        ...processLines(database, version, delay),
      ].join('\n')
      delay.reset()
      return `${text}\n`
    },
    close: () => void delay.disable(),
  }
}

function histogramOf(histograms: Map<string, Histogram[]>, interaction: string, group: number): Histogram {
  const groups = histograms.get(interaction) ?? []
  const known = groups[group]
  if (known) return known
  const labels = `interaction="${interaction}",status="${group}xx"`
  const histogram = { labels, counts: new Array(bounds.length + 1).fill(0), sum: { seconds: 0 } }
  groups[group] = histogram
  histograms.set(interaction, groups)
  return histogram
}

function requestLines(histograms: readonly Histogram[]): string[] {
  const name = 'candela_request_duration_seconds'
  const lines = family(name, 'histogram', 'Duration of requests by FHIR interaction and class of status.')
  for (const { labels, counts, sum } of histograms) {
    let total = 0
    counts.forEach((count, place) => {
      total += count
      lines.push(`${name}_bucket{${labels},le="${bounds[place] ?? '+Inf'}"} ${total}`)
    })
    lines.push(`${name}_sum{${labels}} ${sum.seconds}`, `${name}_count{${labels}} ${total}`)
  }
  return lines
}

function processLines(
  { pool }: Database,
  version: string,
  delay: { readonly mean: number; readonly max: number; percentile(rank: number): number },
): string[] {
  const seconds = (nanoseconds: number) =>
    Number.isFinite(nanoseconds) ? Math.max(0, nanoseconds / 1e9 - resolution / 1000) : 0
  const cpu = process.cpuUsage()
  return [
    ...gauge('candela_info', 'What runs.', { [`version="${version}",fhir="4.0.1",node="${process.version}"`]: 1 }),
    ...gauge('candela_event_loop_delay_seconds', 'Delay of the event loop since it was last asked for.', {
      'quantile="0.5"': seconds(delay.percentile(50)),
      'quantile="0.99"': seconds(delay.percentile(99)),
      'quantile="1"': seconds(delay.max),
    }),
    ...gauge('candela_database_connections', 'Connections to the database.', {
      'state="idle"': pool.idleCount,
      'state="busy"': pool.totalCount - pool.idleCount,
    }),
    ...gauge('candela_database_waiting', 'Requests that wait for a connection.', { '': pool.waitingCount }),
    ...gauge('process_resident_memory_bytes', 'Memory of the process.', { '': process.memoryUsage.rss() }),
    ...family('process_cpu_seconds_total', 'counter', 'CPU time of the process.'),
    `process_cpu_seconds_total ${(cpu.user + cpu.system) / 1e6}`,
    ...gauge('process_start_time_seconds', 'When the process started.', {
      '': Math.round(performance.timeOrigin) / 1000,
    }),
  ]
}

function gauge(name: string, help: string, values: Readonly<Record<string, number>>): string[] {
  const lines = Object.entries(values).map(([labels, value]) => `${name}${labels && `{${labels}}`} ${value}`)
  return [...family(name, 'gauge', help), ...lines]
}

function family(name: string, type: string, help: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`]
}
