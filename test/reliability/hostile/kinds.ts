/** All kinds of hostile requests, by how often they come. */
import { randomBody } from './bodies.ts'
import { randomBundle, randomGraph, randomJsonPatch, randomParameters, randomPathPatch } from './bundles.ts'
import { encoded, fragment, mutateText, tangle } from './fragments.ts'
import { type HostileRequest, json, jsonPatch, type Maker, target } from './request.ts'
import { randomSearch, withoutControls } from './searches.ts'

export function hostileRequest(maker: Maker): HostileRequest {
  const request = maker.random.weighted(kinds)(maker)
  const url = `/fhir${request.url}`
  return { ...request, url, headers: { ...request.headers, ...oddHeaders(maker) } }
}

const kinds: readonly (readonly [number, (maker: Maker) => HostileRequest])[] = [
  [30, search],
  [6, searchByPost],
  [6, conditional],
  [12, create],
  [12, update],
  [8, path],
  [5, jsonPatches],
  [5, pathPatches],
  [10, bundle],
  [6, operation],
  [2, graph],
]

function search(maker: Maker): HostileRequest {
  const { random, types } = maker
  const type = random.pick(types)
  const place = random.weighted<() => string>([
    [10, () => `/${type}`],
    [1, () => ''],
    [1, () => `/${type}/_history`],
    [1, () => `/${target(maker)}/_history`],
    [1, () => `/${target(maker)}/${random.pick(types)}`],
    [1, () => `/${target(maker)}/*`],
  ])()
  return {
    kind: 'search',
    method: random.chance(0.95) ? 'GET' : 'HEAD',
    url: `${place}?${randomSearch(maker, type)}`,
    headers: {},
  }
}

function searchByPost(maker: Maker): HostileRequest {
  const { random, types } = maker
  const type = random.pick(types)
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const payload = random.chance(0.1) ? tangle(random) : randomSearch(maker, type)
  return { kind: 'search by POST', method: 'POST', url: `/${type}/_search`, headers, payload }
}

/** Conditions in the place of ids. */
function conditional(maker: Maker): HostileRequest {
  const { random, types } = maker
  const type = random.pick(types)
  const criteria = randomSearch(maker, type)
  const { contentType, payload } = randomBody(maker, type)
  const headers = { 'content-type': contentType }
  return random.weighted<() => HostileRequest>([
    [3, () => ({ kind: 'conditional', method: 'PUT', url: `/${type}?${criteria}`, headers, payload })],
    [
      3,
      () => {
        const condition = { 'if-none-exist': headerText(random.chance(0.7) ? criteria : tangle(random)) }
        return { kind: 'conditional', method: 'POST', url: `/${type}`, headers: { ...headers, ...condition }, payload }
      },
    ],
    [1, () => ({ kind: 'conditional', method: 'DELETE', url: `/${type}?${criteria}`, headers: {} })],
    [
      1,
      () => {
        const patch = { 'content-type': jsonPatch }
        return {
          kind: 'conditional',
          method: 'PATCH',
          url: `/${type}?${criteria}`,
          headers: patch,
          payload: randomJsonPatch(maker),
        }
      },
    ],
  ])()
}

function create(maker: Maker): HostileRequest {
  const { random, types } = maker
  const type = random.pick(types)
  const { contentType, payload } = randomBody(maker, random.chance(0.95) ? type : random.pick(types))
  return {
    kind: 'create',
    method: 'POST',
    url: `/${type}`,
    headers: { 'content-type': contentType },
    payload,
  }
}

function update(maker: Maker): HostileRequest {
  const { random } = maker
  const place = target(maker)
  const [type, id] = place.split('/') as [string, string]
  const { contentType, payload } = randomBody(maker, type, random.chance(0.8) ? id : fragment(random))
  return { kind: 'update', method: 'PUT', url: `/${place}`, headers: { 'content-type': contentType }, payload }
}

