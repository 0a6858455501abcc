/** Of many equal requests at the same time, on several server processes, exactly one wins; and no update is lost. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { oneAnswer } from './answers.ts'
import { httpSend, type Send } from './client.ts'
import { type Form, named, parallel, statuses } from './parallel.ts'
import { type Processes, startProcesses } from './processes.ts'
import { alone, bundled, createUnlessFound, type Request, read, search, updateWhere } from './requests.ts'
import { size } from './seed.ts'

let processes: Processes
let servers: readonly Send[]

beforeAll(async () => {
  processes = await startProcesses(3)
  servers = processes.servers.map((server) => httpSend(() => server.url))
}, 120_000)
afterAll(() => processes?.close())

const forms: Readonly<Record<string, Form>> = {
  alone: () => 'alone',
  'in transactions': () => 'bundled',
  'alone and in transactions': (i) => (i % 2 === 0 ? 'alone' : 'bundled'),
}

const count = 100

async function found(criterion: string): Promise<number> {
  const answer = await servers[0]!({ method: 'GET', path: `Patient?${search(criterion)}&_summary=count` })
  return (JSON.parse(answer!.text) as { total: number }).total
}

describe.each(Object.entries(forms))('a hundred equal requests %s', (name, form) => {
  const criterion = (kind: string) => `${kind}-${name.replaceAll(' ', '-')}`

  test('to create unless found create one resource', async () => {
    const same = criterion('create')
    const answers = await parallel(servers, count, form, () => createUnlessFound(same, 'Same'))
    expect(statuses(answers)).toEqual({ 200: count - 1, 201: 1 })
    expect(named(answers).size).toBe(1)
    expect(await found(same)).toBe(1)
  })

  test('to update where found create one resource and update it', async () => {
    const same = criterion('update')
    const answers = await parallel(servers, count, form, (i) => updateWhere(same, `Value${i}`))
    expect(statuses(answers)).toEqual({ 200: count - 1, 201: 1 })
    expect(new Set(answers.map(({ etag }) => etag)).size).toBe(count)
    expect(await found(same)).toBe(1)
  })

  test('to create or update, with a further criterion, before or after, or without, create one resource', async () => {
    const same = criterion('both')
    const answers = await parallel(servers, count, form, (i) => {
      const request = i % 3 === 0 ? createUnlessFound(same, 'Same') : updateWhere(same, `Value${i}`)
      return i % 5 === 0 ? request : withSecond(request, i % 4 < 2)
    })
    const { 201: created, ...others } = statuses(answers)
    expect(created).toBe(1)
    expect(Object.keys(others)).toEqual(['200'])
    expect(await found(same)).toBe(1)
  })
})

/** With a second criterion, before or after the first: the same search, written in two ways. */
function withSecond(request: Request, before: boolean): Request {
  const second = 'active:missing=true'
  const extended = (text: string) =>
    text.replace(/identifier=.*/, (first) => (before ? `${second}&${first}` : `${first}&${second}`))
  const { ifNoneExist, path } = request
  return ifNoneExist ? { ...request, ifNoneExist: extended(ifNoneExist) } : { ...request, path: extended(path) }
}

test('of a hundred creations under one id, unless something is there, one wins', async () => {
  const answers = await Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const body = { resourceType: 'Patient', id: 'first', name: [{ family: `F${i}` }] }
      const sent = { method: 'PUT', path: 'Patient/first', body, headers: { 'if-none-match': '*' } }
      return oneAnswer((await servers[i % servers.length]!(sent))!)
    }),
  )
  expect(statuses(answers)).toEqual({ 201: 1, 412: count - 1 })
})

const counter = (id: string, value: number, ifMatch?: string): Request => ({
  method: 'PUT',
  path: `Patient/${id}`,
  body: { resourceType: 'Patient', id, multipleBirthInteger: value },
  ...(ifMatch && { ifMatch }),
  attempt: { act: 'put', resource: `Patient/${id}` },
})

/** Adds one, however often somebody else was first. Resolves to the number of attempts. */
async function increment(send: Send, id: string, inBundle: boolean): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    const { etag, resource } = oneAnswer((await send(alone(read(id))))!)
    const value = (resource as { multipleBirthInteger: number }).multipleBirthInteger
    const request = counter(id, value + 1, etag!)
    const answer = await send(inBundle ? bundled('transaction', [request]) : alone(request))
    if (answer!.status === 200) return attempt
    expect([409, 412]).toContain(answer!.status)
  }
}

test(
  'a hundred increments by If-Match, repeated when refused, add a hundred',
  async () => {
    await servers[0]!(alone(counter('counter', 0)))
    const attempts = await Promise.all(
      Array.from({ length: count }, (_, i) => increment(servers[i % servers.length]!, 'counter', i % 3 === 0)),
    )
    const { etag, resource } = oneAnswer((await servers[1]!(alone(read('counter'))))!)
    expect(resource).toMatchObject({ multipleBirthInteger: count })
    expect(etag).toBe(`W/"${count + 1}"`)
    // Otherwise they did not meet.
    expect(attempts.reduce((sum, one) => sum + one)).toBeGreaterThan(1.5 * count)
  },
  size(90_000, 90_000),
)

test('a hundred patches at once are all applied', async () => {
  const body = { resourceType: 'Patient', id: 'patched', identifier: [{ value: 'first' }] }
  await servers[0]!({ method: 'PUT', path: 'Patient/patched', body })
  const answers = await Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const patch = [{ op: 'add', path: '/identifier/-', value: { value: `p${i}` } }]
      const headers = { 'content-type': 'application/json-patch+json' }
      const sent = { method: 'PATCH', path: 'Patient/patched', body: patch, headers }
      return oneAnswer((await servers[i % servers.length]!(sent))!)
    }),
  )
  expect(statuses(answers)).toEqual({ 200: count })
  const { resource } = oneAnswer((await servers[1]!(alone(read('patched'))))!)
  const values = (resource as { identifier: { value: string }[] }).identifier.map(({ value }) => value)
  expect(new Set(values).size).toBe(count + 1)
})
