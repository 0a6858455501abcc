/** Rows to ask for: drawn from what is stored, the same in every run on the same data. */
import type pg from 'pg'

export interface Stored {
  readonly pk: string
  readonly id: string
}

/** Rows of a type, spread evenly over the table. */
export async function storedRows(db: pg.Client, type: string, count: number): Promise<Stored[]> {
  const table = `r_${type.toLowerCase()}`
  const { rows } = await db.query<Stored>(
    `select pk::text, substring(content from '"id":"([^"]+)"') as id from (
       select pk, content, row_number() over (order by pk) as n, count(*) over () as total from ${table}) s
     where n % greatest(total / $1::int, 1) = 0 limit $1`,
    [count],
  )
  return rows
}

/** An answer of the server under test, or an error that says why there is none. */
export async function ask(port: number, path: string): Promise<Bundle> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`)
  const text = await response.text()
  if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${text.slice(0, 500)}`)
  return JSON.parse(text) as Bundle
}

export interface Bundle {
  readonly total?: number
  readonly entry?: readonly { readonly search?: { readonly mode: string } }[]
  readonly link?: readonly { readonly relation: string; readonly url: string }[]
}

/** The path of a page's link, or undefined where it has none. */
export function linkPath(bundle: Bundle, relation: string): string | undefined {
  const url = bundle.link?.find((link) => link.relation === relation)?.url
  if (url === undefined) return undefined
  const { pathname, search } = new URL(url)
  return pathname + search
}

export function matches(bundle: Bundle): number {
  return bundle.entry?.filter((entry) => entry.search?.mode === 'match').length ?? 0
}
