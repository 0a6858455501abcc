/** Measures cases in turn, round after round, so that what else the machine does falls on all of them alike. */
import { availableParallelism } from 'node:os'
import { backendTimes, machineBusy, ownBusy, processTime, spent } from './cpu.ts'
import type { WireRequest } from './http-connection.ts'
import type { Job, JobResult } from './jobs.ts'
import type { Listening, LoadProcess } from './processes.ts'

export interface Case {
  readonly name: string
  readonly job: Job
  /** The process whose CPU time counts, beside PostgreSQL's; none for work that the load process does itself. */
  readonly on?: Listening
}

export interface Measured {
  readonly count: number
  readonly perSecond: number
  /** Milliseconds. */
  readonly p50: number
  readonly p95: number
  readonly p99: number
  /** Microseconds of CPU per request: of the server, of PostgreSQL's backends. */
  readonly nodeCpu: number
  readonly postgresCpu: number
  readonly bytes: number
  /** The share of the machine that other programs took meanwhile. */
  readonly others: number
  readonly errors: number
  readonly firstError?: string
}

export interface Machine {
  readonly load: LoadProcess
  readonly postmaster: number
}

export interface Pace {
  readonly rounds: number
  /** Milliseconds per case and round. */
  readonly slice: number
}

/** GETs of the paths in turn. */
export function gets(name: string, on: Listening, paths: readonly string[], connections = 1): Case {
  return requests(
    name,
    on,
    paths.map((path) => ({ method: 'GET', path })),
    connections,
  )
}

export function requests(name: string, on: Listening, list: readonly WireRequest[], connections = 1): Case {
  if (list.length === 0) throw new Error(`There is nothing to send for '${name}'.`)
  return { name, on, job: { kind: 'http', port: on.port, requests: list, offset: 0, connections, milliseconds: 0 } }
}

/** A B C A B C …: the median of the rounds for each case, after a round that only warms up. */
export async function interleave(
  cases: readonly Case[],
  machine: Machine,
  { rounds, slice }: Pace,
): Promise<ReadonlyMap<string, Measured>> {
  const seen = new Map<string, Measured[]>(cases.map((one) => [one.name, []]))
  for (let round = 0; round <= rounds; round++) {
    for (const one of cases) {
      const measured = await measure(one, machine, round === 0 ? slice / 2 : slice, round)
      if (round > 0) seen.get(one.name)!.push(measured)
      if (measured.errors > 0)
        throw new Error(`${one.name}: ${measured.errors} errors, the first: ${measured.firstError}`)
    }
  }
  return new Map([...seen].map(([name, list]) => [name, median(list)]))
}

/** Measures again while other programs are busy; when they always are, the quietest time counts. */
export async function measure(one: Case, machine: Machine, slice: number, round = 1): Promise<Measured> {
  let best: Measured | undefined
  for (let tries = 0; tries < mostTries && (!best || best.others > quiet); tries++) {
    const next = await measureOnce(one, machine, slice, round)
    if (next.errors > 0) return next
    if (!best || next.others < best.others) best = next
  }
  return best!
}

const quiet = 0.08
const mostTries = 4

async function measureOnce(one: Case, { load, postmaster }: Machine, slice: number, round: number): Promise<Measured> {
  const job = { ...one.job, milliseconds: slice, ...(one.job.kind === 'http' && { offset: round * 1009 }) } as Job
  const before = { node: one.on ? processTime(one.on.pid) : 0, postgres: backendTimes(postmaster) }
  const start = { at: performance.now(), busy: machineBusy(), own: ownBusy() }
  const result = await load.run(job)
  const node = one.on ? processTime(one.on.pid) - before.node : 0
  const postgres = spent(before.postgres, backendTimes(postmaster))
  const foreign = machineBusy() - start.busy - (ownBusy() - start.own)
  const seconds = (performance.now() - start.at) / 1000
  return measured(result, node, postgres, Math.max(0, foreign / seconds / availableParallelism()))
}

function measured(result: JobResult, node: number, postgres: number, others: number): Measured {
  const { count, perSecond, p50, p95, p99, bytes, errors, firstError } = result
  return {
    count,
    perSecond,
    p50,
    p95,
    p99,
    nodeCpu: node / count / 1000,
    postgresCpu: postgres / count / 1000,
    bytes,
    others,
    errors,
    ...(firstError !== undefined && { firstError }),
  }
}

const fields = ['count', 'perSecond', 'p50', 'p95', 'p99', 'nodeCpu', 'postgresCpu', 'bytes', 'others'] as const

function median(list: readonly Measured[]): Measured {
  const pairs = fields.map((field) => {
    const sorted = list.map((one) => one[field]).sort((a, b) => a - b)
    const middle = sorted.length / 2
    return [field, (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle) - 1]!) / 2] as const
  })
  return { ...(Object.fromEntries(pairs) as Record<(typeof fields)[number], number>), errors: 0 }
}
