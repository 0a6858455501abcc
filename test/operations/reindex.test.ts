import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type JsonObject, parseStored } from '../../server/fhir/json.ts'
import { checkStore } from '../../server/interactions/check-store.ts'
import { raw, sql } from '../../server/sql.ts'
import { type TestServer, testServer } from '../support/test-server.ts'

const core = 'http://hl7.org/fhir/us/core'
const asserted = 'http://hl7.org/fhir/StructureDefinition/condition-assertedDate'
const patients = 300

let server: TestServer

beforeAll(async () => {
  server = await testServer()
  const resources = Array.from({ length: patients }, (_, i) => [patient(i), allergy(i), condition(i)]).flat()
  for (let start = 0; start < resources.length; start += 300) {
    const entry = resources.slice(start, start + 300).map((resource) => ({
      resource,
      request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
    }))
    const reply = await server.fhir('POST', '', { resourceType: 'Bundle', type: 'transaction', entry })
    expect([reply.status, reply.text.slice(0, 1000)]).toEqual([200, expect.any(String)])
  }
})
afterAll(() => server.close())

const races = ['2106-3', '2054-5', '2028-9'] as const

function patient(i: number) {
  const race = {
    url: `${core}/StructureDefinition/us-core-race`,
    extension: [
      { url: 'ombCategory', valueCoding: { system: 'urn:oid:2.16.840.1.113883.6.238', code: races[i % 3] } },
      { url: 'text', valueString: `race ${i % 3}` },
    ],
  }
  return {
    resourceType: 'Patient',
    id: `p${i}`,
    name: [{ family: `Family${i}`, given: [`Given${i % 7}`] }],
    ...(i % 10 !== 9 && { extension: [race] }),
    ...(i % 2 === 0 && { link: [{ other: { reference: `Patient/p${i + 1}` }, type: 'seealso' }] }),
    multipleBirthInteger: i % 4,
  }
}

function allergy(i: number) {
  return {
    resourceType: 'AllergyIntolerance',
    id: `a${i}`,
    patient: { reference: `Patient/p${i}` },
    clinicalStatus: {
      coding: [
        {
          system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical',
          code: i % 2 === 0 ? 'active' : 'resolved',
        },
      ],
    },
    reaction: [{ manifestation: [{ text: 'rash' }], severity: i % 5 === 0 ? 'severe' : 'mild', onset: '2020-01-01' }],
  }
}

function condition(i: number) {
  return {
    resourceType: 'Condition',
    id: `c${i}`,
    subject: { reference: `Patient/p${i}` },
    extension: [{ url: asserted, valueDateTime: `20${String(10 + (i % 10))}-05-01` }],
    contained: [{ resourceType: 'Patient', id: 'inside', multipleBirthInteger: 9 }],
    asserter: { reference: '#inside' },
    evidence: [{ detail: [{ reference: `AllergyIntolerance/a${i}` }] }],
  }
}

function parameter(code: string, given: JsonObject): JsonObject {
  return {
    resourceType: 'SearchParameter',
    id: code,
    url: `http://example.org/SearchParameter/${code}`,
    name: code.replaceAll('-', ''),
    status: 'active',
    description: code,
    code,
    ...given,
  }
}

