import { describe, expect, test } from 'vitest'
import { type Cursor, cursorText, pageLinks, pageOf, parseCursor } from '../../server/fhir/page-link.ts'

const next: Cursor = { towards: 'next', position: [3n] }
const previous: Cursor = { towards: 'previous', position: [3n] }

describe('a cursor', () => {
  test.each([
    [{ towards: 'next', position: [1n] }],
    [{ towards: 'previous', position: [1_700_000_000_000n, -9_223_372_036_854_775_808n, 3n] }],
  ] as Cursor[][])('is read as it was written: %o', (cursor) => {
    expect(parseCursor(cursorText(cursor!), cursor!.position.length)).toEqual(cursor)
  })

  test.each([
    ['nothing', '', 1],
    ['other text', 'hello', 1],
    ['another listing', cursorText(next), 2],
    ['a number beyond 64 bits', Buffer.from('n9223372036854775808').toString('base64url'), 1],
    ['SQL', Buffer.from("n1'; drop table history").toString('base64url'), 1],
  ])('made of %s is none', (_case, text, keys) => {
    expect(parseCursor(text, keys)).toBeUndefined()
  })
})

describe('a page', () => {
  test.each([
    ['the first of several', [1, 2, 3], undefined, { rows: [1, 2], hasNext: true, hasPrevious: false }],
    ['the only one', [1, 2], undefined, { rows: [1, 2], hasNext: false, hasPrevious: false }],
    ['one in the middle', [4, 5, 6], next, { rows: [4, 5], hasNext: true, hasPrevious: true }],
    ['the last', [4], next, { rows: [4], hasNext: false, hasPrevious: true }],
    ['one reached backwards', [5, 4, 3], previous, { rows: [4, 5], hasNext: true, hasPrevious: true }],
    ['the first, reached backwards', [2, 1], previous, { rows: [1, 2], hasNext: true, hasPrevious: false }],
  ])('may be %s', (_case, rows, cursor, page) => {
    expect(pageOf(rows, 2, cursor)).toEqual(page)
  })

  test('links to itself, the first, and those beside it', () => {
    const page = pageOf([4, 5, 6], 2, next)
    const links = pageLinks('http://x/fhir/_history', '_count=2', page, next, (row) => [BigInt(row)])
    expect(links).toEqual([
      { relation: 'self', url: `http://x/fhir/_history?_count=2&_cursor=${cursorText(next)}` },
      { relation: 'first', url: 'http://x/fhir/_history?_count=2' },
      { relation: 'previous', url: expect.stringContaining(cursorText({ towards: 'previous', position: [4n] })) },
      { relation: 'next', url: expect.stringContaining(cursorText({ towards: 'next', position: [5n] })) },
    ])
  })
})
