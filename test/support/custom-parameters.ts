/** Patients, their allergies and conditions, and search parameters for them. */
import { expect } from 'vitest'
import type { JsonObject } from '../../server/fhir/json.ts'
import { checkStore } from '../../server/interactions/check-store.ts'
import type { TestServer } from './test-server.ts'

const core = 'http://hl7.org/fhir/us/core'
const asserted = 'http://hl7.org/fhir/StructureDefinition/condition-assertedDate'

const races = ['2106-3', '2054-5', '2028-9'] as const

export function patient(i: number) {
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

export function parameter(code: string, given: JsonObject): JsonObject {
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

export const parameters: readonly JsonObject[] = [
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

/** The members of a Parameters resource by name. */
export function members(parameters: JsonObject): JsonObject {
  const list = parameters['parameter'] as JsonObject[]
  return Object.fromEntries(
    list.map(({ name, ...value }) => [name as string, Object.values(value)[0]!] as const),
  ) as JsonObject
}

/** Stores the resources, three for each patient. */
export async function storePatients(server: TestServer, patients: number): Promise<void> {
  const resources = Array.from({ length: patients }, (_, i) => [patient(i), allergy(i), condition(i)]).flat()
  for (let start = 0; start < resources.length; start += 300) {
    const entry = resources.slice(start, start + 300).map((resource) => ({
      resource,
      request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
    }))
    const reply = await server.fhir('POST', '', { resourceType: 'Bundle', type: 'transaction', entry })
    expect([reply.status, reply.text.slice(0, 1000)]).toEqual([200, expect.any(String)])
  }
}

/** Stores a SearchParameter, which must be valid as a resource. */
export async function storeParameter(server: TestServer, resource: JsonObject): Promise<void> {
  const reply = await server.fhir('PUT', `SearchParameter/${resource['id']}`, resource)
  expect([reply.status < 300, reply.text]).toEqual([true, expect.any(String)])
}

export async function totalOf(server: TestServer, query: string): Promise<number> {
  const reply = await server.fhir('GET', `${query}${query.includes('?') ? '&' : '?'}_summary=count`)
  expect([reply.status, reply.text]).toEqual([200, expect.any(String)])
  return reply.json['total'] as number
}

/** Calls `$reindex` and waits; answers what it tells. */
export async function reindexed(server: TestServer, query = ''): Promise<JsonObject> {
  const reply = await server.fhir('POST', `$reindex?wait=true${query}`)
  expect([reply.status, reply.text]).toEqual([200, expect.any(String)])
  return members(reply.json)
}

/** All rows are those that the present index makes; for that, what an earlier definition left in them is removed. */
export async function expectClean(server: TestServer): Promise<void> {
  await reindexed(server)
  const report = await checkStore(server.context)
  expect(report.examples).toEqual([])
}
