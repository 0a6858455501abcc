/** Sizes and seeds of the reliability suite: `LONG=1` runs the full sizes, `SEED=` repeats the choices of a run. */

/** Whether the full sizes are wanted. */
export const long = process.env['LONG'] === '1'

/** The same in every short run; another in each long one. It is part of the tests' names. */
export const seed = Number(process.env['SEED'] ?? (long ? Date.now() % 1_000_000_000 : 20_260_301))

/** The size that fits into `npm test`, or the full one. */
export function size(short: number, full: number): number {
  return long ? full : short
}
