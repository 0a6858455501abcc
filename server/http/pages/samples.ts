/** Requests that the documentation shows; a test sends them in this order and compares the status. */
import type { Context } from '../../context.ts'
import type { Method } from '../../fhir/request.ts'
import { type Html, html } from './html.ts'

export interface Sample {
  readonly about: string
  readonly method: Method
  /** Below the base, with its query. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: object
  /** The form of a search. */
  readonly form?: string
  /** Any of these is right: a sample may be sent twice. */
  readonly status: readonly number[]
}

const json = { 'Content-Type': 'application/fhir+json' }

const birthPlace =
  "Patient.extension.where(url = 'http://hl7.org/fhir/StructureDefinition/patient-birthPlace').value.ofType(Address).city"

export const samples = {
  put: {
    about: 'Store a patient under an id of your choice',
    method: 'PUT',
    path: 'Patient/docs-anna',
    headers: json,
    body: {
      resourceType: 'Patient',
      id: 'docs-anna',
      name: [{ family: 'Rivera', given: ['Anna'] }],
      gender: 'female',
      birthDate: '1984-03-09',
    },
    status: [200, 201],
  },
  read: { about: 'Read it back', method: 'GET', path: 'Patient/docs-anna', status: [200] },
  readXml: {
    about: 'The same as XML',
    method: 'GET',
    path: 'Patient/docs-anna?_format=xml&_pretty=true',
    status: [200],
  },
  elements: {
    about: 'Only some elements',
    method: 'GET',
    path: 'Patient/docs-anna?_elements=name,birthDate',
    status: [200],
  },
  create: {
    about: 'Create an observation; the server chooses its id and answers with its Location',
    method: 'POST',
    path: 'Observation',
    headers: json,
    body: {
      resourceType: 'Observation',
      status: 'final',
      code: { coding: [{ system: 'http://loinc.org', code: '8867-4', display: 'Heart rate' }] },
      subject: { reference: 'Patient/docs-anna' },
      effectiveDateTime: '2026-03-02T09:30:00Z',
      valueQuantity: { value: 64, unit: '/min', system: 'http://unitsofmeasure.org', code: '/min' },
    },
    status: [201],
  },
  search: {
    about: 'Search: her heart rates, newest first',
    method: 'GET',
    path: 'Observation?patient=docs-anna&code=http://loinc.org|8867-4&_sort=-date',
    status: [200],
  },
  postSearch: {
    about: 'The same search with its criteria in a form, out of the reach of access logs',
    method: 'POST',
    path: 'Observation/_search',
    form: 'patient=docs-anna&code=http://loinc.org|8867-4&_sort=-date',
    status: [200],
  },
  chain: {
    about: 'Follow a reference: observations of patients called Rivera',
    method: 'GET',
    path: 'Observation?subject:Patient.family=rivera',
    status: [200],
  },
  has: {
    about: 'Follow references backwards: patients with a heart rate above 60',
    method: 'GET',
    path: 'Patient?_has:Observation:patient:code-value-quantity=8867-4$gt60',
    status: [200],
  },
  include: {
    about: 'Bring the referenced patients along',
    method: 'GET',
    path: 'Observation?code=8867-4&_include=Observation:subject',
    status: [200],
  },
  count: { about: 'Only count', method: 'GET', path: 'Patient?_summary=count', status: [200] },
  explain: {
    about: 'See how a search was understood and carried out',
    method: 'GET',
    path: 'Patient?family=rivera&_explain=true',
    status: [200],
  },
  searchParameter: {
    about: 'Define a search parameter: the city where a patient was born',
    method: 'PUT',
    path: 'SearchParameter/docs-birthplace',
    headers: json,
    body: {
      resourceType: 'SearchParameter',
      id: 'docs-birthplace',
      url: 'https://example.org/SearchParameter/birthplace',
      name: 'Birthplace',
      status: 'active',
      description: 'The city where a patient was born.',
      code: 'birthplace',
      base: ['Patient'],
      type: 'string',
      expression: birthPlace,
    },
    status: [200, 201],
  },
  reindex: {
    about: 'Make it usable, and wait until it is',
    method: 'POST',
    path: 'SearchParameter/docs-birthplace/$reindex?wait=true',
    status: [200],
  },
  customSearch: {
    about: 'Search by it, like by any other',
    method: 'GET',
    path: 'Patient?birthplace=lisbon&_sort=birthplace',
    status: [200],
  },
  createOnce: {
    about: 'Create unless there is one already: sent a hundred times at once, it creates one',
    method: 'POST',
    path: 'Patient',
    headers: { ...json, 'If-None-Exist': 'identifier=https://example.org/mrn|4711' },
    body: { resourceType: 'Patient', identifier: [{ system: 'https://example.org/mrn', value: '4711' }] },
    status: [200, 201],
  },
  jsonPatch: {
    about: 'Change one element with a JSON Patch',
    method: 'PATCH',
    path: 'Patient/docs-anna',
    headers: { 'Content-Type': 'application/json-patch+json' },
    body: [{ op: 'replace', path: '/birthDate', value: '1984-03-19' }],
    status: [200],
  },
  fhirPathPatch: {
    about: 'The same with a FHIRPath Patch',
    method: 'PATCH',
    path: 'Patient/docs-anna',
    headers: json,
    body: {
      resourceType: 'Parameters',
      parameter: [
        {
          name: 'operation',
          part: [
            { name: 'type', valueCode: 'replace' },
            { name: 'path', valueString: 'Patient.birthDate' },
            { name: 'value', valueDate: '1984-03-09' },
          ],
        },
      ],
    },
    status: [200],
  },
  history: { about: 'All its versions', method: 'GET', path: 'Patient/docs-anna/_history', status: [200] },
  transaction: {
    about: 'Store a patient and an encounter that points at it, both or neither',
    method: 'POST',
    path: '',
    headers: json,
    body: {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [
        {
          fullUrl: 'urn:uuid:8f2c1b9e-5d0a-4c55-9d0e-3a7c3f3a0a01',
          resource: { resourceType: 'Patient', name: [{ family: 'Okafor', given: ['Chidi'] }] },
          request: { method: 'POST', url: 'Patient' },
        },
        {
          resource: {
            resourceType: 'Encounter',
            status: 'finished',
            class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
            subject: { reference: 'urn:uuid:8f2c1b9e-5d0a-4c55-9d0e-3a7c3f3a0a01' },
          },
          request: { method: 'POST', url: 'Encounter' },
        },
      ],
    },
    status: [200],
  },
  everything: {
    about: 'Everything about a patient',
    method: 'GET',
    path: 'Patient/docs-anna/$everything?_count=50',
    status: [200],
  },
  validate: {
    about: 'Check a resource without storing it',
    method: 'POST',
    path: 'Patient/$validate',
    headers: json,
    body: { resourceType: 'Patient', gender: 'female' },
    status: [200],
  },
  delete: { about: 'Delete it; its history stays', method: 'DELETE', path: 'Patient/docs-anna', status: [200, 204] },
} as const satisfies Record<string, Sample>