const parameters: readonly JsonObject[] = [
  parameter('race', {
    base: ['Patient'],
    type: 'token',
    expression: `Patient.extension.where(url='${core}/StructureDefinition/us-core-race').extension.value.code`,
  }),
  parameter('birth-order', { base: ['Patient'], type: 'number', expression: 'Patient.multipleBirth.ofType(integer)' }),
  parameter('next', {
    base: ['Patient'],
    type: 'reference',
    target: ['Patient'],
    expression: 'Patient.link.other.where(resolve() is Patient)',
  }),
  parameter('allergy-status', {
    base: ['AllergyIntolerance'],
    type: 'token',
    expression: 'AllergyIntolerance.clinicalStatus',
  }),
  parameter('severe-onset', {
    base: ['AllergyIntolerance'],
    type: 'date',
    expression: "AllergyIntolerance.reaction.where(severity = 'severe' and manifestation.exists()).onset",
  }),
  parameter('harm', {
    base: ['AllergyIntolerance'],
    type: 'token',
    expression: "AllergyIntolerance.reaction.severity.select(iif($this = 'severe', 'High', 'Low'))",
  }),
  parameter('asserted-date', {
    base: ['Condition'],
    type: 'date',
    expression: `(Condition.extension.where(url='${asserted}').value)`,
  }),
  parameter('evidence-allergy', {
    base: ['Condition'],
    type: 'reference',
    target: ['AllergyIntolerance'],
    expression: 'Condition.evidence.detail',
  }),
  parameter('reaction-text', {
    base: ['AllergyIntolerance'],
    type: 'composite',
    expression: 'AllergyIntolerance.reaction',
    component: [
      { definition: 'http://hl7.org/fhir/SearchParameter/AllergyIntolerance-severity', expression: 'severity' },
      {
        definition: 'http://hl7.org/fhir/SearchParameter/AllergyIntolerance-manifestation',
        expression: 'manifestation.text',
      },
    ],
  }),
]

async function total(query: string): Promise<number> {
  const reply = await server.fhir('GET', `${query}${query.includes('?') ? '&' : '?'}_summary=count`)
  expect([reply.status, reply.text]).toEqual([200, expect.any(String)])
  return reply.json['total'] as number
}

async function reindex(query = ''): Promise<JsonObject> {
  const reply = await server.fhir('POST', `$reindex?wait=true${query}`)
  expect([reply.status, reply.text]).toEqual([200, expect.any(String)])
  return members(reply.json)
}

function members(parameters: JsonObject): JsonObject {
  const list = parameters['parameter'] as JsonObject[]
  return Object.fromEntries(
    list.map(({ name, ...value }) => [name as string, Object.values(value)[0]!] as const),
  ) as JsonObject
}

