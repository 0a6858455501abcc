/** CPU time and memory of processes, from /proc: exact to the nanosecond, whatever else the machine does. Linux only. */
import { readdirSync, readFileSync } from 'node:fs'

/** Nanoseconds on a CPU by process. */
export type CpuTimes = ReadonlyMap<number, number>

/** All threads of one process. */
export function processTime(pid: number): number {
  let sum = 0
  for (const task of entries(`/proc/${pid}/task`)) sum += threadTime(`/proc/${pid}/task/${task}/schedstat`)
  return sum
}

/** The server processes behind client connections, among the children of a PostgreSQL. */
export function backendTimes(postmaster: number): CpuTimes {
  const times = new Map<number, number>()
  for (const pid of childrenOf(postmaster)) {
    // Its title: `postgres: candela postgres 127.0.0.1(40212) idle`.
    if (/^postgres: \S+ \S+ \S+\(\d+\)/.test(readText(`/proc/${pid}/cmdline`))) {
      times.set(pid, threadTime(`/proc/${pid}/schedstat`))
    }
  }
  return times
}

/** Seconds since the machine started that its CPUs were busy, or taken by another machine. */
export function machineBusy(): number {
  const [, ...jiffies] = readText('/proc/stat').split('\n', 1)[0]!.split(/\s+/).map(Number)
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = jiffies
  return (user + nice + system + irq + softirq + steal) / 100
}

/** Seconds of CPU of this process and of all that it has started. */
export function ownBusy(): number {
  return familyOf(process.pid).reduce((sum, pid) => sum + processTime(pid), 0) / 1e9
}

/** What was spent between two readings; processes that began in between count whole. */
export function spent(before: CpuTimes, after: CpuTimes): number {
  let sum = 0
  for (const [pid, time] of after) sum += time - (before.get(pid) ?? 0)
  return sum
}

export interface Memory {
  /** Bytes. */
  readonly now: number
  readonly most: number
}

export function memoryOf(pid: number): Memory {
  const status = readText(`/proc/${pid}/status`)
  const kilobytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * 1024
  return { now: kilobytes('VmRSS'), most: kilobytes('VmHWM') }
}

/** A process and its descendants. */
export function familyOf(pid: number): number[] {
  return [pid, ...childrenOf(pid).flatMap(familyOf)]
}

function childrenOf(pid: number): number[] {
  return entries(`/proc/${pid}/task`).flatMap((task) =>
    readText(`/proc/${pid}/task/${task}/children`).split(' ').filter(Boolean).map(Number),
  )
}

function threadTime(path: string): number {
  return Number(readText(path).split(' ')[0] || 0)
}

function entries(path: string): string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}

/** Empty when the process has ended. */
function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
