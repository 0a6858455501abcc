import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { modifyResource } from '../../server/interactions/modify.ts'
import { type TestServer, testServer } from '../support/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await testServer()
  await server.fhir('PUT', 'Patient/a', { resourceType: 'Patient', id: 'a', gender: 'male' })
})
afterAll(() => server.close())

const target = (expected?: number) => ({ type: 'Patient', id: 'a', expected })

describe('a change to a stored resource', () => {
  test('that makes the same object stores nothing', async () => {
    const reply = await modifyResource(target(), server.context, (resource) => resource)
    expect(reply).toMatchObject({ status: 200, version: 1 })
    expect((await server.fhir('GET', 'Patient/a/_history')).json['total']).toBe(1)
  })

  test('is made again on what another request stored in between', async () => {
    let calls = 0
    const reply = await modifyResource(target(), server.context, (resource) => ({ ...resource, active: ++calls > 0 }))
    expect([reply.version, calls]).toEqual([2, 1])

    const raced = await modifyDuringWrite(target())
    expect(raced.versions).toEqual([2, 3])
    expect((await server.fhir('GET', 'Patient/a')).json).toMatchObject({ birthDate: '1970-01-01', active: true })
  })

  test('is refused instead where it was meant for one version', async () => {
    await expect(modifyDuringWrite(target(4))).rejects.toMatchObject({ issues: [{ code: 'version-conflict' }] })
    await expect(modifyResource(target(1), server.context, (r) => r)).rejects.toMatchObject({ status: 412 })
  })
})

/** Modifies while another request stores a version: `versions` are those that the change was made on. */
async function modifyDuringWrite(changed: ReturnType<typeof target>): Promise<{ versions: number[] }> {
  const { context } = server
  const { db } = context.store
  const versions: number[] = []
  let write: Promise<unknown> | undefined
  // The other request's version is stored after the resource was read and before it is written.
  const slow = {
    ...context,
    store: {
      ...context.store,
      db: {
        query: async (...args: Parameters<typeof db.query>) => {
          await write
          return db.query(...args)
        },
      },
    },
  } as typeof context
  await modifyResource(changed, slow, (resource) => {
    versions.push(Number((resource['meta'] as { versionId: string }).versionId))
    write ??= server.fhir('PUT', 'Patient/a', { resourceType: 'Patient', id: 'a', active: true })
    return { ...resource, birthDate: '1970-01-01' }
  })
  return { versions }
}