describe('custom search parameters', () => {
  test('are not known before $reindex, which the outcome names', async () => {
    for (const resource of parameters) {
      const reply = await server.fhir('PUT', `SearchParameter/${resource['id']}`, resource)
      expect([reply.status, reply.text]).toEqual([201, expect.any(String)])
    }
    const strict = await server.fhir('GET', 'Patient?race=2106-3')
    expect(strict.status).toBe(400)
    expect(strict.text).toContain('SearchParameter/race defines it: $reindex makes it usable.')
    const chained = await server.fhir('GET', 'Condition?subject:Patient.race=2106-3')
    expect(chained.text).toContain('$reindex makes it usable')
    const lenient = await server.fhir('GET', 'Patient?race=2106-3&_count=1', undefined, { prefer: 'handling=lenient' })
    expect(lenient.status).toBe(200)
    expect(lenient.text).toContain('$reindex makes it usable')
  })

  test('are usable after $reindex', async () => {
    const before = await server.fhir('GET', 'Patient/p0')
    const job = await reindex()
    expect(job).toMatchObject({ state: 'done', done: 900, total: 900, changed: 900, secondsLeft: 0 })
    const after = await server.fhir('GET', 'Patient/p0')
    expect(after.text).toBe(before.text)
    expect(after.headers['etag']).toBe(before.headers['etag'])
  })

  const expected: readonly [query: string, matches: (i: number) => boolean][] = [
    ['Patient?race=2106-3', (i) => i % 3 === 0 && i % 10 !== 9],
    ['Patient?race:missing=true', (i) => i % 10 === 9],
    ['Patient?race:not=2106-3', (i) => !(i % 3 === 0 && i % 10 !== 9)],
    ['Patient?birth-order=3', (i) => i % 4 === 3],
    ['Patient?birth-order=gt1', (i) => i % 4 > 1],
    ['Patient?birth-order:missing=true', () => false],
    ['Patient?next=Patient/p1', (i) => i === 0],
    ['Patient?next.race=2054-5', (i) => i % 2 === 0 && (i + 1) % 3 === 1 && (i + 1) % 10 !== 9],
    ['Patient?_has:Patient:next:birth-order=2', (i) => (i - 1) % 4 === 2],
    ['Patient?_has:AllergyIntolerance:patient:allergy-status=active', (i) => i % 2 === 0],
    ['AllergyIntolerance?allergy-status=active', (i) => i % 2 === 0],
    ['AllergyIntolerance?patient.race=2028-9', (i) => i % 3 === 2 && i % 10 !== 9],
    ['AllergyIntolerance?severe-onset=2020', (i) => i % 5 === 0],
    ['AllergyIntolerance?severe-onset:missing=true', (i) => i % 5 !== 0],
    ['AllergyIntolerance?harm=high', (i) => i % 5 === 0],
    ['AllergyIntolerance?reaction-text=severe$rash', (i) => i % 5 === 0],
    ['AllergyIntolerance?reaction-text=severe$pain', () => false],
    ['Condition?asserted-date=ge2018', (i) => i % 10 >= 8],
    ['Condition?asserted-date=2015-05', (i) => i % 10 === 5],
    ['Condition?evidence-allergy:AllergyIntolerance.allergy-status=resolved', (i) => i % 2 === 1],
    ['Condition?_filter=asserted-date ge 2019', (i) => i % 10 >= 9],
    ['Patient?birth-order=9&_contained=true', () => true],
  ]
  test.each(expected)('%s finds what it should', async (query, matches) => {
    const wanted = Array.from({ length: patients }, (_, i) => i).filter(matches).length
    const reply = await server.fhir('GET', `${query.replaceAll(' ', '%20')}&_count=1000`)
    expect([reply.status, reply.text.slice(0, 500)]).toEqual([200, expect.any(String)])
    const entries = (reply.json['entry'] ?? []) as JsonObject[]
    expect(entries).toHaveLength(wanted)
  })

  test.each([
    ['Condition?_sort=asserted-date,_id&_count=2', ['c0', 'c10']],
    ['Condition?_sort=-asserted-date,_id&_count=2', ['c109', 'c119']],
    ['AllergyIntolerance?_sort=harm,_id&_count=2', ['a0', 'a10']],
    ['AllergyIntolerance?_sort=-harm,_id&_count=2', ['a1', 'a101']],
    ['Patient?_sort=-race,_id&_count=2', ['p0', 'p102']],
  ])('%s is in order', async (query, ids) => {
    const reply = await server.fhir('GET', query)
    const entries = reply.json['entry'] as { resource: { id: string } }[]
    expect(entries.map(({ resource }) => resource.id)).toEqual(ids)
  })

  test('are followed by includes, forwards and backwards', async () => {
    const forwards = await server.fhir('GET', 'Condition?_id=c7&_include=Condition:evidence-allergy')
    expect(ids(forwards.json)).toEqual(['c7', 'a7'])
    const backwards = await server.fhir('GET', 'AllergyIntolerance?_id=a7&_revinclude=Condition:evidence-allergy')
    expect(ids(backwards.json)).toEqual(['a7', 'c7'])
  })

  test('hold for what is stored afterwards', async () => {
    await server.fhir('PUT', 'Patient/later', { ...patient(0), id: 'later' })
    expect(await total('Patient?race=2106-3&_id=later')).toBe(1)
    await server.fhir('PUT', 'Patient/later', { ...patient(1), id: 'later' })
    expect(await total('Patient?race=2106-3&_id=later')).toBe(0)
    expect(await total('Patient?race=2054-5&_id=later')).toBe(1)
    await server.fhir('DELETE', 'Patient/later')
  })

  test('are in the CapabilityStatement', async () => {
    const { json } = await server.fhir('GET', 'metadata')
    const rest = (json['rest'] as JsonObject[])[0]!['resource'] as { type: string; searchParam: JsonObject[] }[]
    expect(rest.find(({ type }) => type === 'Patient')!.searchParam).toContainEqual({
      name: 'race',
      definition: 'http://example.org/SearchParameter/race',
      type: 'token',
    })
  })

  test('leave a store that has no problems', async () => {
    const report = await checkStore(server.context)
    expect(report.examples).toEqual([])
  })
})

