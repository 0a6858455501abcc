/**
 * How the work for a hostile input grows with its size. The processor's time of this thread is measured, and only against
 * itself: whatever else the machine does changes nothing.
 */

const runs = 5
/** Microseconds that keep what takes no time at all from being compared. */
const floor = 1000

/** `make` builds an input of a size and answers what is to be measured. About 4 where work is linear, 16 where it is quadratic. */
export function growth(make: (size: number) => () => unknown, size: number): number {
  // What the engine compiles, it compiles before.
  make(size)()
  return (leastTime(make(4 * size)) + floor) / (leastTime(make(size)) + floor)
}

/** Below this, work is not quadratic: caches that overflow and garbage make linear work look dearer, too. */
export const linear = 12

function leastTime(work: () => unknown): number {
  const times = Array.from({ length: runs }, () => {
    const start = process.threadCpuUsage()
    work()
    const { user, system } = process.threadCpuUsage(start)
    return user + system
  })
  return Math.min(...times)
}
