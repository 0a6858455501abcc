import { expect, test } from 'vitest'
import { diffLists } from '../../../server/fhir/patch/list-edits.ts'

/** What the edits make of the list, which they must find as they expect it. */
function edited(before: string, after: string): string {
  const list = [...before]
  for (const { kind, at, to, from } of diffLists([...before], [...after])) {
    expect(at).toBeLessThanOrEqual(list.length)
    if (kind === 'delete') list.splice(at, 1)
    else if (kind === 'move') list.splice(at, 0, list.splice(from, 1)[0]!)
    else if (kind === 'change') {
      expect(list[at]).toBe(before[from])
      list[at] = after[to]!
    } else {
      expect(kind === 'add').toBe(list.length === 0)
      list.splice(at, 0, after[to]!)
    }
    expect(list.length > 0 || after === '').toBe(true)
  }
  return list.join('')
}

test.each([
  ['', '', []],
  ['', 'a', ['add']],
  ['', 'ab', ['add', 'insert']],
  ['ab', '', ['delete', 'delete']],
  ['abc', 'ac', ['delete']],
  ['abc', 'axc', ['change']],
  ['abc', 'abcd', ['insert']],
  ['abc', 'cab', ['move']],
  ['abcd', 'dcba', ['move', 'move', 'move']],
  ['ab', 'x', ['delete', 'change']],
  ['abcdefg', 'bcdefga', ['move']],
  ['xabcdefg', 'abcdexfgy', ['move', 'insert']],
  ['abcdefg', 'xabcdefg', ['insert']],
])("from '%s' to '%s' by %j", (before, after, kinds) => {
  expect(diffLists([...before], [...after]).map(({ kind }) => kind)).toEqual(kinds)
  expect(edited(before, after)).toBe(after)
})

test('random lists become what they are to become', () => {
  const seed = 4711
  let state = seed
  const random = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  const word = () => Array.from({ length: random(8) }, () => 'abcdef'[random(6)]).join('')
  for (let i = 0; i < 3_000; i++) {
    const [before, after] = [word(), word()]
    expect(edited(before, after), `seed ${seed}, case ${i}: '${before}' to '${after}'`).toBe(after)
  }
})
