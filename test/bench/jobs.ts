/** What the load process is asked to do, and what it answers. */
import type { WireRequest } from './http-connection.ts'

export type Job =
  | {
      readonly kind: 'http'
      readonly port: number
      readonly requests: readonly WireRequest[]
      /** Which request is sent first. */
      readonly offset: number
      readonly connections: number
      readonly milliseconds: number
    }
  | {
      readonly kind: 'insert'
      readonly url: string
      readonly table: string
      readonly contents: readonly string[]
      readonly connections: number
      readonly milliseconds: number
    }
  | CrowdJob

/** Many clients at once, each choosing what to do next by the shares; times are told per action. */
export interface CrowdJob {
  readonly kind: 'crowd'
  readonly port: number
  readonly connections: number
  readonly milliseconds: number
  /** Milliseconds that a client waits between an answer and its next request; the average of an even spread. */
  readonly pause: number
  readonly actions: readonly CrowdAction[]
  readonly seed: number
}

export interface CrowdAction {
  readonly name: string
  readonly share: number
  /** What is sent; `update` and `delete` act on what the same client created. */
  readonly requests: readonly WireRequest[]
  readonly on?: 'created'
}

export interface Times {
  readonly count: number
  readonly perSecond: number
  /** Milliseconds. */
  readonly p50: number
  readonly p95: number
  readonly p99: number
}

export interface JobResult extends Times {
  readonly errors: number
  readonly firstError?: string
  /** Of a reply's body, on average. */
  readonly bytes: number
  readonly actions?: Readonly<Record<string, Times>>
}

export function summary(
  times: number[],
  seconds: number,
  seen: { errors: number; bytes: number; firstError?: string | undefined },
): JobResult {
  return {
    ...timesOf(times, seconds),
    errors: seen.errors,
    ...(seen.firstError !== undefined && { firstError: seen.firstError }),
    bytes: times.length === 0 ? 0 : seen.bytes / times.length,
  }
}

export function timesOf(times: number[], seconds: number): Times {
  const sorted = Float64Array.from(times).sort()
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
  return { count: sorted.length, perSecond: sorted.length / seconds, p50: at(0.5), p95: at(0.95), p99: at(0.99) }
}
