/** Reads resources by reference: all that are asked for at the same time, by one statement for each type. */
import type { Context } from '../../context.ts'
import { type JsonObject, parseStored } from '../../fhir/json.ts'
import { isId } from '../../fhir/reference.ts'
import { currentVersions, versionByNumber } from '../../store/resources.ts'

export interface Loader {
  /** The resource, or undefined where there is none that the caller may see. */
  load(type: string, id: string, version?: string): Promise<JsonObject | undefined>
  /** Tells of a current version that was found otherwise. */
  remember(resource: JsonObject): void
}

/** `onRead` is called with the content of each resource that was read; each is read and parsed once. */
export function createLoader(context: Context, onRead: (content: string) => void): Loader {
  const known = new Map<string, Promise<JsonObject | undefined>>()
  const readCurrent = currentReader(context)
  const parse = (content: string | null | undefined) => {
    if (content === undefined || content === null) return undefined
    onRead(content)
    return parseStored(content)
  }
  return {
    load(type, id, version) {
      const name = version === undefined ? `${type}/${id}` : `${type}/${id}/_history/${version}`
      let resource = known.get(name)
      if (!resource) {
        resource = (version === undefined ? readCurrent(type, id) : readVersion(type, id, version, context)).then(parse)
        known.set(name, resource)
      }
      return resource
    },
    remember(resource) {
      const name = `${resource['resourceType']}/${resource['id']}`
      if (!known.has(name)) known.set(name, Promise.resolve(resource))
    },
  }
}

/** Collects keys until all that is under way waits for the database. */
function currentReader(context: Context): (type: string, id: string) => Promise<string | undefined> {
  const waiting = new Map<string, Map<bigint, PromiseWithResolvers<string | undefined>>>()
  const flush = () => {
    for (const [type, keys] of waiting) void readKeys(type, keys, context)
    waiting.clear()
  }
  return (type, id) => {
    if (!isId(id) || !context.definitions.isResourceType(type)) return Promise.resolve(undefined)
    if (waiting.size === 0) setImmediate(flush)
    const keys = waiting.get(type) ?? new Map<bigint, PromiseWithResolvers<string | undefined>>()
    waiting.set(type, keys)
    const key = context.indexes.terms.key(type, id)
    const settle = keys.get(key) ?? Promise.withResolvers<string | undefined>()
    keys.set(key, settle)
    return settle.promise
  }
}

async function readKeys(
  type: string,
  keys: ReadonlyMap<bigint, PromiseWithResolvers<string | undefined>>,
  { store, access }: Context,
): Promise<void> {
  try {
    const found = await currentVersions(store.db, access, type, [...keys.keys()])
    for (const [key, { resolve }] of keys) resolve(found.get(key)?.content)
  } catch (error) {
    for (const { reject } of keys.values()) reject(error)
  }
}

async function readVersion(
  type: string,
  id: string,
  version: string,
  { store, access, indexes, definitions }: Context,
): Promise<string | null | undefined> {
  if (!definitions.isResourceType(type) || !/^[1-9]\d{0,8}$/.test(version)) return undefined
  return (await versionByNumber(store.db, access, type, indexes.terms.key(type, id), Number(version)))?.content
}
