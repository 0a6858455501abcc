/** The words by which concepts are found: without case and accents, in any order, by their beginnings. */

const letters = /[\p{L}\p{N}]+/gu
const plain = /^[\x20-\x7e]*$/
/** Longer words are cut. */
export const longestWord = 40

/** The distinct words of a text. */
export function wordsOf(text: string): string[] {
  const words = new Set<string>()
  eachWord(text, (folded, start, end) => words.add(folded.slice(start, end)))
  return [...words]
}

/** Where a word stands in the text whose case and accents are gone. */
export type TakeWord = (folded: string, start: number, end: number) => void

/** Calls `take` with each word, repeated ones too: what reads a million texts makes no lists of them. */
export function eachWord(text: string, take: TakeWord): void {
  if (!plain.test(text)) {
    const folded = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
    for (const { 0: word, index } of folded.matchAll(letters))
      take(folded, index, index + Math.min(word.length, longestWord))
    return
  }
  const folded = text.toLowerCase()
  let start = -1
  for (let i = 0; i <= folded.length; i++) {
    const char = i < folded.length ? folded.charCodeAt(i) : 0
    const isLetter = (char >= 0x61 && char <= 0x7a) || (char >= 0x30 && char <= 0x39)
    if (isLetter && start < 0) start = i
    else if (!isLetter && start >= 0) {
      take(folded, start, Math.min(i, start + longestWord))
      start = -1
    }
  }
}

/** Whether each of the words begins a word of one of the texts. */
export function beginsAll(prefixes: readonly string[], texts: readonly string[]): boolean {
  const words = texts.flatMap(wordsOf)
  return prefixes.every((prefix) => words.some((word) => word.startsWith(prefix)))
}
