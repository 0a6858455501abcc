/** Requests with bodies: GraphQL, Bundles, and writes of all kinds. */
import type { JsonObject } from '../../../server/fhir/json.ts'
import { referencesTo } from '../../oracle/random/choose-criterion.ts'
import { byId, byLink, byReference, byType } from './paths.ts'
import { child, patient, strangers, withPatient } from './population.ts'
import type { TwinRequest } from './request.ts'
import { anySearch, anySubject, keyOf, type Source, someCriteria } from './searches.ts'

/** https://hl7.org/fhir/R4/graphql.html */
export function graphql(source: Source): TwinRequest {
  const { world, random } = source
  const subject = anySubject(source)
  const { type } = subject.population
  const [, id] = keyOf(subject).split('/')
  const incoming = referencesTo(world).get(keyOf(subject)) ?? []
  const reverse =
    incoming.length > 0
      ? incoming.map((link) => `${link.type}List(_reference: ${argument(link.code)}) { id }`)[0]!
      : 'id'
  const query = random.pick([
    `{ ${type}(id: "${id}") { id meta { versionId } ${reverse} } }`,
    `{ ${type}List(_count: 5) { id } }`,
    `{ ${type}Connection(_count: 2) { count edges { resource { id } } next } }`,
    `{ ${type}List(_id: "${id}") { id } }`,
    `{ ObservationList(_count: 5) { id subject { reference resource(optional: true) { ... on Patient { id gender } } } focus { resource(optional: true) { ... on Patient { id birthDate } } } } }`,
    `{ PatientList { id ObservationList(_reference: subject) { id status } } }`,
    `{ ConditionList(_count: 9) { id encounter { resource(optional: true) { ... on Encounter { id status } } } } }`,
  ])
  const path = random.chance(0.15) ? `${keyOf(subject)}/$graphql` : '$graphql'
  const body = { query: path === '$graphql' ? query : '{ id meta { versionId } }' }
  return { method: 'POST', path, body, headers: { 'content-type': 'application/json' }, kind: 'graphql' }
}

function argument(code: string): string {
  return code.replaceAll('-', '_')
}

/** Several reads in one. */
export function bundle(source: Source): TwinRequest {
  const { random } = source
  const type = random.pick(['batch', 'batch', 'transaction'])
  const readers = [anySearch, byReference, byLink, byId, byType]
  const entry = Array.from({ length: 1 + random.below(4) }, () => {
    const { path } = random.pick(readers)(source)
    return { request: { method: 'GET', url: path } }
  })
  return { method: 'POST', path: '', body: { resourceType: 'Bundle', type, entry }, kind: type }
}

const parametersPatch = (type: string) => ({
  resourceType: 'Parameters',
  parameter: [
    {
      name: 'operation',
      part: [
        { name: 'type', valueCode: 'replace' },
        { name: 'path', valueString: `${type}.implicitRules` },
        { name: 'value', valueUri: 'http://example.org/rules' },
      ],
    },
  ],
})

const tagged = {
  resourceType: 'Parameters',
  parameter: [{ name: 'meta', valueMeta: { tag: [{ system: 'http://example.org/tags', code: 'twin' }] } }],
}

