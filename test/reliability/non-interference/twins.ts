/**
 * Two servers whose data differ only in what a caller may not see. What is hidden is in one of them, and in the other not at
 * all or different; all of it was stored in the same order, at the same times.
 */
import type { FastifyInstance } from 'fastify'
import type { Access } from '../../../server/access/access.ts'
import type { Caller } from '../../../server/access/caller.ts'
import { createApp } from '../../../server/app.ts'
import type { Config } from '../../../server/config.ts'
import type { Context } from '../../../server/context.ts'
import type { JsonObject } from '../../../server/fhir/json.ts'
import { newKey } from '../../../server/fhir/search/term.ts'
import { accessOf } from '../../../server/interactions/access/caller-access.ts'
import { prepareVersion } from '../../../server/interactions/write.ts'
import { openCore } from '../../../server/main.ts'
import { raw } from '../../../server/sql.ts'
import { type BulkWrite, writeVersions } from '../../../server/store/bulk-write.ts'
import { createRandom, type Random } from '../../oracle/random/random.ts'
import { createWorld, type Resource, type World } from '../../oracle/world.ts'
import type { KindOfCaller } from './callers.ts'
import { type Life, population } from './population.ts'
import type { TwinRequest } from './request.ts'
import { hiddenFrom, type Sees, uses, visibility } from './visible.ts'

export const base = 'http://localhost/fhir'
/** The time of all requests. */
export const now = Date.UTC(2026, 0, 1)
const began = Date.UTC(2024, 0, 1)

export interface TwinReply {
  readonly status: number
  readonly headers: string
  readonly text: string
}

export interface Twin {
  send(request: TwinRequest): Promise<TwinReply>
  /** The same for one who may do everything. */
  asAdministrator(request: TwinRequest): Promise<TwinReply>
  close(): Promise<void>
}

export interface Twins {
  /** With all that is hidden, and with other hidden things or none. */
  readonly full: Twin
  readonly other: Twin
  /** What there is now in the full one. */
  readonly world: World
  readonly sees: Sees
  /** What was stored and deleted in the full one: `Observation/1`. */
  readonly deleted: readonly string[]
}

/** `urls`: two empty databases; `config`: for a database. */
export async function openTwins(
  kind: KindOfCaller,
  urls: readonly [string, string],
  config: (url: string) => Config,
  seed: number,
): Promise<Twins> {
  const random = createRandom(seed)
  const [full, other] = [await openCore(config(urls[0])), await openCore(config(urls[1]))]
  const { definitions } = full.context
  const consents = (kind.consents ?? []).map((consent, i) => ({
    ...consent,
    resourceType: 'Consent',
    id: `denial-${i}`,
  }))
  const lives: readonly Life[] = [
    ...population(definitions, seed),
    ...consents.map(
      (consent): Life => ({ type: 'Consent', id: consent.id, versions: [consent as unknown as JsonObject] }),
    ),
  ]
  const inForce = consents as unknown as JsonObject[]
  const versions = worldOf(versionsOf(lives), definitions)
  const sees = visibility(kind.caller, versions, inForce)
  // What is used of what is not seen is no secret: it is the same in both.
  const isSecret: Sees = (key) => !sees(key) && !uses(key, kind.caller, versions, inForce)
  const replaced = lives.flatMap((life) => counterpart(life, lives, isSecret, kind.caller, random) ?? [])
  const changed = withoutRevealed(lives, replaced, isSecret, (resources) =>
    visibility(kind.caller, worldOf(resources, definitions), inForce),
  )
  await Promise.all([storeLives(full.context, lives), storeLives(other.context, changed)])
  const world = worldOf(
    lives.flatMap(({ versions, id }) => (versions.at(-1) ? [{ ...versions.at(-1)!, id }] : [])),
    definitions,
  )
  const deleted = lives.filter(({ versions }) => versions.at(-1) === null).map(({ type, id }) => `${type}/${id}`)
  // Access is remembered by caller: each world has its own.
  return { full: twin(full, { ...kind.caller }), other: twin(other, { ...kind.caller }), world, sees, deleted }
}

function worldOf(resources: readonly JsonObject[], definitions: Context['definitions']): World {
  return createWorld({ definitions, resources, now, base })
}

/** What came before the last version is there under a name of its own, to be judged by itself. */
function versionsOf(lives: readonly Life[]): JsonObject[] {
  return lives.flatMap(({ id, versions }) => {
    const contents = versions.filter((version) => version !== null)
    return contents.map((content, i) => ({ ...content, id: i === contents.length - 1 ? id : `${id}--${i}` }))
  })
}