/** Paths of which a part is something else. */
function path(maker: Maker): HostileRequest {
  const { random, types } = maker
  const method = random.pick(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])
  const parts = [
    random.pick(types),
    random.pick(['1', 'a', 'nothing']),
    '_history',
    '1',
    '$meta',
    '_search',
    '*',
    'metadata',
  ]
  const list = Array.from({ length: 1 + random.below(5) }, () =>
    random.chance(0.8) ? random.pick(parts) : encoded(tangle(random), random),
  )
  const url = `/${list.join(random.chance(0.95) ? '/' : '//')}`
  return { kind: 'path', method, url: withoutControls(random.chance(0.2) ? mutateText(url, random) : url), headers: {} }
}

function jsonPatches(maker: Maker): HostileRequest {
  const headers = { 'content-type': jsonPatch }
  return { kind: 'JSON Patch', method: 'PATCH', url: `/${target(maker)}`, headers, payload: randomJsonPatch(maker) }
}

function pathPatches(maker: Maker): HostileRequest {
  const headers = { 'content-type': json }
  return { kind: 'FHIRPath Patch', method: 'PATCH', url: `/${target(maker)}`, headers, payload: randomPathPatch(maker) }
}

function bundle(maker: Maker): HostileRequest {
  return { kind: 'Bundle', method: 'POST', url: '', headers: { 'content-type': json }, payload: randomBundle(maker) }
}

const operations = [
  '$validate',
  '$meta',
  '$meta-add',
  '$meta-delete',
  '$diff',
  '$everything',
  '$lastn',
  '$reindex',
  '$nope',
  '$',
]

function operation(maker: Maker): HostileRequest {
  const { random, types } = maker
  const place = random.weighted<() => string>([
    [5, () => target(maker)],
    [3, () => random.pick(types)],
    [1, () => ''],
  ])()
  const url = `/${place}/${random.pick(operations)}`.replace('//', '/')
  const query = random.chance(0.4) ? `?${randomSearch(maker, random.pick(types))}` : ''
  if (random.chance(0.4)) return { kind: 'operation', method: 'GET', url: `${url}${query}`, headers: {} }
  const payload = random.chance(0.8) ? randomParameters(maker) : randomBody(maker, random.pick(types)).payload
  return { kind: 'operation', method: 'POST', url: `${url}${query}`, headers: { 'content-type': json }, payload }
}

function graph(maker: Maker): HostileRequest {
  const { random } = maker
  const text = randomGraph(random)
  const place = random.chance(0.5) ? '' : `/${target(maker)}`
  if (random.chance(0.4)) {
    return { kind: 'graph', method: 'GET', url: `${place}/$graphql?query=${encoded(text, random)}`, headers: {} }
  }
  const payload = random.chance(0.5) ? text : JSON.stringify({ query: text, variables: { a: fragment(random) } })
  const type = random.pick(['application/graphql', 'application/json', json])
  return { kind: 'graph', method: 'POST', url: `${place}/$graphql`, headers: { 'content-type': type }, payload }
}

const headerValues: Readonly<Record<string, readonly string[]>> = {
  accept: ['application/fhir+xml', 'text/html', '*/*', 'image/png', 'application/fhir+json;q=x', ',,,', 'a/b/c', ''],
  prefer: ['return=minimal', 'return=OperationOutcome', 'return=', 'x', ';;;'],
  'if-match': ['W/"1"', '1', 'W/"999999999999"', 'W/"-1"', '*', 'W/"a"', ''],
  'if-none-match': ['*', 'W/"1"', '"', 'x'],
  'if-modified-since': ['Sat, 01 Jan 2050 00:00:00 GMT', 'yesterday', '0', '-1'],
  'accept-encoding': ['gzip', 'br', 'identity;q=0', '*;q=0', 'x'],
  'content-encoding': ['gzip', 'br', 'x', 'gzip, gzip'],
  'x-request-id': ['a', 'a b', 'x'.repeat(500)],
  'x-security-context': ['Patient/1', "'"],
}

function oddHeaders({ random }: Maker): Record<string, string> {
  // A lenient search gets past what it does not understand.
  if (random.chance(0.75)) return random.chance(0.3) ? { prefer: 'handling=lenient' } : {}
  const name = random.pick(Object.keys(headerValues))
  const value = random.chance(0.8) ? random.pick(headerValues[name]!) : headerText(tangle(random))
  return { [name]: value }
}

/** What a header may contain without being refused by whoever sends it. */
function headerText(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '').slice(0, 4000)
}
