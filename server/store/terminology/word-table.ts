/**
 * Numbers words as they come. A Map would need each word as a string of its own; this table compares it where it stands,
 * which takes a third of the time, and reading a release is mostly this.
 */

export interface WordTable {
  readonly words: string[]
  /** The numbers that a word's term has in the log, by the number of the word. */
  readonly terms: number[]
  /** Numbers of words, one more than they are; 0 is free. */
  slots: Int32Array
  hashes: Int32Array
}

export function wordTable(): WordTable {
  return { words: [], terms: [], slots: new Int32Array(8192), hashes: new Int32Array(8192) }
}

/** The term of the word in `text` from `start` to `end`; `makeTerm` is called for a new one. */
export function termOfWord(table: WordTable, text: string, start: number, end: number, makeTerm: () => number): number {
  let hash = 0x811c9dc5
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash ^= hash >>> 15
  const mask = table.slots.length - 1
  let slot = hash & mask
  for (;;) {
    const found = table.slots[slot]! - 1
    if (found < 0) break
    if (table.hashes[slot] === hash && isWord(table.words[found]!, text, start, end)) return table.terms[found]!
    slot = (slot + 1) & mask
  }
  table.words.push(text.slice(start, end))
  table.slots[slot] = table.words.length
  table.hashes[slot] = hash
  const term = makeTerm()
  table.terms.push(term)
  if (table.words.length * 2 > table.slots.length) grow(table)
  return term
}

function isWord(word: string, text: string, start: number, end: number): boolean {
  if (word.length !== end - start) return false
  for (let i = 0; i < word.length; i++) if (word.charCodeAt(i) !== text.charCodeAt(start + i)) return false
  return true
}

function grow(table: WordTable): void {
  const { slots, hashes } = table
  const mask = slots.length * 2 - 1
  table.slots = new Int32Array(slots.length * 2)
  table.hashes = new Int32Array(slots.length * 2)
  slots.forEach((word, from) => {
    if (word === 0) return
    let slot = hashes[from]! & mask
    while (table.slots[slot] !== 0) slot = (slot + 1) & mask
    table.slots[slot] = word
    table.hashes[slot] = hashes[from]!
  })
}
