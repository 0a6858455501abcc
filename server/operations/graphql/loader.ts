/** Reads resources by reference, each once. What is asked for at the same time is read together, by the store. */
import { accessFor } from '../../access/access.ts'
import type { Context } from '../../context.ts'
import { type JsonObject, parseStored } from '../../fhir/json.ts'
import { isId } from '../../fhir/reference.ts'
import { currentVersion, versionByNumber } from '../../store/resources.ts'

export interface Loader {
  /** The resource, or undefined where there is none that the caller may see. */
  load(type: string, id: string, version?: string): Promise<JsonObject | undefined>
  /** Tells of a current version that was found otherwise. */
  remember(resource: JsonObject): void
}

/** `onRead` is called with the content of each resource that was read. */
export function createLoader(context: Context, onRead: (content: string) => void): Loader {
  const known = new Map<string, Promise<JsonObject | undefined>>()
  const read = async (type: string, id: string, version: string | undefined) => {
    const content = await contentOf(type, id, version, context)
    if (content === undefined || content === null) return undefined
    onRead(content)
    return parseStored(content)
  }
  return {
    load(type, id, version) {
      const name = version === undefined ? `${type}/${id}` : `${type}/${id}/_history/${version}`
      const resource = known.get(name) ?? read(type, id, version)
      known.set(name, resource)
      return resource
    },
    remember(resource) {
      const name = `${resource['resourceType']}/${resource['id']}`
      if (!known.has(name)) known.set(name, Promise.resolve(resource))
    },
  }
}

async function contentOf(
  type: string,
  id: string,
  version: string | undefined,
  { store, access: given, indexes, definitions }: Context,
): Promise<string | null | undefined> {
  if (!isId(id) || !definitions.isResourceType(type)) return undefined
  const key = indexes.terms.key(type, id)
  const access = accessFor(given, 'r')
  if (version === undefined) return (await currentVersion(store.db, access, type, key))?.content
  if (!/^[1-9]\d{0,8}$/.test(version)) return undefined
  return (await versionByNumber(store.db, access, type, key, Number(version)))?.content
}
