/** What accounts need, on a server with resources. */
import type { JsonObject } from '../../server/fhir/json.ts'
import type { RecordPowers } from '../../server/smart/accounts/account-powers.ts'
import { breaksGlass } from '../../server/smart/accounts/break-glass.ts'
import { fhirRecord } from '../../server/smart/accounts/fhir-record.ts'
import { type AccountWorld, worldOn } from './account-database.ts'
import { type TestServer, testServer } from './test-server.ts'

export interface RecordWorld extends AccountWorld {
  readonly server: TestServer
  readonly powers: RecordPowers
  /** Stores a resource under its id. */
  put(resource: JsonObject): Promise<void>
}

export async function recordWorld(): Promise<RecordWorld> {
  const server = await testServer()
  const world = worldOn(server.context.store.database)
  return {
    ...world,
    server,
    powers: {
      ...world.powers,
      record: fhirRecord(() => server.context),
      breaksGlass: breaksGlass(() => server.context),
      ageOfConsent: 18,
    },
    put: async (resource) => {
      const { status, text } = await server.fhir('PUT', `${resource['resourceType']}/${resource['id']}`, resource)
      if (status >= 300) throw new Error(text)
    },
    close: server.close,
  }
}
