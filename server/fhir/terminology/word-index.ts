/** Finds numbered texts by the beginnings of their words. */
import { intersect, mergeSorted, noConcepts, type Ranges, unite } from './ranges.ts'
import { wordsOf } from './words.ts'

/** For each number the texts it is found by. */
export function wordIndex(texts: readonly (readonly string[])[]): (prefixes: readonly string[]) => Ranges {
  const numbers = new Map<string, number[]>()
  texts.forEach((list, number) => {
    for (const word of new Set(list.flatMap(wordsOf))) {
      const found = numbers.get(word)
      if (found) found.push(number)
      else numbers.set(word, [number])
    }
  })
  const words = [...numbers.keys()].sort()
  const sets = new Map([...numbers].map(([word, list]) => [word, mergeSorted(Int32Array.from(list))]))
  return (prefixes) => {
    const found = prefixes.map((prefix) => {
      const matching: Ranges[] = []
      for (let i = firstFrom(words, prefix); words[i]?.startsWith(prefix); i++) matching.push(sets.get(words[i]!)!)
      return unite(matching)
    })
    return found.length === 0 ? noConcepts : found.reduce(intersect)
  }
}

/** The position of the first word that does not come before `prefix`. */
function firstFrom(words: readonly string[], prefix: string): number {
  let low = 0
  let high = words.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (words[middle]! < prefix) low = middle + 1
    else high = middle
  }
  return low
}
