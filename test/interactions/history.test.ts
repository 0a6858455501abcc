import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestReply, type TestServer, testServer } from '../support/test-server.ts'

let server: TestServer
let clock = Date.UTC(2024, 0, 1, 12)

beforeAll(async () => {
  server = await testServer({ context: { now: () => clock } })
  // Each write at noon of its own day: January 1st, 2nd …
  await write('PUT', 'Patient/a', { resourceType: 'Patient', id: 'a', gender: 'female' })
  await write('PUT', 'Patient/b', { resourceType: 'Patient', id: 'b' })
  await write('PUT', 'Patient/a', { resourceType: 'Patient', id: 'a', gender: 'male' })
  await write('DELETE', 'Patient/a')
  await write('PUT', 'Patient/a', { resourceType: 'Patient', id: 'a', gender: 'other' })
  await write('PUT', 'Observation/o', { ...observation, id: 'o' })
  await write('DELETE', 'Patient/b')
})
afterAll(() => server.close())

const observation = {
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'x' },
  valueQuantity: { value: 1 },
}

async function write(method: string, path: string, body?: object): Promise<TestReply> {
  const reply = await server.fhir(method, path, body)
  expect(reply.status).toBeLessThan(300)
  clock += 86_400_000
  return reply
}

interface Entry {
  fullUrl: string
  resource?: { meta: { versionId: string } }
  request: { method: string; url: string }
  response: { status: string; etag: string; lastModified: string }
}

interface History {
  type: string
  total?: number
  link: { relation: string; url: string }[]
  entry?: Entry[]
}

async function history(path: string): Promise<History> {
  const reply = await server.fhir('GET', path)
  expect(reply.status).toBe(200)
  return reply.json as unknown as History
}

/** `Patient/a 4 DELETE` for each entry. */
function lines({ entry = [] }: History): string[] {
  return entry.map(({ fullUrl, request, response }) => {
    const reference = fullUrl.slice(`${server.context.base}/`.length)
    return `${reference} ${/\d+/.exec(response.etag)![0]} ${request.method}`
  })
}

describe('the history of a resource', () => {
  test('has every version, the deleting one included, newest first', async () => {
    const bundle = await history('Patient/a/_history')
    expect(bundle).toMatchObject({ type: 'history', total: 4 })
    expect(lines(bundle)).toEqual(['Patient/a 4 PUT', 'Patient/a 3 DELETE', 'Patient/a 2 PUT', 'Patient/a 1 PUT'])
  })

  test('says what made each version', async () => {
    const { entry } = await history('Patient/a/_history')
    expect(entry![1]).toEqual({
      fullUrl: `${server.context.base}/Patient/a`,
      request: { method: 'DELETE', url: 'Patient/a' },
      response: { status: '204', etag: 'W/"3"', lastModified: '2024-01-04T12:00:00.000Z' },
    })
    expect(entry![0]).toMatchObject({ resource: { meta: { versionId: '4' } }, response: { status: '200' } })
    expect(entry![3]).toMatchObject({ request: { method: 'PUT', url: 'Patient/a' }, response: { status: '201' } })
  })

  test('holds the bytes that were stored', async () => {
    const created = await server.fhir('POST', 'Observation', JSON.stringify(observation).replace('1}', '1.00}'))
    const bundle = await server.fhir('GET', `Observation/${created.json['id']}/_history`)
    expect(bundle.text).toContain(`"resource":${created.text}`)
    expect(bundle.text).toContain('"value":1.00')
    expect(bundle.text).toContain('"method":"POST","url":"Observation"')
  })

  test('that has no version is not found', async () => {
    expect((await server.fhir('GET', 'Patient/never/_history')).status).toBe(404)
    expect(lines(await history('Patient/a/_history?_since=2030-01-01'))).toEqual([])
  })

  test.each([
    ['_sort=_lastUpdated', [1, 2, 3, 4]],
    ['_count=2', [4, 3]],
    ['_count=0', []],
    ['_since=2024-01-03', [4, 3, 2]],
    ['_at=2024-01-02', [1]],
    ['_at=2024-01-03', [2, 1]],
    ['_at=2024-01-04', [3, 2]],
    ['_at=2024-01-04T12:00:00Z', [3]],
    ['_at=2024-01-04T13:00:00Z', []],
    ['_at=2024-02', [4]],
    ['_at=lt2024-01-02', [1]],
  ])('with %s', async (query, versions) => {
    const found = lines(await history(`Patient/a/_history?${query}`))
    expect(found.map((line) => Number(line.split(' ')[1]))).toEqual(versions)
  })

  test('refuses other parameters', async () => {
    const reply = await server.fhir('GET', 'Patient/a/_history?_cuont=2')
    expect(reply.status).toBe(400)
    expect(reply.text).toContain("Did you mean '_count'?")
  })
})

const ofPatients = [
  'Patient/b 2 DELETE',
  'Patient/a 4 PUT',
  'Patient/a 3 DELETE',
  'Patient/a 2 PUT',
  'Patient/b 1 PUT',
  'Patient/a 1 PUT',
]

