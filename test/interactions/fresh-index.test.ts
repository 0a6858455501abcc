import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dispatch } from '../../server/dispatch.ts'
import type { JsonObject } from '../../server/fhir/json.ts'
import { checkStore } from '../../server/interactions/check-store.ts'
import { foundAndStored, newParameter, person, storePeople, urlOf } from '../support/pending-parameters.ts'
import { type TestServer, testServer } from '../support/test-server.ts'

const stored = 1200

let server: TestServer
/** Another process on the same database. */
let other: TestServer

beforeAll(async () => {
  server = await testServer()
  other = await testServer({ databaseUrl: server.databaseUrl })
  await storePeople(server, stored)
})
afterAll(async () => {
  await other.close()
  await server.close()
})

describe('while two processes write', () => {
  test('no resource is missed, and no write and no read fails', async () => {
    const code = await newParameter(server)
    let writing = true
    const failures: string[] = []
    let calls = 0
    const writer = async (on: TestServer, name: string) => {
      for (let i = 0; writing; i++) {
        const reply = await call(on, `${name}-${i}`, i)
        calls++
        if (reply.status >= 300) failures.push(`${reply.status} ${reply.text}`)
      }
    }
    const writers = [server, other, other].map((on, i) => writer(on, `w${i}`))
    while (calls < 20) await sleep(5)
    const before = calls
    const reply = await server.fhir('POST', `$reindex?wait=true&url=${urlOf(code)}`)
    expect([reply.status, reply.text]).toEqual([200, expect.stringContaining('"done"')])
    writing = false
    await Promise.all(writers)

    expect(failures).toEqual([])
    expect(calls).toBeGreaterThan(before + 10)
    const [found, there] = await foundAndStored(server, code)
    expect(found).toBe(there)
    const report = await checkStore(server.context)
    expect(report.examples).toEqual([])
  })

  /** All ways by which a resource is written, and some by which it is read, one after the other. */
  async function call(on: TestServer, name: string, i: number) {
    const known = `s${(i * 37) % stored}`
    switch (i % 8) {
      case 0:
        return on.fhir('POST', 'Patient', person(i))
      case 1:
        return on.fhir('PUT', `Patient/${name}`, person(i, name))
      case 2:
        return on.fhir('PUT', `Patient/${known}`, { ...person(i, known), active: true })
      case 3: {
        const entry = [0, 1, 2].map((k) => ({
          resource: person(k, `${name}-${k}`),
          request: { method: 'PUT', url: `Patient/${name}-${k}` },
        }))
        return on.fhir('POST', '', { resourceType: 'Bundle', type: 'transaction', entry })
      }
      case 4:
        return on.fhir('PUT', `Patient?identifier=x|${name}`, {
          ...person(i),
          id: undefined,
          identifier: identifier(name),
        })
      case 5:
        return on.fhir('GET', `Patient/${known}`)
      case 6:
        return on.fhir('GET', `Patient?_id=${known}&_revinclude=Patient:link`)
      default:
        return on.fhir('PATCH', `Patient/${known}`, JSON.stringify([{ op: 'add', path: '/gender', value: 'other' }]), {
          'content-type': 'application/json-patch+json',
        })
    }
  }

  function identifier(value: string) {
    return [{ system: 'x', value }]
  }
})

describe('a process that does not know of the change yet', () => {
  const bodies: readonly [string, (id: string) => Parameters<typeof dispatch>[0]][] = [
    ['creates', (id) => ({ method: 'POST', path: ['Patient'], query: '', headers: {}, body: body(id) })],
    ['updates', (id) => ({ method: 'PUT', path: ['Patient', id], query: '', headers: {}, body: body(id) })],
    [
      'creates conditionally',
      (id) => ({
        method: 'POST',
        path: ['Patient'],
        query: '',
        headers: { ifNoneExist: `identifier=x|${id}` },
        body: body(id),
      }),
    ],
    [
      'carries out a transaction',
      (id) => ({
        method: 'POST',
        path: [],
        query: '',
        headers: {},
        body: {
          resourceType: 'Bundle',
          type: 'transaction',
          entry: [{ resource: body(id), request: { method: 'PUT', url: `Patient/${id}` } }],
        },
      }),
    ],
  ]
  const body = (id: string) => person(1, id) as JsonObject

  test.each(bodies)('%s with the new index nevertheless', async (name, request) => {
    const old = { ...other.context, indexes: other.context.indexSource.current }
    const code = await newParameter(server)
    await server.fhir('POST', `$reindex?wait=true&url=${urlOf(code)}`)
    const reply = await dispatch(request(`old-${name.replaceAll(' ', '-')}`), old)
    expect(reply.status).toBeLessThan(300)
    const [found, there] = await foundAndStored(server, code)
    expect(found).toBe(there)
  })

  test('searches by the parameter at once, and knows it by itself soon', async () => {
    const code = await newParameter(server)
    await server.fhir('POST', `$reindex?wait=true&url=${urlOf(code)}`)
    const [found, there] = await foundAndStored(other, code)
    expect(found).toBe(there)
    while (!other.context.indexSource.current.index('Patient').parameters.has(code)) await sleep(10)
  })
})

test('creates of one moment that share a transaction are of the new index too', async () => {
  const old = { ...other.context, indexes: other.context.indexSource.current }
  const code = await newParameter(server)
  await server.fhir('POST', `$reindex?wait=true&url=${urlOf(code)}`)
  const replies = await Promise.all(
    Array.from({ length: 30 }, (_, i) =>
      dispatch({ method: 'POST', path: ['Patient'], query: '', headers: {}, body: person(i) as JsonObject }, old),
    ),
  )
  expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 201))
  const [found, there] = await foundAndStored(server, code)
  expect(found).toBe(there)
})
