/** The known name that a mistyped one was probably meant to be. */

const longestName = 64

/**
 * The candidate with the smallest Damerau-Levenshtein distance (letters inserted, left out, exchanged or swapped with
 * their neighbour; case aside), or undefined where none is within `most`. The first of several equally near ones wins.
 */
export function nearest(name: string, candidates: Iterable<string>, most = tolerated(name.length)): string | undefined {
  if (name.length > longestName) return undefined
  const lower = name.toLowerCase()
  let best: string | undefined
  let limit = most
  for (const candidate of candidates) {
    if (candidate.length > longestName || Math.abs(candidate.length - name.length) > limit) continue
    const distance = editDistance(lower, candidate.toLowerCase())
    if (distance > limit) continue
    if (distance === 0) return candidate
    best = candidate
    limit = distance - 1
  }
  return best
}

/** Appended to an outcome's sentence: ` Did you mean 'birthDate'?`, or nothing. */
export function didYouMean(name: string, candidates: Iterable<string>): string {
  const near = nearest(name, candidates)
  return near === undefined ? '' : ` Did you mean '${near}'?`
}

/** A third of the letters may be wrong; of a short name, one. */
function tolerated(length: number): number {
  return Math.max(1, Math.floor(length / 3))
}

/** Optimal string alignment in three rows. */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let row = 1; row <= from.length; row++) {
    const current = [row]
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1]
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
      current[column] = Math.min(
        last[column]! + 1,
        current[column - 1]! + 1,
        last[column - 1]! + (same ? 0 : 1),
        swapped ? beforeLast[column - 2]! + 1 : Infinity,
      )
    }
    beforeLast = last
    last = current
  }
  return last[to.length]!
}
