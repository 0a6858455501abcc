/** A mutant whose text is not in its file any more proves nothing: the lists are kept up with the sources. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { mutants as twins } from './reliability/non-interference/mutant-list.ts'
import { mutants as smart } from './smart/mutant-list.ts'

const cases = [
  ...smart.map(({ bug, ...mutant }) => ({ ...mutant, name: bug })),
  ...twins.map(({ place, ...mutant }) => ({ ...mutant, name: place })),
]

test.each(cases)('$file has what is changed once: $name', ({ file, from, to }) => {
  expect(readFileSync(file, 'utf8').split(from)).toHaveLength(2)
  expect(to).not.toBe(from)
})