function ids(bundle: JsonObject): string[] {
  return (bundle['entry'] as { resource: { id: string } }[]).map(({ resource }) => resource.id)
}

describe('changes of custom search parameters', () => {
  test('take effect with the next $reindex, the earlier definition serving until then', async () => {
    const [race] = parameters as [JsonObject]
    const changed = {
      ...race,
      expression: (race['expression'] as string).replace('.value.code', '.value.ofType(string)'),
    }
    await server.fhir('PUT', 'SearchParameter/race', changed)
    expect(await total('Patient?race=2106-3')).toBe(90)
    expect(await reindex()).toMatchObject({ state: 'done', done: 300, changed: 270 })
    expect(await total('Patient?race=2106-3')).toBe(0)
    expect(await total('Patient?race=race%201')).toBe(90)
    await expectClean()
  })

  test('that remove one remove it from search, and its terms from the rows', async () => {
    await server.fhir('DELETE', 'SearchParameter/race')
    expect(await total('Patient?race=race%201')).toBe(90)
    expect(await reindex()).toMatchObject({ state: 'done', changed: 270 })
    const reply = await server.fhir('GET', 'Patient?race=2106-3')
    expect(reply.status).toBe(400)
    expect(reply.text).not.toContain('$reindex')
    await expectClean()
  })

  test('can be named by instance and by url', async () => {
    const [race] = parameters as [JsonObject]
    await server.fhir('PUT', 'SearchParameter/race', race)
    await server.fhir('PUT', 'SearchParameter/other', {
      ...race,
      id: 'other',
      code: 'other',
      url: 'http://example.org/other',
    })
    const reply = await server.fhir('POST', 'SearchParameter/race/$reindex?wait=true')
    expect(members(reply.json)).toMatchObject({ state: 'done', url: race['url'] })
    expect((await server.fhir('GET', 'Patient?other=2106-3')).status).toBe(400)
    expect(await reindex('&url=http://example.org/other')).toMatchObject({ state: 'done', changed: 0 })
    expect(await total('Patient?other=2106-3')).toBe(90)
  })
})

async function expectClean(): Promise<void> {
  await reindex()
  const report = await checkStore(server.context)
  expect(report.examples).toEqual([])
}

describe('a SearchParameter that takes a code of the base specification over', () => {
  const given = parameter('given-name', {
    code: 'given',
    base: ['Patient'],
    type: 'string',
    expression: "Patient.name.where(use = 'official').given",
    derivedFrom: 'http://hl7.org/fhir/SearchParameter/individual-given',
  })

  test('does so from $reindex on, until it is removed', async () => {
    expect(await total('Patient?given=Given1')).toBe(43)
    await server.fhir('PUT', 'SearchParameter/given-name', given)
    expect(await total('Patient?given=Given1')).toBe(43)
    await reindex()
    expect(await total('Patient?given=Given1')).toBe(0)
    await server.fhir('PUT', 'SearchParameter/given-name', { ...given, status: 'retired' })
    await reindex()
    expect(await total('Patient?given=Given1')).toBe(43)
  })

  test('does not change who is in a compartment', async () => {
    const subject = parameter('my-patient', {
      code: 'patient',
      base: ['AllergyIntolerance'],
      type: 'reference',
      target: ['Patient'],
      expression: 'AllergyIntolerance.recorder',
      derivedFrom: 'http://hl7.org/fhir/SearchParameter/clinical-patient',
    })
    await server.fhir('PUT', 'SearchParameter/my-patient', subject)
    await reindex()
    expect(await total('AllergyIntolerance?patient=Patient/p3')).toBe(0)
    expect(await total('Patient/p3/AllergyIntolerance')).toBe(1)
    await server.fhir('DELETE', 'SearchParameter/my-patient')
    await reindex()
    expect(await total('AllergyIntolerance?patient=Patient/p3')).toBe(1)
  })
})

