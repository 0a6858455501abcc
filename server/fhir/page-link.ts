/** Opaque links between the pages of a listing: each carries the position of the row at the edge of its page. */
import type { BundleLink } from './bundle.ts'

/** Where a page begins: after (towards `next`) or before (towards `previous`) the row with these sort keys. */
export interface Cursor {
  readonly towards: 'next' | 'previous'
  readonly position: readonly bigint[]
}

const greatest = 2n ** 63n

/** The cursor as text for a URL. */
export function cursorText({ towards, position }: Cursor): string {
  return Buffer.from(`${towards[0]}${position.join(' ')}`).toString('base64url')
}

/** Reads a cursor with `keys` sort keys; undefined when the text is none. */
export function parseCursor(text: string, keys: number): Cursor | undefined {
  const match = /^([np])(-?\d{1,19}(?: -?\d{1,19})*)$/.exec(Buffer.from(text, 'base64url').toString('latin1'))
  if (!match) return undefined
  const position = match[2]!.split(' ').map(BigInt)
  if (position.length !== keys || position.some((key) => key >= greatest || key < -greatest)) return undefined
  return { towards: match[1] === 'n' ? 'next' : 'previous', position }
}

/** One page of rows, in the listing's order, and what lies beyond it. */
export interface Page<Row> {
  readonly rows: readonly Row[]
  readonly hasNext: boolean
  readonly hasPrevious: boolean
}

/**
 * The page from rows that were read towards the cursor's direction, one more than `count` where there are more. Rows read
 * towards `previous` arrive in reverse.
 */
export function pageOf<Row>(rows: readonly Row[], count: number, cursor: Cursor | undefined): Page<Row> {
  const more = rows.length > count
  const kept = rows.slice(0, count)
  if (cursor?.towards === 'previous') return { rows: kept.reverse(), hasNext: true, hasPrevious: more }
  return { rows: kept, hasNext: more, hasPrevious: cursor !== undefined }
}

/** The links of a page; `url` ends before the query, `query` has no cursor. */
export function pageLinks<Row>(
  url: string,
  query: string,
  page: Page<Row>,
  cursor: Cursor | undefined,
  positionOf: (row: Row) => readonly bigint[],
): BundleLink[] {
  const link = (relation: BundleLink['relation'], from?: Cursor): BundleLink => {
    const parts = [query, from && `_cursor=${cursorText(from)}`].filter(Boolean)
    return { relation, url: parts.length === 0 ? url : `${url}?${parts.join('&')}` }
  }
  const [first, last] = [page.rows[0], page.rows.at(-1)]
  return [
    link('self', cursor),
    link('first'),
    ...(first && page.hasPrevious ? [link('previous', { towards: 'previous', position: positionOf(first) })] : []),
    ...(last && page.hasNext ? [link('next', { towards: 'next', position: positionOf(last) })] : []),
  ]
}
