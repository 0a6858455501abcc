/** Requests that alone or as entries of Bundles do the same, and what they attempt. */
import type { Sent } from './client.ts'
import type { Operation } from './operation.ts'

/** What is known of an operation before it is answered. */
export type Attempt = Pick<Operation, 'act' | 'resource' | 'value' | 'expected' | 'criterion' | 'version' | 'mayFind'>

export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly body?: object
  /** Of patches that are no resources. */
  readonly contentType?: string
  readonly ifMatch?: string
  readonly ifNoneExist?: string
  readonly attempt: Attempt
}

const system = 'urn:test:criterion'

/** A Patient that carries `value`, and the criterion that finds it. */
export function patient(value: string, { id, criterion }: { id?: string; criterion?: string } = {}): object {
  return {
    resourceType: 'Patient',
    ...(id && { id }),
    ...(criterion && { identifier: [{ system, value: criterion }] }),
    name: [{ family: value, given: ['Ada', value.slice(0, 3)] }],
    gender: 'female',
    birthDate: '1990-02-03',
    telecom: [{ system: 'phone', value: `555-${value}` }],
  }
}

/** The value that a Patient carries. */
export function carriedBy(resource: object): string | undefined {
  return (resource as { name?: { family?: string }[] }).name?.[0]?.family
}

/** The search for a criterion. */
export function search(criterion: string): string {
  return `identifier=${system}%7C${criterion}`
}

export const read = (id: string): Request => ({
  method: 'GET',
  path: `Patient/${id}`,
  attempt: { act: 'read', resource: `Patient/${id}` },
})

export const find = (id: string): Request => ({
  method: 'GET',
  path: `Patient?_id=${id}`,
  attempt: { act: 'read', resource: `Patient/${id}` },
})

export const vread = (id: string, version: number): Request => ({
  method: 'GET',
  path: `Patient/${id}/_history/${version}`,
  attempt: { act: 'vread', resource: `Patient/${id}`, version },
})

/** The newest versions. */
export const history = (id: string): Request => ({
  method: 'GET',
  path: `Patient/${id}/_history?_count=10`,
  attempt: { act: 'history', resource: `Patient/${id}` },
})

export const update = (id: string, value: string, expected?: number): Request => ({
  method: 'PUT',
  path: `Patient/${id}`,
  body: patient(value, { id }),
  ...ifMatch(expected),
  attempt: { act: 'put', resource: `Patient/${id}`, value, ...(expected !== undefined && { expected }) },
})

export const remove = (id: string, expected?: number): Request => ({
  method: 'DELETE',
  path: `Patient/${id}`,
  ...ifMatch(expected),
  attempt: { act: 'delete', resource: `Patient/${id}`, ...(expected !== undefined && { expected }) },
})

export const create = (value: string): Request => ({
  method: 'POST',
  path: 'Patient',
  body: patient(value),
  attempt: { act: 'put', resource: '', value },
})

export const createUnlessFound = (criterion: string, value: string): Request => ({
  method: 'POST',
  path: 'Patient',
  body: patient(value, { criterion }),
  ifNoneExist: search(criterion),
  attempt: { act: 'put', resource: '', value, criterion, mayFind: true },
})

export const updateWhere = (criterion: string, value: string): Request => ({
  method: 'PUT',
  path: `Patient?${search(criterion)}`,
  body: patient(value, { criterion }),
  attempt: { act: 'put', resource: '', value, criterion },
})

export const jsonPatch = (id: string, value: string, expected?: number): Request => ({
  method: 'PATCH',
  path: `Patient/${id}`,
  body: [{ op: 'replace', path: '/name/0/family', value }],
  contentType: 'application/json-patch+json',
  ...ifMatch(expected),
  attempt: { act: 'put', resource: `Patient/${id}`, value, ...(expected !== undefined && { expected }) },
})

export const fhirPathPatch = (id: string, value: string, expected?: number): Request => ({
  method: 'PATCH',
  path: `Patient/${id}`,
  body: pathPatch([
    { name: 'type', valueCode: 'replace' },
    { name: 'path', valueString: 'Patient.name[0].family' },
    { name: 'value', valueString: value },
  ]),
  ...ifMatch(expected),
  attempt: { act: 'put', resource: `Patient/${id}`, value, ...(expected !== undefined && { expected }) },
})

/** A FHIRPath Patch of one operation. */
export function pathPatch(part: readonly object[]): object {
  return { resourceType: 'Parameters', parameter: [{ name: 'operation', part }] }
}

function ifMatch(expected: number | undefined): { ifMatch?: string } {
  return expected === undefined ? {} : { ifMatch: `W/"${expected}"` }
}

/** The request as it is sent alone. */
export function alone({ method, path, body, contentType, ifMatch, ifNoneExist }: Request): Sent {
  const headers = {
    ...(contentType && { 'content-type': contentType }),
    ...(ifMatch && { 'if-match': ifMatch }),
    ...(ifNoneExist && { 'if-none-exist': ifNoneExist }),
  }
  return { method, path, body, headers }
}

/** The requests as a Bundle. */
export function bundled(type: 'transaction' | 'batch', requests: readonly Request[]): Sent {
  const entry = requests.map(({ method, path, body, contentType, ifMatch, ifNoneExist }) => ({
    ...(body && { resource: contentType ? binary(contentType, body) : body }),
    request: { method, url: path, ...(ifMatch && { ifMatch }), ...(ifNoneExist && { ifNoneExist }) },
  }))
  return { method: 'POST', path: '', body: { resourceType: 'Bundle', type, entry } }
}

/** What is no resource travels in a Binary. */
function binary(contentType: string, body: object): object {
  return { resourceType: 'Binary', contentType, data: Buffer.from(JSON.stringify(body)).toString('base64') }
}

/** The request in words. */
export function wordsOf({ method, path, ifMatch, ifNoneExist }: Request): string {
  return [method, path, ifMatch && `If-Match ${ifMatch}`, ifNoneExist && `If-None-Exist ${ifNoneExist}`]
    .filter(Boolean)
    .join(' ')
}