describe('the history of a type', () => {
  test('has the versions of all its resources by time', async () => {
    const bundle = await history('Patient/_history')
    expect(lines(bundle)).toEqual(ofPatients)
    expect(bundle.total).toBeUndefined()
  })

  test('keeps the order of versions that were made in the same millisecond', async () => {
    for (const gender of ['female', 'male', 'other']) {
      await server.fhir('PUT', 'Person/p', { resourceType: 'Person', id: 'p', gender })
    }
    expect(lines(await history('Person/_history'))).toEqual(['Person/p 3 PUT', 'Person/p 2 PUT', 'Person/p 1 PUT'])
    expect(lines(await history('Person/_history?_sort=_lastUpdated&_count=2'))).toHaveLength(2)
  })

  test.each([
    ['_since=2024-01-05', ['Patient/b 2 DELETE', 'Patient/a 4 PUT']],
    ['_at=2024-01-02T12:00:00Z', ['Patient/b 1 PUT', 'Patient/a 1 PUT']],
    ['_at=2024-01-05T12:00:00Z', ['Patient/a 4 PUT', 'Patient/b 1 PUT']],
    ['_at=gt2030', ['Patient/a 4 PUT']],
  ])('with %s', async (query, expected) => {
    expect(lines(await history(`Patient/_history?${query}`))).toEqual(expected)
  })
})

describe('the history of the system', () => {
  test('has the versions of all types in the order in which they were written', async () => {
    const all = lines(await history('_history?_sort=_lastUpdated&_count=7'))
    expect(all).toEqual([
      'Patient/a 1 PUT',
      'Patient/b 1 PUT',
      'Patient/a 2 PUT',
      'Patient/a 3 DELETE',
      'Patient/a 4 PUT',
      'Observation/o 1 PUT',
      'Patient/b 2 DELETE',
    ])
  })

  test.each([
    ['_since=2024-01-06&_at=lt2024-01-08', ['Patient/b 2 DELETE', 'Observation/o 1 PUT']],
    ['_at=2024-01-02T12:00:00Z', ['Patient/b 1 PUT', 'Patient/a 1 PUT']],
    ['_since=2031-01-01', []],
  ])('with %s', async (query, expected) => {
    expect(lines(await history(`_history?${query}`))).toEqual(expected)
  })
})

describe('paging', () => {
  const below = (url: string) => url.slice(`${server.context.base}/`.length)
  const linkOf = (bundle: History, relation: string) => bundle.link.find((link) => link.relation === relation)?.url

  test.each([
    ['Patient/a/_history', ''],
    ['Patient/_history', ''],
    ['Patient/_history', '&_sort=_lastUpdated'],
    ['_history', '&_at=lt2024-01-08'],
    ['_history', '&_sort=_lastUpdated&_at=lt2024-01-08'],
  ])('%s goes through all versions and back (%s)', async (path, query) => {
    const whole = lines(await history(`${path}?_count=1000${query}`))
    const pages: string[][] = []
    let bundle = await history(`${path}?_count=2${query}`)
    for (;;) {
      pages.push(lines(bundle))
      const next = linkOf(bundle, 'next')
      if (next === undefined) break
      bundle = await history(below(next))
    }
    expect(pages.flat()).toEqual(whole)

    for (let i = pages.length - 2; i >= 0; i--) {
      bundle = await history(below(linkOf(bundle, 'previous')!))
      expect(lines(bundle)).toEqual(pages[i])
    }
    expect(linkOf(bundle, 'previous')).toBeUndefined()
    expect(lines(await history(below(linkOf(bundle, 'first')!)))).toEqual(pages[0])
  })

  test('is stable while others write', async () => {
    const first = await history('Person/_history?_count=1')
    await server.fhir('PUT', 'Person/p', { resourceType: 'Person', id: 'p', active: true })
    expect(lines(await history(below(linkOf(first, 'next')!)))).toEqual(['Person/p 2 PUT'])
  })
})

describe('with _list', () => {
  beforeAll(async () => {
    const items = [
      'Patient/b',
      'Patient/a/_history/2',
      `${server.context.base}/Observation/o`,
      'Patient/never',
      'http://x.test/Patient/a',
    ]
    const entry = [
      ...items.map((reference) => ({ item: { reference } })),
      { deleted: true, item: { reference: 'Patient/a' } },
    ]
    await write('PUT', 'List/l', { resourceType: 'List', id: 'l', status: 'current', mode: 'changes', entry })
  })

  test.each([
    ['Patient/_history?_list=l', ['Patient/b 2 DELETE', 'Patient/a 2 PUT', 'Patient/b 1 PUT']],
    ['Patient/_history?_list=List/l&_at=2024-01-03', ['Patient/a 2 PUT', 'Patient/b 1 PUT']],
    ['_history?_list=l', ['Patient/b 2 DELETE', 'Observation/o 1 PUT', 'Patient/a 2 PUT', 'Patient/b 1 PUT']],
    ['_history?_list=l&_since=2024-01-06', ['Patient/b 2 DELETE', 'Observation/o 1 PUT']],
    ['Patient/a/_history?_list=l', ['Patient/a 2 PUT']],
    ['Observation/_history?_list=never,l', ['Observation/o 1 PUT']],
    ['Group/_history?_list=l', []],
    ['Patient/_history?_list=never', []],
  ])('%s has what the List refers to', async (path, expected) => {
    const bundle = await history(path)
    expect(lines(bundle)).toEqual(expected)
    if (bundle.total !== undefined) expect(bundle.total).toBe(expected.length)
  })

  test('pages go on with it', async () => {
    const { link } = await history('Patient/_history?_list=l&_count=2')
    const next = link.find(({ relation }) => relation === 'next')!.url
    expect(lines(await history(next.slice(`${server.context.base}/`.length)))).toEqual(['Patient/b 1 PUT'])
  })
})