describe('SearchParameters that cannot be used', () => {
  const bad = parameter('bad', { base: ['Patient'], type: 'token', expression: 'Patient.nmae' })

  test('are told of when nothing else is pending', async () => {
    await server.fhir('PUT', 'SearchParameter/bad', bad)
    const reply = await server.fhir('POST', '$reindex')
    expect(reply.status).toBe(422)
    expect(reply.text).toContain(
      "http://example.org/SearchParameter/bad cannot be used: Patient has no element 'nmae'.",
    )
    expect((await server.fhir('POST', 'SearchParameter/bad/$reindex')).status).toBe(422)
  })

  test('do not keep others from being used', async () => {
    const good = parameter('good', { base: ['Patient'], type: 'string', expression: 'Patient.name.family.lower()' })
    await server.fhir('PUT', 'SearchParameter/good', good)
    const job = await reindex()
    expect(job).toMatchObject({ state: 'done', url: good['url'] })
    expect(JSON.stringify(job['outcome'])).toContain("no element 'nmae'")
    expect(await total('Patient?good=family299')).toBe(1)
  })

  test('of one url are all refused', async () => {
    const twin = parameter('twin', { base: ['Patient'], type: 'string', expression: 'Patient.name.text' })
    await server.fhir('PUT', 'SearchParameter/twin', twin)
    await server.fhir('PUT', 'SearchParameter/twin-2', { ...twin, id: 'twin-2' })
    const reply = await server.fhir('POST', 'SearchParameter/twin/$reindex')
    expect(reply.status).toBe(422)
    expect(reply.text).toContain('2 SearchParameters have this url')
    for (const id of ['bad', 'twin', 'twin-2']) await server.fhir('DELETE', `SearchParameter/${id}`)
  })
})

describe('$reindex', () => {
  test('answers 202 and tells where progress is told', async () => {
    const reply = await server.fhir('POST', '$reindex')
    expect(reply.status).toBe(202)
    const place = reply.headers['content-location']!
    expect(place).toMatch(/\/fhir\/\$reindex-status\?job=\d+$/)
    for (;;) {
      const status = await server.fhir('GET', place.slice(place.indexOf('/$') + 1))
      expect(status.status).toBe(200)
      const { state, done, total } = members(status.json)
      if (state === 'done') {
        expect(done).toBe(total)
        break
      }
      expect(['waiting', 'running']).toContain(state)
    }
  })

  test('writes rows again that differ, and tells how many', async () => {
    const { db } = server.context.store
    await db.query(
      sql`${raw("update r_patient set terms = '{}', present = 0 where pk in (select pk from r_patient limit 7)")}`,
    )
    await db.query(sql`${raw("delete from x_string where v like 'family1%'")}`)
    const { changed } = await reindex()
    expect(changed).toBeGreaterThan(7)
    await expectClean()
    const history = await server.fhir('GET', 'Patient/p1/_history')
    expect(history.json['total']).toBe(1)
  })

  test('refuses unknown urls, types and parameters', async () => {
    expect((await server.fhir('POST', '$reindex?url=http://nowhere')).status).toBe(404)
    expect((await server.fhir('POST', '$reindex?type=Foo')).status).toBe(404)
    expect((await server.fhir('POST', '$reindex?x=1')).status).toBe(400)
    expect((await server.fhir('GET', '$reindex')).status).toBe(405)
    expect((await server.fhir('GET', '$reindex-status?job=99999')).status).toBe(404)
    const entry = [{ request: { method: 'POST', url: '$reindex' } }]
    const inside = await server.fhir('POST', '', { resourceType: 'Bundle', type: 'transaction', entry })
    expect(inside.status).toBe(400)
  })
})

test('a stored SearchParameter keeps what it was stored with', async () => {
  const reply = await server.fhir('GET', 'SearchParameter/next')
  expect(parseStored(reply.text)['expression']).toBe('Patient.link.other.where(resolve() is Patient)')
})