/** What changes something, where the caller may. */
export function write(source: Source): TwinRequest {
  const { random, world } = source
  const subject = anySubject(source)
  const { type } = subject.population
  const key = keyOf(subject)
  const fresh = basic(random.pick([patient, patient, child, ...strangers]))
  const resource = { ...(world.resource(key) as unknown as JsonObject) }
  const criteria = someCriteria(source, subject)
  const { id: _id, ...withoutId } = resource
  const requests: readonly (readonly [number, Omit<TwinRequest, 'kind'> & { readonly kind: string }])[] = [
    [3, { method: 'PUT', path: key, body: resource, kind: 'update' }],
    // What belongs to others is said to be one's own.
    [3, { method: 'PUT', path: key, body: withPatient(resource, patient) as JsonObject, kind: 'update of an owner' }],
    [1, { method: 'PUT', path: key, body: resource, headers: { 'if-match': 'W/"1"' }, kind: 'update a version' }],
    [1, { method: 'PUT', path: key, body: resource, headers: { 'if-none-match': '*' }, kind: 'update of nothing' }],
    [1, { method: 'PUT', path: `${type}/absent`, body: { ...resource, id: 'absent' }, kind: 'update as create' }],
    [2, { method: 'PUT', path: `${type}?${criteria}`, body: withoutId, kind: 'conditional update' }],
    [1, { method: 'PUT', path: `${type}?${criteria}`, body: resource, kind: 'conditional update by id' }],
    [2, { method: 'PATCH', path: key, body: parametersPatch(type), kind: 'patch' }],
    [2, { method: 'PATCH', path: `${type}?${criteria}`, body: parametersPatch(type), kind: 'conditional patch' }],
    [3, { method: 'DELETE', path: key, kind: 'delete' }],
    [1, { method: 'DELETE', path: `${type}?${criteria}`, kind: 'conditional delete' }],
    [2, { method: 'POST', path: 'Basic', body: fresh, kind: 'create' }],
    [
      2,
      {
        method: 'POST',
        path: type,
        body: withoutId,
        headers: { 'if-none-exist': criteria },
        kind: 'conditional create',
      },
    ],
    [1, { method: 'POST', path: `${key}/$meta-add`, body: tagged, kind: 'meta-add' }],
    [1, { method: 'POST', path: '$reindex', body: { resourceType: 'Parameters' }, kind: 'reindex' }],
    [1, { method: 'POST', path: '$expunge', body: { resourceType: 'Parameters' }, kind: 'expunge' }],
    [
      6,
      { method: 'POST', path: '', body: transaction(key, criteria, resource, source), kind: 'transaction of writes' },
    ],
  ]
  return random.weighted(requests)
}

function basic(who: string): JsonObject {
  return { resourceType: 'Basic', code: { text: 'twin' }, subject: { reference: `Patient/${who}` } }
}

/** A reference by what finds one of the patients, by an identifier where it has one: these are looked up together. */
function anyPatient(source: Source): string {
  const population = source.world.population('Patient')
  const index = source.random.below(population.members.length)
  const { identifier } = population.members[index]!.resource as { identifier?: { system?: string; value?: string }[] }
  const known = identifier?.find(({ value }) => value !== undefined)
  const criteria =
    known === undefined || source.random.chance(0.2)
      ? someCriteria(source, { population, index })
      : `identifier=${encodeURIComponent(`${known.system ?? ''}|${known.value}`)}`
  return `Patient?${criteria}`
}

function transaction(key: string, criteria: string, resource: JsonObject, source: Source): JsonObject {
  const { random } = source
  const [type] = key.split('/')
  const { id: _id, ...withoutId } = resource
  const referring = { ...basic(patient), author: { reference: `Practitioner?${criteria}` } }
  const subject = { ...basic(patient), subject: { reference: `Patient?${criteria}` } }
  const entry = random.pick([
    { request: { method: 'PUT', url: key }, resource },
    { request: { method: 'PUT', url: key }, resource: withPatient(resource, patient) },
    // More often than the others, for most of these find nobody.
    ...Array.from({ length: 3 }, () => ({
      request: { method: 'POST', url: 'Basic' },
      resource: { ...basic(patient), author: { reference: anyPatient(source) } },
    })),
    { request: { method: 'PUT', url: `${type}?${criteria}` }, resource: withoutId },
    { request: { method: 'DELETE', url: key } },
    { request: { method: 'DELETE', url: `${type}?${criteria}` } },
    { request: { method: 'POST', url: type, ifNoneExist: criteria }, resource: withoutId },
    { request: { method: 'POST', url: 'Basic' }, resource: type === 'Patient' ? subject : referring },
    { request: { method: 'PATCH', url: key }, resource: parametersPatch(type!) },
  ])
  return {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [entry, { request: { method: 'GET', url: key } }],
  } as JsonObject
}
