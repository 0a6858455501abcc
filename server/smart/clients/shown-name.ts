/** Names that clients are shown to people by: what is read is what is there. https://www.unicode.org/reports/tr36 */
const longest = 100

/**
 * Controls, overrides of direction, characters of no width, private and unassigned ones; what is invisible besides; line and
 * paragraph separators; the blank of Braille. The name that a person reads would be another than the one that is stored.
 */
const unseen = /[\p{C}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}\u2800]/u

/** More marks than any script puts on a letter: they cover what stands around them. */
const heap = /\p{M}{4,}/u

/** With single spaces, and without any at its ends. */
export function tidyName(name: string): string {
  return name
    .normalize('NFC')
    .replace(/\p{Zs}+/gu, ' ')
    .trim()
}

/** Why people cannot be shown a name; undefined where they can. */
export function nameProblem(name: string): string | undefined {
  if (name === '') return 'is empty'
  if ([...name].length > longest) return `is longer than ${longest} characters`
  if (unseen.test(name)) return 'contains characters that nobody sees, or that change the direction of others'
  if (heap.test(name)) return 'contains too many marks on one letter'
  return /[\p{L}\p{N}]/u.test(name) ? undefined : 'contains no letter or digit'
}
