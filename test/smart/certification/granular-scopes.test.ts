/** The certification procedure's launches with granular scopes: what was asked for, and what a person narrowed. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../server/fhir/json.ts'
import {
  asApp,
  certifiedServer,
  launched,
  matches,
  patient,
  recordScopes,
  type Session,
} from '../../support/certified-server.ts'
import { needsFolder, sharedFolder } from '../../support/shared-data.ts'
import { bearer, type SmartServer } from '../../support/smart-server.ts'

const folder = sharedFolder('us-core')
const terminology = 'http://terminology.hl7.org/CodeSystem'
const core = 'http://hl7.org/fhir/us/core/CodeSystem'

type Category = readonly [type: 'Condition' | 'Observation', category: string]
const sets: readonly (readonly [name: string, categories: readonly Category[]])[] = [
  [
    'first set',
    [
      ['Condition', `${terminology}/condition-category|encounter-diagnosis`],
      ['Condition', `${core}/condition-category|health-concern`],
      ['Observation', `${terminology}/observation-category|laboratory`],
      ['Observation', `${terminology}/observation-category|social-history`],
    ],
  ],
  [
    'second set',
    [
      ['Condition', `${terminology}/condition-category|problem-list-item`],
      ['Observation', `${terminology}/observation-category|vital-signs`],
      ['Observation', `${terminology}/observation-category|survey`],
      ['Observation', `${core}/us-core-category|sdoh`],
    ],
  ],
]

const days = ['gt2000', 'lt2030-01-01T00:00:00%2B00:00', 'ge2020-01-01']
const queries = [
  `Condition?patient=${patient}&_count=500`,
  `Observation?patient=${patient}&code=59408-5&_count=500`,
  ...['encounter-diagnosis', 'problem-list-item', 'health-concern'].map(
    (code) => `Condition?patient=${patient}&category=${code}&_count=500`,
  ),
  ...['laboratory', 'social-history', 'vital-signs', 'survey', 'sdoh'].flatMap((code) =>
    ['', ...days.map((day) => `&date=${day}`)].map(
      (more) => `Observation?patient=${patient}&category=${code}${more}&_count=500`,
    ),
  ),
]

let server: SmartServer
let all: Session
beforeAll(async () => {
  server = (await certifiedServer())!
  if (folder) all = await launched(server, { scope: `${asApp} ${recordScopes('patient')}` })
})
afterAll(() => server?.close())

describe.skipIf(!folder).each(sets)(needsFolder('scopes of the %s', folder), (_name, categories) => {
  const asked = [
    'patient/Patient.rs',
    ...categories.map(([type, category]) => `patient/${type}.rs?category=${category}`),
  ]
  let session: Session
  beforeAll(async () => {
    session = await launched(server, { scope: `${asApp} ${asked.join(' ')}` })
  })

  test('are granted as they were asked for, and nothing besides', () => {
    expect(session.scopes).toEqual([...asApp.split(' '), ...asked])
  })

  test.each(queries)('%s finds what is granted, and all of that', async (query) => {
    const full = await all.fhir(query)
    const expected = idsOf(full.json, (resource) => isGranted(resource, categories))
    const got = await session.fhir(query)
    expect(got.status).toBe(200)
    expect(matches(got)).toEqual(expected)
    const posted = await server.inject({
      method: 'POST',
      url: `/fhir/${query.split('?')[0]}/_search`,
      headers: {
        ...bearer(String(session.json['access_token'])),
        'content-type': 'application/x-www-form-urlencoded',
      },
      payload: query.split('?')[1]!,
    })
    expect(matches(posted)).toEqual(expected)
  })

  test('hold for reading one, and for further pages', async () => {
    let read = 0
    for (const type of ['Condition', 'Observation'] as const) {
      const { json } = await all.fhir(`${type}?patient=${patient}&_count=500`)
      const granted = idsOf(json, (resource) => isGranted(resource, categories))
      const [refused] = idsOf(json, (resource) => !isGranted(resource, categories))
      for (const one of granted.slice(0, 3)) {
        expect((await session.fhir(one)).status).toBe(200)
        read++
      }
      expect((await session.fhir(refused!)).status).toBe(404)
      expect(await pages(session, `${type}?patient=${patient}&_count=2`)).toEqual(granted)
    }
    expect(read).toBeGreaterThan(2)
  })
})

describe.skipIf(!folder)(needsFolder('of scopes of whole types', folder), () => {
  test('a person grants kinds alone', async () => {
    const kinds = [
      `patient/Condition.rs?category=${terminology}/condition-category|problem-list-item`,
      `patient/Observation.rs?category=${terminology}/observation-category|laboratory`,
    ]
    const scope = `${asApp} patient/Condition.rs patient/Observation.rs patient/Patient.rs`
    const fields = { narrow: '1', scope: ['patient/Patient.rs', ...kinds] }
    const session = await launched(server, { scope }, { fields })
    const granted = session.scopes.filter((one) => one.startsWith('patient/'))
    expect(granted.toSorted()).toEqual(['patient/Patient.rs', ...kinds].toSorted())
    const { json } = await session.fhir(`Observation?patient=${patient}&_count=500`)
    expect(idsOf(json, () => true).length).toBeGreaterThan(0)
    expect(idsOf(json, (resource) => !isGranted(resource, [['Observation', 'laboratory']]))).toEqual([])
  })
})

function isGranted(resource: JsonObject, categories: readonly Category[]): boolean {
  const codings = (
    (resource['category'] ?? []) as unknown as { coding?: { system: string; code: string }[] }[]
  ).flatMap(({ coding }) => coding ?? [])
  return categories.some(
    ([type, category]) =>
      resource['resourceType'] === type &&
      codings.some(({ system, code }) => category === `${system}|${code}` || category === code),
  )
}

function idsOf(bundle: JsonObject, accepts: (resource: JsonObject) => boolean): string[] {
  const entries = (bundle['entry'] ?? []) as unknown as { resource: JsonObject }[]
  return entries
    .map(({ resource }) => resource)
    .filter(accepts)
    .map(({ resourceType, id }) => `${resourceType}/${id}`)
    .sort()
}

/** What all pages of a search have matched. */
async function pages(session: Session, first: string): Promise<string[]> {
  const found: string[] = []
  for (let next: string | undefined = first; next !== undefined; ) {
    const reply = await session.fhir(next)
    expect(reply.status).toBe(200)
    found.push(...matches(reply))
    const links = (reply.json['link'] ?? []) as unknown as { relation: string; url: string }[]
    next = links.find(({ relation }) => relation === 'next')?.url.replace(/^.*\/fhir\//, '')
  }
  return found.sort()
}
