/** Whose data a Binary is, is told by its security context: reading it is in the log of that patient. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openAccess } from '../../../server/access/access.ts'
import type { Caller } from '../../../server/access/caller.ts'
import type { JsonObject } from '../../../server/fhir/json.ts'
import type { Method } from '../../../server/fhir/request.ts'
import { accessOf } from '../../../server/interactions/access/caller-access.ts'
import { staffAccount } from '../../support/granted.ts'
import { type TestServer, testServer } from '../../support/test-server.ts'

let server: TestServer
const nurse: Caller = { client: 'chart', grant: '1', scopes: ['user/*.cruds'], account: staffAccount('nurse') }
const service: Caller = { client: 'archive', grant: '2', scopes: ['system/*.cruds'] }

const stored: readonly JsonObject[] = [
  { resourceType: 'Patient', id: 'p1' },
  {
    ...{ resourceType: 'DocumentReference', id: 'd', status: 'current', subject: { reference: 'Patient/p1' } },
    content: [{ attachment: { url: 'Binary/of-d' } }],
  },
  ...['Patient/p1', 'DocumentReference/d'].map((reference, i) => ({
    ...{ resourceType: 'Binary', id: `b${i}`, contentType: 'text/plain', data: 'YQ==' },
    securityContext: { reference },
  })),
]

async function ask(caller: Caller | undefined, method: Method, path: string, body?: JsonObject) {
  const access = caller ? await accessOf(caller, server.context) : openAccess
  const [place = '', query = ''] = path.split('?')
  const request = { method, path: place.split('/'), query, headers: {}, from: { address: '192.0.2.7' } }
  return server.context.dispatch({ ...request, ...(body && { body }) }, { ...server.context, access })
}

beforeAll(async () => {
  server = await testServer({ config: { auth: 'smart' } })
  for (const body of stored) await ask(undefined, 'PUT', `${body['resourceType']}/${body['id']}`, body)
})
afterAll(() => server?.close())

test.each([
  ['nurse', 'Binary/b0'],
  ['nurse', 'Binary/b1'],
  ['nurse', 'Binary/b1/_history/1'],
  ['nurse', 'Binary/b1/_history'],
  ['service', 'Binary/b1'],
])('when a %s reads %s', async (who, path) => {
  const caller = who === 'nurse' ? nurse : service
  const before = await told(path)
  await ask(caller, 'GET', path)
  expect(await told(path)).toBe(before + 1)
})

/** The number of events about a Binary in the patient's log. */
async function told(path: string): Promise<number> {
  const query = `patient=p1&entity=${path.replace('/_history/1', '').replace('/_history', '')}&_total=accurate&_count=0`
  const reply = await ask({ ...service, grant: 'reader' }, 'GET', `AuditEvent?${query}`)
  return (JSON.parse(reply.content!) as { total: number }).total
}
