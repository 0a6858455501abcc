/** https://hl7.org/fhir/R4/http.html#create */
import { refuseHidden } from '../access/hidden.ts'
import type { Context } from '../context.ts'
import type { JsonObject } from '../fhir/json.ts'
import type { FhirReply, FhirRequest } from '../fhir/request.ts'
import { taskNeed } from '../fhir/review/critical.ts'
import { createVersion } from '../store/resources.ts'
import { createUnlessFound } from './conditional.ts'
import { followCritical } from './critical/follow.ts'
import { withFreshIndex } from './fresh-index.ts'
import { checkValid, prepareVersion, resourceOf, withIssues, written } from './write.ts'

export async function create(request: FhirRequest, context: Context): Promise<FhirReply> {
  const type = request.path[0]!
  const resource = resourceOf(request.body, type)
  refuseHidden(context.access, resource)
  const issues = await checkValid(resource, context)
  const criteria = request.headers.ifNoneExist
  const reply =
    criteria === undefined
      ? await createResource(resource, context)
      : await createUnlessFound(type, criteria, context, (inside) => createResource(resource, inside))
  return withIssues(reply, issues)
}

/** Stores a valid resource under a new id. */
export function createResource(resource: JsonObject, context: Context): Promise<FhirReply> {
  const { store } = context
  return withFreshIndex(context, (current) => {
    const isAlone = taskNeed(resource) === undefined || store.db !== store.database
    if (isAlone) return createNow(resource, current)
    return store.database.transaction((db) => createNow(resource, { ...current, store: { ...store, db } }))
  })
}

/** The Task about a critical value is stored with it. */
async function createNow(resource: JsonObject, current: Context): Promise<FhirReply> {
  const key = current.newKey()
  const id = current.indexes.terms.id(resource['resourceType'] as string, key)
  const version = prepareVersion(resource, id, key, current)
  await createVersion(current.store, current.access, version)
  await followCritical(resource, id, current)
  return written(201, version, 1, current.access)
}