/** What the other world has of a resource. */
function counterpart(
  life: Life,
  lives: readonly Life[],
  isSecret: Sees,
  caller: Caller,
  random: Random,
): Life | undefined {
  const { type, id, versions } = life
  const others = lives.filter((one) => one.type === type && isSecret(`${type}/${one.id}`))
  const replaced = (content: JsonObject | null): JsonObject | null => {
    const model = content === null ? undefined : random.pick(others).versions.findLast((version) => version !== null)
    return model ? { ...model, id } : null
  }
  if (isSecret(`${type}/${id}`)) {
    // Which consents there are decides what is seen.
    if (type === 'Consent') return life
    return random.chance(0.5) ? undefined : { ...life, versions: versions.map(replaced) }
  }
  const hidden = new Set(hiddenFrom(caller, type))
  const contents = versions.filter((version) => version !== null).length
  return {
    ...life,
    versions: versions.map((content, i) => {
      if (content === null) return null
      if (i < contents - 1 && isSecret(`${type}/${id}--${i}`)) return others.length > 0 ? replaced(content) : content
      return Object.fromEntries(Object.entries(content).filter(([name]) => !hidden.has(name.replace(/^_/, ''))))
    }),
  }
}

/** What is put in the place of a secret may be none under its name: such resources stay as they are. */
function withoutRevealed(
  lives: readonly Life[],
  changed: readonly Life[],
  isSecret: Sees,
  visible: (resources: readonly JsonObject[]) => Sees,
): readonly Life[] {
  const sees = visible(versionsOf(changed))
  const originals = new Map(lives.map((life) => [`${life.type}/${life.id}`, life]))
  return changed.map((life) => {
    const names = versionsOf([life]).map(({ id }) => `${life.type}/${String(id)}`)
    return names.some((name) => isSecret(name) && sees(name)) ? originals.get(`${life.type}/${life.id}`)! : life
  })
}

/** Versions in rounds: of each resource one at a time. */
async function storeLives(context: Context, lives: readonly Life[]): Promise<void> {
  const rounds = Math.max(...lives.map(({ versions }) => versions.length))
  for (let round = 0; round < rounds; round++) {
    const writes = lives.flatMap((life) => writesOf(life, round, context))
    await context.store.database.transaction((tx) => writeVersions(tx, context.store, writes, context.access))
  }
  await context.store.database.query(raw('analyze'), { prepared: false })
}

function writesOf({ type, id, versions }: Life, round: number, context: Context): BulkWrite[] {
  const content = versions[round]
  if (content === undefined) return []
  const key = context.indexes.terms.key(type, id)
  // Of each resource its own, whatever else is there; in the order of keys, in which they are written.
  const ts = began + round * 86_400_000 + Number((key >> 40n) + (1n << 23n))
  if (content === null) return [{ op: 'delete', type, key, ts }]
  const version = prepareVersion({ ...content, id }, id, key, { ...context, now: () => ts })
  return [{ op: 'put', version }]
}

function twin(core: Awaited<ReturnType<typeof openCore>>, caller: Caller): Twin {
  let keys = 0
  const context: Context = {
    ...core.context,
    now: () => now,
    newKey: () => newKey(now, 0, keys++),
  }
  const apps = new Map<Access, FastifyInstance>()
  const appFor = async (access: Access) => {
    const app = apps.get(access) ?? (await createApp({ ...context, access }))
    apps.set(access, app)
    return app
  }
  const send = async (access: Access, { method, path, body, headers }: TwinRequest): Promise<TwinReply> => {
    const app = await appFor(access)
    const reply = await app.inject({
      method,
      url: `/fhir${path === '' || path.startsWith('?') ? path : `/${path}`}`,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/fhir+json' }),
        'accept-encoding': 'identity',
        ...headers,
      },
      ...(body !== undefined && { payload: JSON.stringify(body) }),
    })
    return { status: reply.statusCode, headers: comparable(reply.headers), text: reply.payload }
  }
  return {
    send: async (request) => send(await accessOf(caller, context), request),
    asAdministrator: (request) => send(context.access, request),
    close: async () => {
      for (const app of apps.values()) await app.close()
      await core.close()
    },
  }
}

function comparable(headers: object): string {
  const kept = Object.entries(headers).filter(([name]) => !['date', 'x-request-id', 'keep-alive'].includes(name))
  return JSON.stringify(kept.sort(([a], [b]) => (a < b ? -1 : 1)))
}

export type { Resource }