/** The request as a command line; where it only reads, with a link that tries it. */
/** Where the documentation's requests go. */
export type SampleServer = Pick<Context, 'base'> & { readonly config: Pick<Context['config'], 'auth'> }

export function sampleFigure(sample: Sample, server: SampleServer): Html {
  const link =
    sample.method === 'GET' &&
    html` <a class="try" href="/docs/console#${sample.path}">Try it<span class="away">: ${sample.about}</span></a>`
  return html`<figure class="sample"><figcaption>${sample.about}${link}</figcaption><pre><code>${curl(sample, server)}</code></pre></figure>`
}

/** A command line that a POSIX shell understands; where tokens are wanted, with that in `$TOKEN`. */
export function curl({ method, path, headers, body, form }: Sample, { base, config }: SampleServer): string {
  const url = path === '' ? base : `${base}/${path}`
  const parts = [
    `curl ${method === 'GET' || form !== undefined ? '' : `-X ${method} `}${quoted(url)}`,
    ...(config.auth === 'smart' ? ['-H "Authorization: Bearer $TOKEN"'] : []),
    ...Object.entries(headers ?? {}).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    ...(form === undefined ? [] : [`-d ${quoted(form)}`]),
    ...(body === undefined ? [] : [`-d ${quoted(compactJson(body, 0))}`]),
  ]
  return parts.join(' \\\n  ')
}

/** JSON in which what fits on a line stays on one. */
function compactJson(value: unknown, depth: number): string {
  const flat = spaced(value)
  if (flat.length + depth * 2 <= 72 || typeof value !== 'object' || value === null) return flat
  const inner = '  '.repeat(depth + 1)
  const list = Array.isArray(value)
  const items = list
    ? value.map((item) => inner + compactJson(item, depth + 1))
    : Object.entries(value).map(([key, item]) => `${inner}"${key}": ${compactJson(item, depth + 1)}`)
  const [open, close] = list ? '[]' : '{}'
  return `${open}\n${items.join(',\n')}\n${'  '.repeat(depth)}${close}`
}

function spaced(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spaced).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).map(([key, item]) => `"${key}": ${spaced(item)}`)
  return `{ ${members.join(', ')} }`
}

function quoted(text: string): string {
  return /^[\w:/.@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
