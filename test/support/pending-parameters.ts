/** Patients with fifteen extensions, and search parameters on them of which none was indexed before. */
import { expect } from 'vitest'
import { sql } from '../../server/sql.ts'
import type { TestServer } from './test-server.ts'

export async function storePeople(server: TestServer, count: number): Promise<void> {
  for (let start = 0; start < count; start += 400) {
    const entry = Array.from({ length: Math.min(400, count - start) }, (_, i) => ({
      resource: person(start + i),
      request: { method: 'PUT', url: `Patient/s${start + i}` },
    }))
    const reply = await server.fhir('POST', '', { resourceType: 'Bundle', type: 'transaction', entry })
    expect(reply.status).toBe(200)
  }
}

export function person(i: number, id = `s${i}`) {
  // A path for each parameter of these tests, so that nothing of it is indexed yet.
  const extension = Array.from({ length: 15 }, (_, k) => ({ url: `http://x/${k}`, valueCode: `m${i % 3}` }))
  return { resourceType: 'Patient', id, extension, multipleBirthInteger: i % 5 }
}

let made = 0

/** Stores a parameter of a new code on what no other parameter indexes, fifteen in all; answers the code. */
export async function newParameter(server: TestServer): Promise<string> {
  const code = `custom-${++made}`
  const reply = await server.fhir('PUT', `SearchParameter/${code}`, {
    resourceType: 'SearchParameter',
    id: code,
    url: urlOf(code),
    name: `Custom${made}`,
    status: 'draft',
    description: 'x',
    code,
    base: ['Patient'],
    type: 'token',
    expression: `Patient.extension.where(url='http://x/${made}').value.ofType(code)`,
  })
  expect([reply.status, reply.text]).toEqual([201, expect.any(String)])
  return code
}

export function urlOf(code: string): string {
  return `http://example.org/SearchParameter/${code}`
}

/** How many patients the parameter finds, and how many there are. */
export async function foundAndStored(server: TestServer, code: string): Promise<[number, number]> {
  const reply = await server.fhir('GET', `Patient?${code}:missing=false&_summary=count`)
  expect([reply.status, reply.text]).toEqual([200, expect.any(String)])
  const [row] = await server.context.store.db.query<{ n: number }>(sql`select count(*)::int as n from r_patient`)
  return [reply.json['total'] as number, row!.n]
}
