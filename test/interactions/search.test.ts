import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestReply, type TestServer, testServer } from '../support/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await testServer()
  for (let i = 0; i < 25; i++) await putObservation(i)
})
afterAll(() => server.close())

function putObservation(i: number): Promise<TestReply> {
  const day = String((i % 28) + 1).padStart(2, '0')
  return server.fhir('PUT', `Observation/o${i}`, {
    resourceType: 'Observation',
    id: `o${i}`,
    status: i % 5 === 0 ? 'preliminary' : 'final',
    code: { coding: [{ system: 'http://loinc.org', code: i % 2 ? '8302-2' : '29463-7' }, { code: `second-${i % 3}` }] },
    ...(i !== 24 && { effectiveDateTime: `2024-01-${day}` }),
    valueQuantity: { value: i, unit: 'cm', system: 'http://unitsofmeasure.org', code: 'cm' },
  })
}

interface Page {
  readonly ids: string[]
  readonly links: Readonly<Record<string, string>>
  readonly total?: number
}

async function page(path: string): Promise<Page> {
  const { json, status, text } = await server.fhir('GET', path)
  expect(status, text).toBe(200)
  const entries = (json['entry'] ?? []) as { resource: { id: string }; search: { mode: string } }[]
  const links = (json['link'] ?? []) as { relation: string; url: string }[]
  return {
    ids: entries.filter((entry) => entry.search.mode === 'match').map((entry) => entry.resource.id),
    links: Object.fromEntries(links.map(({ relation, url }) => [relation, url.replace(/^.*\/fhir\//, '')])),
    ...(json['total'] !== undefined && { total: json['total'] as number }),
  }
}

async function allPages(path: string, relation: 'next' | 'previous' = 'next'): Promise<string[][]> {
  const pages: string[][] = []
  for (let url: string | undefined = path; url !== undefined; ) {
    const { ids, links }: Page = await page(url)
    pages.push(ids)
    url = links[relation]
  }
  return pages
}

const orders = [
  '',
  '_sort=date',
  '_sort=-date',
  '_sort=_lastUpdated',
  '_sort=status,-value-quantity',
  '_sort=-code',
  'code=8302-2&_sort=date',
  'code=second-1',
]

describe('paging', () => {
  test.each(orders)('by "%s" gives every resource once, and the same backwards', async (query) => {
    const whole = (await page(`Observation?${query}&_count=100`)).ids
    expect(whole.length).toBeGreaterThan(5)
    const forwards = await allPages(`Observation?${query}&_count=4`)
    expect(forwards.flat()).toEqual(whole)
    expect(forwards.slice(0, -1).every((ids) => ids.length === 4)).toBe(true)

    let last = `Observation?${query}&_count=4`
    for (let next: string | undefined = last; next; next = (await page(next)).links['next']) last = next
    const backwards = await allPages(last, 'previous')
    expect(backwards.reverse().flat()).toEqual(whole)
  })

  test('is stable while others write', async () => {
    const before = (await page('Observation?_sort=date&_count=100')).ids
    const seen: string[] = []
    let url: string | undefined = 'Observation?_sort=date&_count=5'
    while (url) {
      const found: Page = await page(url)
      seen.push(...found.ids)
      url = found.links['next']
      const resource = {
        resourceType: 'Observation',
        status: 'final',
        code: { text: 'new' },
        effectiveDateTime: '2023-12-31',
      }
      await server.fhir('POST', 'Observation', resource)
    }
    expect(seen.filter((id) => before.includes(id))).toEqual(before)
    expect(new Set(seen).size).toBe(seen.length)
    const added = await page('Observation?date=2023-12-31&_count=100')
    for (const id of added.ids) await server.fhir('DELETE', `Observation/${id}`)
  })

  test.each([
    ['damaged', '_cursor=%7B'],
    ['of another search', `_cursor=${Buffer.from('[0,0,"x"]').toString('base64url')}`],
    ['beyond the end', `_cursor=${Buffer.from('[0,7,"1","2"]').toString('base64url')}`],
    ['with a number too large', `_cursor=${Buffer.from(`[0,0,"1","${2n ** 63n}"]`).toString('base64url')}`],
  ])('by a link that is %s is refused', async (_case, query) => {
    const reply = await server.fhir('GET', `Observation?${query}`)
    expect([reply.status, reply.text.includes('page link')]).toEqual([400, true])
  })

  test('links keep the search and name what was understood', async () => {
    const { links } = await page('Observation?status=final&_count=3&_sort=date')
    expect(links['self']).toBe('Observation?status=final&_count=3&_sort=date')
    expect(links['first']).toBe('Observation?status=final&_count=3&_sort=date')
    expect(links['next']).toMatch(/^Observation\?status=final&_count=3&_sort=date&_cursor=/)
    expect(links['previous']).toBeUndefined()
  })
})

describe('totals', () => {
  test('are absent unless asked for', async () => {
    expect((await page('Observation?_count=3')).total).toBeUndefined()
    expect((await page('Observation?_count=3&_total=accurate')).total).toBe(25)
    expect((await page('Observation?code=8302-2&_total=accurate')).total).toBe(12)
    expect((await page('Observation?code=second-1&_total=accurate')).total).toBe(8)
    expect((await page('Observation?code=8302-2,second-1&_total=accurate')).total).toBe(16)
    expect((await page('Observation?_total=estimate')).total).toBeGreaterThanOrEqual(0)
  })

  test('a code that has several systems, or none, is counted with the system that was asked for', async () => {
    const code = 'http://c|Shared'
    const count = async (value: string) =>
      (await page(`Procedure?code=${encodeURIComponent(value)}&_summary=count`)).total
    const add = (id: string, ...coding: { system?: string; code: string }[]) =>
      server.fhir('PUT', `Procedure/${id}`, {
        resourceType: 'Procedure',
        id,
        status: 'completed',
        code: { coding },
        subject: { reference: 'Patient/none' },
      })
    const other = { system: 'http://z', code: 'other' }
    await add('one', { system: 'http://c', code: 'shared' })
    await add('two', other, { system: 'http://c', code: 'SHARED' })
    expect([await count(code), await count('shared'), await count('http://d|shared'), await count('|shared')]).toEqual([
      2, 2, 0, 0,
    ])
    await add('three', { system: 'http://d', code: 'shared' })
    expect([await count(code), await count('shared'), await count(`http://d|shared`)]).toEqual([2, 3, 1])
    await add('four', other, { code: 'shared' })
    expect([await count(code), await count('shared'), await count('|shared')]).toEqual([2, 4, 1])
    expect(await count(`${code},http://z|other`)).toBe(3)
    const long = `http://${'long/'.repeat(200)}`
    await add('five', { system: `${long}a`, code: 'long' })
    await add('six', { system: `${long}b`, code: 'long' })
    expect([await count(`${long}a|long`), await count('long')]).toEqual([1, 2])
  })

  test.each(['_count=0', '_summary=count'])('%s counts and shows none', async (query) => {
    expect(await page(`Observation?status=final&${query}`)).toMatchObject({ ids: [], total: 20 })
  })
})

describe('parameters', () => {
  test.each([
    ['Observation?cod=1', 400, 'unknown-parameter', "Did you mean 'code'?"],
    ['Observation?code:exactly=1', 400, 'unsupported-modifier', ':text'],
    ['Observation?date=2020-13-45', 400, 'invalid-search-value', '2024-05-17'],
    ['Observation?value-quantity=gtx', 400, 'invalid-search-value', 'number'],
    ['Observation?_count=-1', 400, 'invalid-search-value', 'whole number'],
    ['Observation?subject:Nothing.name=x', 400, 'invalid-chain', 'Nothing'],
    ['Observation?subject.nothing=x', 400, 'invalid-chain', 'nothing'],
    ['Observation?code.text=x', 400, 'invalid-chain', 'not a reference'],
    ['Patient?_has:Observation=x', 400, 'invalid-chain', '_has'],
    ['Patient?_has:Observation:subject:cod=x', 400, 'unknown-parameter', 'code'],
    ['Patient?_include=Observation:subject', 400, 'invalid-search-value', ':iterate'],
    ['Patient?_sort=nam', 400, 'unknown-parameter', 'name'],
    ['Patient?_filter=name eq', 400, 'invalid-search', 'value'],
    ['Patient?name=', 400, 'invalid-search-value', 'empty'],
    ['Patient?gender:in=http://example.org/unknown', 400, 'invalid-search-value', 'known'],
    ['Patient?_elements=nam', 400, 'invalid-search-value', "Patient has no such element. Did you mean 'name'?"],
    ['Patient?_elements=name,code', 400, 'invalid-search-value', "'code' is not a value for '_elements'"],
    ['Patient?_elements=Patient.code', 400, 'invalid-search-value', 'Patient.code'],
    ['Patient?_elements=', 400, 'invalid-search-value', 'names of elements'],
    ['Patient?_elements=code&_include=Patient:link', 400, 'invalid-search-value', 'No type that is returned'],
    ['?_type=Patient,Person&_elements=zork', 400, 'invalid-search-value', 'No type that is returned'],
    ['Patient?_type=Observation', 400, 'invalid-search-value', 'The URL is of Patient'],
    ['Patient?_type=Patient,Observation', 400, 'invalid-search-value', 'The URL is of Patient'],
    ['Patient/p/Observation?_type=Condition', 400, 'invalid-search-value', 'The URL is of Observation'],
    ['Patient?_query=foo', 400, 'unknown-parameter', 'Named queries are not offered here'],
    ['Patient?active=zork', 400, 'invalid-search-value', 'true or false'],
    ['Patient?active=true,zork', 400, 'invalid-search-value', 'true or false'],
    ['Patient?active:not=1', 400, 'invalid-search-value', 'true or false'],
    ['Patient?deceased=zork', 400, 'invalid-search-value', 'true or false'],
    ['Patient?deceased=http://loinc.org|true', 400, 'invalid-search-value', 'true or false'],
    ['Patient?deceased=http://hl7.org/fhir/special-values|', 400, 'invalid-search-value', 'true or false'],
    ['Group?exclude=no', 400, 'invalid-search-value', 'true or false'],
    ['Observation?subject:Patient.active=zork', 400, 'invalid-search-value', 'true or false'],
    ['Patient?_has:Schedule:actor:active=zork', 400, 'invalid-search-value', 'true or false'],
    ['Patient?_filter=deceased ne zork', 400, 'invalid-search-value', 'true or false'],
    ['Observation?_filter=subject.active eq zork', 400, 'invalid-search-value', 'true or false'],
    ['Patient?name=%zz', 400, 'invalid-search', 'percent-encoding'],
  ])('%s is refused with %i %s', async (path, status, code, words) => {
    const reply = await server.fhir('GET', path)
    const [issue] = reply.json['issue'] as { details: { coding: { code: string }[]; text: string } }[]
    expect([reply.status, issue!.details.coding[0]!.code]).toEqual([status, code])
    expect(issue!.details.text).toContain(words)
  })

  test.each([
    ['zebra', 'plain escaped accents'],
    ['ZÉB', 'plain escaped accents'],
    ['ebra', ''],
    ['zebra crossing', 'plain'],
    ['familie', ''],
    ['family', ''],
    ['resourcetype', ''],
  ])('_content=%s reads the strings of contents', async (words, ids) => {
    for (const [id, family] of [
      ['plain', 'Zebra Crossing'],
      ['escaped', 'a\tzebra'],
      ['accents', 'Zébra'],
      ['within', 'unzebra'],
    ] as const) {
      await server.fhir('PUT', `Person/${id}`, { resourceType: 'Person', id, name: [{ family }] })
    }
    const found = await page(`Person?_content=${encodeURIComponent(words)}`)
    expect(found.ids.sort()).toEqual(ids.split(' ').filter(Boolean).sort())
  })

  test('that do not exist are ignored with a warning when that is asked for', async () => {
    const { json } = await server.fhir('GET', 'Observation?cod=1&_count=2', undefined, { prefer: 'handling=lenient' })
    const entries = json['entry'] as {
      resource: { resourceType: string; issue?: object[] }
      search: { mode: string }
    }[]
    expect(entries.map((entry) => entry.search.mode)).toEqual(['match', 'match', 'outcome'])
    expect(JSON.stringify(entries[2]!.resource.issue)).toContain("Did you mean 'code'?")
    const self = (json['link'] as { url: string }[])[0]!.url
    expect(self).not.toContain('cod=1')
  })

  test.each([
    'Observation?_elements=code,value,valueQuantity,effective[x]&_count=1',
    'Observation?_elements=id,meta,Observation.code,Patient.name&_count=1',
    'Observation?_elements=birthDate&_include=Observation:subject&_count=1',
    'Patient?_elements=code&_revinclude=Observation:subject',
    'Patient?_elements=code&_revinclude=*',
    'Observation?_elements=birthDate&_include=*&_count=1',
    'Patient?_elements=code&_contained=true',
    '?_type=Patient,Observation&_elements=birthDate&_count=1',
    'Observation?_type=Observation&_count=1',
    'Patient/p/Observation?_type=Observation',
  ])('%s is taken', async (path) => {
    const { status, text } = await server.fhir('GET', path)
    expect(status, text).toBe(200)
    expect(text).not.toContain('"outcome"')
  })

  test('elements that do not exist are told of where handling is lenient', async () => {
    const headers = { prefer: 'handling=lenient' }
    const { status, text } = await server.fhir('GET', 'Observation?_elements=cod,status&_count=1', undefined, headers)
    expect(status).toBe(200)
    expect(text).toContain("'_elements=cod' was ignored. Observation has no such element. Did you mean 'code'?")
    expect((await server.fhir('GET', 'Patient?_elements=', undefined, headers)).text).toContain('names of elements')
  })

  test.each(['true', 'TRUE', '|true', 'http://hl7.org/fhir/special-values|true'])(
    'of booleans take %s',
    async (value) => {
      await server.fhir('PUT', 'Patient/active', { resourceType: 'Patient', id: 'active', active: true })
      expect((await page(`Patient?active=${value}`)).ids).toEqual(['active'])
      expect((await page(`Patient?deceased:not=${value}`)).ids).toEqual(['active'])
    },
  )

  test('of booleans on one target of a reference take what other targets know', async () => {
    const path = 'Library?depends-on.type=logic-library'
    expect((await server.fhir('GET', path)).status).toBe(200)
    expect((await server.fhir('GET', 'Library?_filter=depends-on.type eq logic-library')).status).toBe(200)
  })

  test('that only some of several types have are ignored for all of them', async () => {
    const path = '?_type=Observation,Patient&value-quantity=gt99999999&_count=3'
    const { json } = await server.fhir('GET', path, undefined, { prefer: 'handling=lenient' })
    const modes = (json['entry'] as { search: { mode: string } }[]).map((entry) => entry.search.mode)
    expect(modes).toEqual(['match', 'match', 'match', 'outcome'])
  })

  test('a place of which a coordinate is not known is no place', async () => {
    const unknown = { extension: [{ url: 'urn:test:why', valueString: 'unknown' }] }
    const position = { latitude: 47.1, _longitude: unknown }
    const stored = await server.fhir('POST', 'Location', { resourceType: 'Location', name: 'Somewhere', position })
    expect(stored.status).toBe(201)
    expect((await page('Location?near=47.1|8.5|100|km')).ids).toEqual([])
    expect((await page('Location?name=somewhere')).ids).toHaveLength(1)
  })

  test('_list leaves out what was taken off the list', async () => {
    const entry = [{ item: { reference: 'Observation/o1' } }, { item: { reference: 'Observation/o2' }, deleted: true }]
    const list = { resourceType: 'List', id: 'changes', status: 'current', mode: 'changes', entry }
    expect((await server.fhir('PUT', 'List/changes', list)).status).toBe(201)
    expect((await page('Observation?_list=changes')).ids).toEqual(['o1'])
    expect((await page('List?item=Observation/o2')).ids).toEqual(['changes'])
  })

  test('larger counts than the greatest are cut', async () => {
    expect((await page('Observation?_count=1000000000')).ids).toHaveLength(25)
  })

  test('POST _search reads the form', async () => {
    const reply = await server.fhir('POST', 'Observation/_search?status=final', 'code=8302-2&_count=100', {
      'content-type': 'application/x-www-form-urlencoded',
    })
    expect(reply.json['entry']).toHaveLength(10)
  })

  test('_explain tells the statement, the indexes and the rows visited', async () => {
    const { text } = await server.fhir('GET', 'Observation?code=8302-2&_explain=true&_count=1')
    for (const word of ['parsed: Observation', 'statement: select', 'indexes: ', 'rows visited: '])
      expect(text).toContain(word)
  })
})
