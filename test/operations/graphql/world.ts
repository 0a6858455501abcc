/** A small world for GraphQL queries: a patient like that of the specification's page, and what refers to them. */
import type { JsonObject } from '../../../server/fhir/json.ts'
import type { TestServer } from '../../support/test-server.ts'

const loinc = 'http://loinc.org'

export const patient = {
  resourceType: 'Patient',
  id: 'ann',
  identifier: [
    { use: 'usual', system: 'urn:oid:1.2.36.146.595.217.0.1', value: '12345' },
    { use: 'secondary', system: 'http://cards', value: 'A-77' },
  ],
  active: true,
  name: [
    { use: 'official', family: 'Marsh', given: ['Ann', 'Maria'] },
    { use: 'usual', given: ['Annie'] },
    { use: 'maiden', family: 'Berg', given: ['Ann', 'Maria'], period: { end: '2002' } },
  ],
  telecom: [
    { system: 'phone', value: '555-1000', use: 'home', rank: 2 },
    { system: 'phone', value: '555-2000', use: 'work', rank: 1 },
    { system: 'email', value: 'ann@example.org' },
  ],
  gender: 'female',
  birthDate: '1974-12-25',
  _birthDate: { extension: [{ url: 'http://time', valueDateTime: '1974-12-25T14:35:45-05:00' }] },
  deceasedBoolean: false,
  maritalStatus: { text: 'Married' },
  extension: [
    { url: 'http://shoe', valueInteger: 38 },
    { url: 'http://note', valueString: 'left-handed' },
  ],
  generalPractitioner: [{ reference: 'Practitioner/greene' }, { reference: 'Practitioner/ross' }],
  managingOrganization: { reference: '#clinic', display: 'The clinic' },
  contained: [
    {
      resourceType: 'Organization',
      id: 'clinic',
      name: 'Contained Clinic',
      extension: [{ url: 'http://of', valueReference: { reference: '#' } }],
    },
  ],
} satisfies JsonObject

const practitioners = ['greene', 'ross'].map((id) => ({
  resourceType: 'Practitioner',
  id,
  name: [{ family: id[0]!.toUpperCase() + id.slice(1) }],
}))

const others = [
  { resourceType: 'Patient', id: 'bob', active: true, name: [{ family: 'Marshall', given: ['Bob'] }], gender: 'male' },
  {
    resourceType: 'Patient',
    id: 'cy',
    active: false,
    name: [{ family: 'Ngo', given: ['Cy'] }],
    birthDate: '2001-02-03',
  },
  { resourceType: 'Group', id: 'cohort', type: 'person', actual: true, name: 'Cohort', active: true },
]

function condition(id: string, subject: string, status: string, recordedDate: string): JsonObject {
  const system = 'http://terminology.hl7.org/CodeSystem/condition-clinical'
  return {
    resourceType: 'Condition',
    id,
    clinicalStatus: { coding: [{ system, code: status }] },
    code: { coding: [{ system: 'http://codes', code: id, display: `About ${id}` }] },
    subject: { reference: subject },
    recordedDate,
  }
}

const conditions = [
  condition('flu', 'Patient/ann', 'relapse', '2020-01-01'),
  condition('gout', 'Patient/ann', 'active', '2021-01-01'),
  condition('cold', 'Patient/ann', 'active', '2022-01-01'),
  condition('scar', 'Patient/bob', 'active', '2019-01-01'),
]

/** As text: these digits are to be kept. */
const weight = `{"resourceType":"Observation","id":"weight","status":"final",
  "code":{"coding":[{"system":"${loinc}","code":"29463-7"},{"code":"W"}]},"subject":{"reference":"Patient/ann"},
  "performer":[{"reference":"Practitioner/greene"},{"display":"A nurse"},{"reference":"Practitioner/gone"}],
  "valueQuantity":{"value":72.50,"unit":"kg","system":"http://unitsofmeasure.org","code":"kg"}}`

const observations = [
  {
    resourceType: 'Observation',
    id: 'survey',
    status: 'final',
    code: { coding: [{ system: loinc, code: '1-8' }] },
    subject: { reference: 'Group/cohort' },
    valueInteger: 3,
  },
  {
    resourceType: 'Observation',
    id: 'old',
    status: 'final',
    code: { text: 'by version' },
    subject: { reference: 'Patient/cy/_history/1' },
  },
]

/** Stores everything; `cy` has two versions, and `gone` is deleted. */
export async function buildWorld(server: TestServer): Promise<void> {
  const gone = { resourceType: 'Practitioner', id: 'gone' }
  const list = { resourceType: 'List', id: 'long', status: 'current', mode: 'changes' }
  const entry = Array.from({ length: 12 }, (_, i) => ({ deleted: i % 2 === 1, item: { display: `item ${i}` } }))
  for (const resource of [...practitioners, gone, patient, ...others, ...conditions, ...observations]) {
    await put(server, resource)
  }
  await put(server, { ...list, entry })
  await put(server, { ...others[1]!, active: true })
  await server.fhir('PUT', 'Observation/weight', weight)
  await server.fhir('DELETE', 'Practitioner/gone')
}

async function put(server: TestServer, resource: JsonObject | object): Promise<void> {
  const { resourceType, id } = resource as { resourceType: string; id: string }
  const reply = await server.fhir('PUT', `${resourceType}/${id}`, resource)
  if (reply.status >= 300) throw new Error(reply.text)
}

export interface GraphqlReply {
  readonly status: number
  readonly data: Record<string, unknown> | null
  readonly errors: readonly GraphqlFault[]
  readonly text: string
  readonly contentType: string
}

export interface GraphqlFault {
  readonly message: string
  readonly path?: readonly (string | number)[]
  readonly locations?: readonly object[]
  readonly extensions: { readonly code: string; readonly resource: { readonly resourceType: string } }
}

/** Sends a query, to the system or to the resource at `path`. */
export async function ask(
  server: TestServer,
  query: string,
  { variables, path = '', operationName }: { variables?: object; path?: string; operationName?: string } = {},
): Promise<GraphqlReply> {
  const body = { query, ...(variables && { variables }), ...(operationName && { operationName }) }
  const { status, text, json, headers } = await server.fhir('POST', `${path}/$graphql`, body, {
    'content-type': 'application/json',
  })
  const { data = null, errors = [] } = json as unknown as Partial<GraphqlReply>
  return { status, data, errors, text, contentType: headers['content-type']! }
}

/** The data of an answer without errors. */
export async function dataOf(
  server: TestServer,
  query: string,
  options?: Parameters<typeof ask>[2],
): Promise<Record<string, unknown>> {
  const { status, data, errors, text } = await ask(server, query, options)
  if (status !== 200 || errors.length > 0 || !data) throw new Error(`${status}: ${text}`)
  return data
}
