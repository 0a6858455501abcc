/** Which versions the answers claim to have made, and which were made: what was refused changes nothing. */
import type { Context } from '../../../server/context.ts'
import type { JsonObject } from '../../../server/fhir/json.ts'
import { identifier, join, raw, sql } from '../../../server/sql.ts'
import type { TestReply } from '../../support/test-server.ts'
import { bodyOf } from './judge.ts'
import type { HostileRequest } from './request.ts'

export interface Account {
  /** Of the last row of the change log. */
  readonly seq: bigint
  readonly changes: number
  /** Rows of all resource types and of the history. */
  readonly versions: number
}

export interface Change {
  readonly type: string
  readonly pk: string
  readonly version: number
}

/** What an answer may have changed: versions by key, whole types, or anything. */
export interface Claim {
  readonly keys: readonly string[]
  readonly types: readonly string[]
  /** Removes versions, so that the numbers of rows tell nothing. */
  readonly removes: boolean
}

export async function takeAccount({ store, definitions }: Context): Promise<Account> {
  const tables = definitions.resourceTypes.map(
    (type) => sql`select count(*) as n from ${identifier(`r_${type.toLowerCase()}`)}`,
  )
  const [row] = await store.database.query<{ seq: string; changes: string; versions: string }>(
    sql`select (select coalesce(max(seq), 0) from change_log) as seq, (select count(*) from change_log) as changes,
      (select sum(n) from (${join([...tables, raw('select count(*) from history')], ' union all ')}) t) as versions`,
    { prepared: false },
  )
  return { seq: BigInt(row!.seq), changes: Number(row!.changes), versions: Number(row!.versions) }
}

/** Rows of every table, by its name. */
export async function rowCounts({ store }: Context): Promise<Readonly<Record<string, number>>> {
  const tables = await store.database.query<{ name: string }>(
    sql`select tablename as name from pg_tables where schemaname = current_schema() order by tablename`,
  )
  const counts = tables.map(({ name }) => sql`select ${name}::text as name, count(*) as n from ${identifier(name)}`)
  const rows = await store.database.query<{ name: string; n: string }>(join(counts, ' union all '), { prepared: false })
  return Object.fromEntries(rows.map(({ name, n }) => [name, Number(n)]))
}

export async function changesSince({ store }: Context, seq: bigint): Promise<Change[]> {
  return store.database.query<Change & Record<string, unknown>>(sql`
    select t.name as type, l.pk, l.version from change_log l join resource_type t on t.number = l.type where l.seq > ${seq}`)
}

const nothing: Claim = { keys: [], types: [], removes: false }

/** What an answer to a request claims. */
export function claimOf(request: HostileRequest, reply: TestReply, context: Context): Claim {
  if (reply.status >= 300 || request.method === 'GET' || request.method === 'HEAD') return nothing
  const [path = ''] = request.url.slice('/fhir/'.length).split('?')
  const [type = '', id = ''] = path
    .split('/')
    .filter((part) => part !== '')
    .map(decodeURIComponent)
  if (path.endsWith('$expunge')) return { keys: [], types: [], removes: true }
  if (path === '') return bundleClaim(request, reply, context)
  const places = [reply.headers['location'], reply.headers['content-location']]
  const named = [...places.map(placeIn), idsIn(bodyOf(reply, context.definitions)), { type, id }]
  const keys = named.flatMap((name) => (name ? keyOf(name, context) : []))
  // A conditional delete says nothing of what it found.
  const conditional = request.method === 'DELETE' && id === ''
  return { keys, types: conditional ? [type] : [], removes: false }
}

/** The entries of a response are claimed one by one; what has no version of its own by its request. */
function bundleClaim(request: HostileRequest, reply: TestReply, context: Context): Claim {
  const responses = (bodyOf(reply, context.definitions)['entry'] ?? []) as readonly {
    response?: { location?: string; status?: string }
  }[]
  const entries = entriesOf(request)
  const claims = responses.map(({ response }, i): Claim => {
    const { method, url = '' } = entries[i]?.request ?? {}
    if (!response?.status?.startsWith('2')) return nothing
    const place = placeIn(response.location) ?? placeIn(url)
    const [type = ''] = url.replace(/^\//, '').split(/[/?]/)
    const keys = place ? keyOf(place, context) : []
    return { keys, types: method === 'DELETE' && !place ? [type] : [], removes: url.includes('$expunge') }
  })
  return {
    keys: claims.flatMap(({ keys }) => keys),
    types: claims.flatMap(({ types }) => types),
    removes: claims.some(({ removes }) => removes),
  }
}

function entriesOf({ payload }: HostileRequest): readonly { request?: { method?: string; url?: string } }[] {
  try {
    return (JSON.parse(payload!.toString()) as { entry: [] }).entry
  } catch {
    return []
  }
}

interface Name {
  readonly type: string
  readonly id: string
}

function placeIn(text: string | undefined): Name | undefined {
  const match = /(?:^|\/)([A-Z]\w+)\/([A-Za-z0-9.-]{1,64})(?:\/(?:_history\/\d+|\$[\w-]+))?(?:\?|$)/.exec(text ?? '')
  return match ? { type: match[1]!, id: match[2]! } : undefined
}

function idsIn({ resourceType, id }: JsonObject): Name | undefined {
  return typeof resourceType === 'string' && typeof id === 'string' ? { type: resourceType, id } : undefined
}

function keyOf({ type, id }: Name, { indexes, definitions }: Context): string[] {
  return definitions.isResourceType(type) ? [`${type} ${indexes.terms.key(type, id)}`] : []
}

/** Changes that nobody claims, in words. */
export function unclaimed(changes: readonly Change[], claims: readonly Claim[]): string[] {
  const keys = new Set(claims.flatMap((claim) => claim.keys))
  const types = new Set(claims.flatMap((claim) => claim.types))
  return changes
    .filter(({ type, pk }) => !keys.has(`${type} ${pk}`) && !types.has(type))
    .map(({ type, pk, version }) => `${type} key ${pk} version ${version} was made by a request that was refused`)
}
