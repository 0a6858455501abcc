/**
 * How the work for a hostile input grows with its size. The processor's time of this thread is measured, and only against
 * itself: whatever else the machine does changes little.
 */

/** Microseconds that are measured at least: some systems count a thread's time in ticks of ten milliseconds. */
const leastMeasured = 100_000
/** Microseconds that keep what takes no time at all from being compared. */
const floor = 20

/**
 * `make` builds an input of a size and answers what is to be measured. A quarter of the size is compared with four times the
 * size: about 16 where work is linear, 256 where it is quadratic.
 */
export function growth(make: (size: number) => () => unknown, size: number): number {
  // What the engine compiles, it compiles before.
  make(size)()
  return (averageTime(make(4 * size)) + floor) / (averageTime(make(size / 4)) + floor)
}

/**
 * Half way between linear and quadratic, as factors go: caches that overflow and collected garbage make linear work look up
 * to four times dearer.
 */
export const linear = 64

function averageTime(work: () => unknown): number {
  const start = process.threadCpuUsage()
  for (let runs = 1; ; runs++) {
    work()
    const { user, system } = process.threadCpuUsage(start)
    if (user + system >= leastMeasured) return (user + system) / runs
  }
}
