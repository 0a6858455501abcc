/** The words by which concepts are found: without case and accents, in any order, by their beginnings. */

const letters = /[\p{L}\p{N}]+/gu
const plain = /^[\x20-\x7e]*$/
const longest = 40

/** The distinct words of a text. */
export function wordsOf(text: string): string[] {
  const folded = plain.test(text) ? text.toLowerCase() : text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
  const words = folded.match(letters) ?? []
  return [...new Set(words.map((word) => (word.length > longest ? word.slice(0, longest) : word)))]
}

/** Whether each of the words begins a word of one of the texts. */
export function beginsAll(prefixes: readonly string[], texts: readonly string[]): boolean {
  const words = texts.flatMap(wordsOf)
  return prefixes.every((prefix) => words.some((word) => word.startsWith(prefix)))
}
