/** Rows that wait for the concept they belong to: columns of numbers, chained by owner, and their texts as bytes. */

export type Numbers = Int32Array | Uint16Array | Uint8Array

const kinds = { int: Int32Array, short: Uint16Array, byte: Uint8Array } as const

type ColumnKinds = Readonly<Record<string, keyof typeof kinds>>

/** By owner the first row, by row the next one, and the columns. */
export interface Chain<Columns extends ColumnKinds> {
  first: Int32Array
  next: Int32Array
  columns: { [Name in keyof Columns]: Numbers }
  count: number
}

const firstSize = 1024
const none = -1

export function chainOf<Columns extends ColumnKinds>(columns: Columns): Chain<Columns> {
  const names = Object.entries(columns).map(([name, kind]) => [name, new kinds[kind](firstSize)])
  return {
    first: new Int32Array(firstSize).fill(none),
    next: new Int32Array(firstSize),
    columns: Object.fromEntries(names) as Chain<Columns>['columns'],
    count: 0,
  }
}

/** Makes room for a row of an owner, before the ones it has; the caller fills its columns. */
export function addRow<Columns extends ColumnKinds>(chain: Chain<Columns>, owner: number): number {
  while (owner >= chain.first.length) chain.first = enlarged(chain.first, none)
  if (chain.count === chain.next.length) {
    chain.next = enlarged(chain.next, 0)
    for (const name of Object.keys(chain.columns) as (keyof Columns)[]) {
      chain.columns[name] = enlarged(chain.columns[name], 0)
    }
  }
  const row = chain.count++
  chain.next[row] = chain.first[owner]!
  chain.first[owner] = row
  return row
}

/** The rows of an owner in the order of arrival. */
export function rowsOf({ first, next }: Pick<Chain<ColumnKinds>, 'first' | 'next'>, owner: number): number[] {
  if (owner >= first.length || first[owner] === none) return []
  const rows: number[] = []
  for (let row = first[owner]!; row !== none; row = next[row]!) rows.push(row)
  return rows.reverse()
}

/** Gives back what was taken for rows that did not come. */
export function trimRows(chain: { next: Int32Array; columns: Record<string, Numbers>; count: number }): void {
  chain.next = chain.next.slice(0, chain.count)
  for (const [name, column] of Object.entries(chain.columns)) chain.columns[name] = column.slice(0, chain.count)
}

function enlarged<T extends Numbers>(numbers: T, rest: number): T {
  // Half as much again: doubling leaves a third of the memory unused on the average.
  const larger = new (numbers.constructor as new (length: number) => T)(numbers.length + (numbers.length >> 1) + 16)
  larger.set(numbers)
  if (rest !== 0) larger.fill(rest, numbers.length)
  return larger
}

/** Texts one after the other. */
export interface TextStore {
  readonly pieces: Buffer[]
  /** Bytes of the last piece that are taken. */
  used: number
}

const pieceSize = 4 * 1024 * 1024

export function textStore(): TextStore {
  return { pieces: [], used: pieceSize }
}

/** Where the bytes are now; they are at most as long as a piece. */
export function keepBytes(store: TextStore, bytes: Buffer, from: number, to: number): number {
  if (store.used + to - from > pieceSize) {
    store.pieces.push(Buffer.allocUnsafeSlow(pieceSize))
    store.used = 0
  }
  const at = store.used
  const piece = store.pieces.at(-1)!
  // Texts are short: `copy` makes an object first, which takes longer than this.
  for (let i = from; i < to; i++) piece[at + i - from] = bytes[i]!
  store.used += to - from
  return (store.pieces.length - 1) * pieceSize + at
}

export function keptText({ pieces }: TextStore, place: number, length: number): string {
  const at = place % pieceSize
  return pieces[Math.floor(place / pieceSize)]!.toString('utf8', at, at + length)
}
