/** What a process remembers of the database, loaded again when this process, or another, has changed it. */

export interface Remembered<T> {
  /** The latest that is known. */
  readonly current: T
  /** What the database has now. */
  refresh(): Promise<T>
  /** The same from memory, unless this process has changed something that may not be committed yet. */
  latest(): Promise<T>
  /** What `latest` answers where nobody need be asked. */
  known(): T | undefined
  /** This process is about to change something: until that is committed for certain, the database is asked each time. */
  changing(): void
  close(): Promise<void>
}

export interface RememberedOptions<T> {
  load(): Promise<T>
  /** Whether the database still has what was loaded. */
  isCurrent(loaded: T): Promise<boolean>
  /** Milliseconds. */
  now(): number
}

/** Milliseconds between two looks: a change is known everywhere within a second. */
const interval = 300
/** Milliseconds after a change of this process for which the database is asked each time. */
const unsettled = 2000
/** The load that one finds under way may have begun before the change. */
const mostLoads = 3

/** Loads for the first time, and looks again until it is closed. */
export async function remember<T>({ load, isCurrent, now }: RememberedOptions<T>): Promise<Remembered<T>> {
  let current = await load()
  let changed = Number.NEGATIVE_INFINITY
  // One at a time, so that what is loaded is never older than what was there.
  const loadOnce = once(async () => {
    current = await load()
  })
  const refresh = async () => {
    for (let loads = 0; loads < mostLoads && !(await isCurrent(current)); loads++) await loadOnce()
    return current
  }
  const isSettled = () => now() - changed >= unsettled
  // A database that cannot be reached says so to those who ask for something.
  const look = once(() => refresh().catch(() => {}))
  const timer = setInterval(look, interval)
  timer.unref()
  return {
    get current() {
      return current
    },
    refresh,
    latest: async () => (isSettled() ? current : refresh()),
    known: () => (isSettled() ? current : undefined),
    changing: () => {
      changed = now()
    },
    close: async () => {
      clearInterval(timer)
      await look.underWay
    },
  }
}

/** The same call for all who ask while it is under way. */
function once<T>(call: () => Promise<T>): { (): Promise<T>; underWay: Promise<T> | undefined } {
  const shared = () => {
    shared.underWay ??= call().finally(() => {
      shared.underWay = undefined
    })
    return shared.underWay
  }
  shared.underWay = undefined as Promise<T> | undefined
  return shared
}
