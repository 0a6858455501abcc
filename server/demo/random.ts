/** Repeatable chance: the same seed always gives the same sequence, so the demo clinic is the same on every machine. */
export interface Random {
  /** At least 0, less than 1. */
  next(): number
  /** A whole number from `low` to `high`, both included. */
  int(low: number, high: number): number
  pick<T>(from: readonly T[]): T
  chance(probability: number): boolean
  /** Normally distributed with mean 0 and deviation 1, cut off at three deviations. */
  normal(): number
}

/** A generator of its own for each seed: what is added for one patient never changes another. */
export function randomFrom(seed: string): Random {
  let state = hash(seed)
  const next = () => {
    state = (state + 0x9e3779b9) | 0
    return mix(state) / 0x100000000
  }
  const int = (low: number, high: number) => low + Math.floor(next() * (high - low + 1))
  return {
    next,
    int,
    pick: (from) => from[int(0, from.length - 1)]!,
    chance: (probability) => next() < probability,
    normal: () => {
      const sum = next() + next() + next() + next() + next() + next()
      return Math.max(-3, Math.min(3, (sum - 3) * Math.SQRT2))
    },
  }
}

/** FNV-1a over UTF-16 code units. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  return value
}

function mix(state: number): number {
  let value = Math.imul(state ^ (state >>> 16), 0x21f0aaad)
  value = Math.imul(value ^ (value >>> 15), 0x735a2d97)
  return (value ^ (value >>> 15)) >>> 0
}
