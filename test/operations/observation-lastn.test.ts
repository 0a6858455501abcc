import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestServer, testServer } from '../support/test-server.ts'

let server: TestServer

/** Five codes, four observations of each on days of their own; the newest two of the code c share a day. */
beforeAll(async () => {
  server = await testServer()
  await server.fhir('PUT', 'Patient/p', { resourceType: 'Patient', id: 'p' })
  for (const [i, code] of ['a', 'b', 'c', 'd', 'e'].entries()) {
    for (let n = 1; n <= 4; n++) {
      const day = code === 'c' && n === 4 ? 3 : n
      await server.fhir('PUT', `Observation/${code}${n}`, {
        resourceType: 'Observation',
        id: `${code}${n}`,
        status: 'final',
        code: { coding: [{ system: 'urn:codes', code }] },
        subject: { reference: 'Patient/p' },
        effectiveDateTime: `2024-0${i + 1}-0${day}`,
      })
    }
  }
})
afterAll(() => server.close())

interface Found {
  readonly ids: string[]
  readonly total: unknown
  readonly links: Readonly<Record<string, string>>
}

async function lastn(path: string): Promise<Found> {
  const { json, status, text } = await server.fhir('GET', path)
  expect(status, text).toBe(200)
  const entries = (json['entry'] ?? []) as { resource: { id: string } }[]
  const links = json['link'] as { relation: string; url: string }[]
  return {
    ids: entries.map(({ resource }) => resource.id),
    total: json['total'],
    links: Object.fromEntries(links.map(({ relation, url }) => [relation, url.replace(/^.*\/fhir\//, '')])),
  }
}

const newest = ['e4', 'd4', 'c4', 'c3', 'b4', 'a4']
const all = 'Observation/$lastn?patient=p'

describe('$lastn', () => {
  test('gives the newest of each code, and all that share the last place', async () => {
    const found = await lastn(all)
    expect(found).toMatchObject({ total: 6, links: { self: all, first: all } })
    expect(new Set(found.ids)).toEqual(new Set(newest))
    expect(Object.keys(found.links)).toEqual(['self', 'first'])
  })

  test.each([1, 2, 3, 5])('goes through pages of %i and back', async (count) => {
    const whole = (await lastn(`${all}&max=3`)).ids
    expect(whole).toHaveLength(15)
    const pages: string[][] = []
    let page = await lastn(`${all}&max=3&_count=${count}`)
    for (;;) {
      expect(page.total).toBe(15)
      pages.push(page.ids)
      if (page.links['next'] === undefined) break
      page = await lastn(page.links['next'])
    }
    expect(pages.flat()).toEqual(whole)
    for (let i = pages.length - 2; i >= 0; i--) {
      page = await lastn(page.links['previous']!)
      expect(page.ids).toEqual(pages[i])
    }
    expect(page.links['previous']).toBeUndefined()
  })

  test('with _count=0 tells the total alone', async () => {
    expect(await lastn(`${all}&_count=0`)).toMatchObject({ ids: [], total: 6 })
    expect(await lastn(`${all}&code=urn:none%7Cx&_count=0`)).toMatchObject({ ids: [], total: 0 })
  })

  test('includes what is asked for', async () => {
    const { ids, total } = await lastn(`${all}&code=a&_include=Observation:subject`)
    expect({ ids, total }).toEqual({ ids: ['a4', 'p'], total: 1 })
  })

  test('takes its parameters from a body, too', async () => {
    const parameter = [
      { name: 'patient', valueString: 'p' },
      { name: 'max', valuePositiveInt: 2 },
      { name: '_count', valueInteger: 1 },
    ]
    const { json } = await server.fhir('POST', 'Observation/$lastn', { resourceType: 'Parameters', parameter })
    expect([json['total'], (json['entry'] as object[]).length]).toEqual([10, 1])
  })

  test.each([
    '_sort=date',
    '_contained=true',
    '_type=Patient',
    '_total=none',
    '_cursor=x',
    '_count=-1',
    'max=0',
    'max=x',
  ])('refuses %s', async (parameter) => {
    expect((await server.fhir('GET', `${all}&${parameter}`)).status).toBe(400)
  })

  test('asks for a patient or subject', async () => {
    expect((await server.fhir('GET', 'Observation/$lastn?code=a')).status).toBe(400)
  })
})
