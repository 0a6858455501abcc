/** What tests of the authorization server have stored, and what was issued. */
import { expect } from 'vitest'
import { origin, type SmartServer } from './smart-server.ts'
import { testServer } from './test-server.ts'

/** The patients of the test people. */
export async function storePatients({ databaseUrl }: SmartServer): Promise<void> {
  const open = await testServer({ databaseUrl, config: { publicUrl: origin } })
  for (const id of ['p1', 'p2']) {
    const patient = { resourceType: 'Patient', id, name: [{ family: 'Person' }] }
    expect((await open.fhir('PUT', `Patient/${id}`, patient)).status).toBe(201)
  }
  await open.close()
}

/** Of codes and tokens, and of grants. */
export async function issuedCount({ context }: SmartServer): Promise<number> {
  const { rows } = await context.store.database.pool.query(
    'select (select count(*) from token)::int + (select count(*) from grant_)::int as n',
  )
  return rows[0].n as number
}
