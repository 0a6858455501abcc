/** Loads the demo clinic into an empty database, once. */
import type { Resource } from '@medplum/fhirtypes'
import type { Context } from './context.ts'
import { demoClinic, demoSummary } from './demo/demo-clinic.ts'
import type { JsonObject } from './fhir/json.ts'
import { withFreshIndex } from './interactions/fresh-index.ts'
import { checkValid, prepareVersion } from './interactions/write.ts'
import { writeVersions } from './store/bulk-write.ts'
import { analyze, claimSetting, hasResources } from './store/settings.ts'

/** So many resources are written together: few statements, bounded memory. */
const stretch = 5000

/**
 * Loads the clinic unless it was loaded before or the database holds something else. All or nothing; resolves to one
 * line that says what was loaded.
 */
export async function loadDemo(context: Context): Promise<string | undefined> {
  const { database } = context.store
  if (await hasResources(database)) return undefined
  const resources = demoClinic(new Date(context.now()))
  const loaded = await withFreshIndex(context, (current) =>
    database.transaction(async (tx) => {
      // Of several processes that start at once, one loads.
      if (!(await claimSetting(tx, 'demo', new Date(current.now()).toISOString()))) return false
      const store = { ...current.store, db: tx }
      for (let i = 0; i < resources.length; i += stretch) {
        const part = resources.slice(i, i + stretch)
        const versions = await Promise.all(part.map((resource) => demoVersion(resource, current)))
        const writes = versions.map((version) => ({ op: 'put' as const, version }))
        await writeVersions(tx, store, writes, current.access)
      }
      return true
    }),
  )
  if (!loaded) return undefined
  await analyze(database)
  return demoSummary(resources)
}

async function demoVersion(resource: Resource, context: Context) {
  const json = resource as unknown as JsonObject
  await checkValid(json, context)
  const id = json['id'] as string
  return prepareVersion(json, id, context.indexes.terms.key(resource.resourceType, id), context)
}
