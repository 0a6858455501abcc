/** What is stored at the end, read from the tables and through the API. */
import type { Context } from '../../server/context.ts'
import { sql } from '../../server/sql.ts'
import type { Answer, Send } from './client.ts'
import { type Histories, type HistoryEntry, type Operation, told, type Violation } from './operation.ts'
import { carriedBy } from './requests.ts'

interface VersionRow {
  readonly pk: string
  readonly version: number
  readonly content: string | null
  readonly hash: string
}

/** All versions of all Patients that were stored since that time, each resource's in order. */
export function storedVersions({ store }: Context, since = 0): Promise<VersionRow[]> {
  const type = store.typeNumbers.get('Patient')!
  return store.database.query<VersionRow>(
    sql`select pk, version, content, md5(content) as hash from (
      select pk, version, content from r_patient where ts >= ${since}
      union all select pk, version, content from history where type = ${type} and ts >= ${since}) v
      order by pk, version`,
    { prepared: false },
  )
}

/** The histories of the resources; those whose versions are all deletions are named by their key. */
export function historiesOf(rows: readonly VersionRow[]): Histories {
  return new Map(
    [...Map.groupBy(rows, ({ pk }) => pk)].map(([pk, versions]) => {
      const name = versions.flatMap(({ content }) => nameIn(content) ?? [])[0] ?? `Patient/key ${pk}`
      return [name, versions.map(entryOf)]
    }),
  )
}

/** Keeps the hashes of contents that were not seen before. */
export function rememberContents(rows: readonly VersionRow[], contents: Map<string, string>): void {
  for (const { pk, version, hash } of rows) {
    const key = `${pk}/${version}`
    if (!contents.has(key)) contents.set(key, hash ?? 'deleted')
  }
}

/** Contents that are others than they were: history never changes. */
export function changedContents(rows: readonly VersionRow[], before: ReadonlyMap<string, string>): Violation[] {
  const now = new Map(rows.map(({ pk, version, hash }) => [`${pk}/${version}`, hash ?? 'deleted']))
  const changed = [...before].filter(([key, hash]) => now.get(key) !== hash)
  return changed.map(([key]) => ({ rule: 'immutable', detail: `version ${key} is gone or another than it was` }))
}

/** The history that the API tells, where it differs from what is stored. */
export async function historyDifferences(
  send: Send,
  histories: Histories,
  names: readonly string[],
): Promise<Violation[]> {
  const violations: Violation[] = []
  for (const name of names) {
    const told = await toldHistory(send, name)
    const stored = histories.get(name) ?? []
    const [tellsText, storedText] = [JSON.stringify(told), JSON.stringify(stored)]
    if (tellsText !== storedText)
      violations.push({ rule: 'history', detail: `${name}: ${tellsText} is not ${storedText}` })
  }
  return violations
}

async function toldHistory(send: Send, name: string): Promise<HistoryEntry[]> {
  const told: HistoryEntry[] = []
  let path: string | undefined = `${name}/_history?_count=1000`
  while (path !== undefined) {
    const answer: Answer | undefined = await send({ method: 'GET', path })
    const { entry = [], link = [] } = JSON.parse(answer?.text ?? '{}') as HistoryPage
    told.push(...entry.map(toldVersion))
    path = link.find(({ relation }) => relation === 'next')?.url.replace(/^.*\/fhir\//, '')
  }
  return told.toReversed()
}

interface HistoryPage {
  readonly entry?: readonly { resource?: { meta: { versionId: string } }; response?: { etag?: string } }[]
  readonly link?: readonly { relation: string; url: string }[]
}

function toldVersion({ resource, response }: NonNullable<HistoryPage['entry']>[number]): HistoryEntry {
  const version = Number(resource?.meta.versionId ?? /\d+/.exec(response?.etag ?? '')?.[0])
  return { version, ...(resource && { value: carriedBy(resource)! }) }
}

function entryOf({ version, content }: VersionRow): HistoryEntry {
  return content === null ? { version } : { version, value: carriedBy(JSON.parse(content) as object)! }
}

function nameIn(content: string | null): string | undefined {
  return content === null ? undefined : `Patient/${(JSON.parse(content) as { id: string }).id}`
}

/** Acknowledged writes that are not there as they were written. */
export function missingWrites(
  { indexes }: Context,
  rows: readonly VersionRow[],
  operations: readonly Operation[],
): Violation[] {
  const contents = new Map(rows.map(({ pk, version, content }) => [`${pk}/${version}`, content]))
  return operations.flatMap((operation) => {
    const { act, outcome, resource, version, value } = operation
    if (outcome !== 'done' || version === undefined || (act !== 'put' && act !== 'delete')) return []
    const key = indexes.terms.key('Patient', resource.slice('Patient/'.length))
    const content = contents.get(`${key}/${version}`)
    const stored = content === undefined ? 'missing' : content === null ? undefined : carriedBy(JSON.parse(content))
    if (stored === (act === 'put' ? value : undefined)) return []
    return [{ rule: 'lost', detail: `${told(operation)}, but it is ${stored ?? 'a deletion'}` }]
  })
}

/** Writes that are stored although the client was told that they cannot be: only `outcome-unknown` may be either. */
export function deniedWrites(operations: readonly Operation[], histories: Histories): Violation[] {
  const stored = new Set([...histories.values()].flatMap((history) => history.map(({ value }) => value)))
  return operations
    .filter(
      ({ act, said, value }) => act === 'put' && said !== undefined && said !== 'outcome-unknown' && stored.has(value),
    )
    .map((operation) => ({ rule: 'denied', detail: `${told(operation)} was told ${operation.said}, but is stored` }))
}
