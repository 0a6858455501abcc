/**
 * Random searches, answered and counted by the server and by a naive evaluator written from the specification: the
 * answers must be the same. `SEED` replays a run; each search that ever failed is kept below.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openAccess } from '../../server/access/access.ts'
import type { JsonObject } from '../../server/fhir/json.ts'
import { validateStructure } from '../../server/fhir/validation/structure.ts'
import { prepareVersion } from '../../server/interactions/write.ts'
import { raw } from '../../server/sql.ts'
import { putVersion } from '../../server/store/resources.ts'
import { type Evaluation, evaluate } from '../oracle/evaluate.ts'
import { createRandom } from '../oracle/random/random.ts'
import { coverage, type RandomQuery, randomQuery } from '../oracle/random-query.ts'
import { oracleResources } from '../oracle/resources.ts'
import { createWorld, type World } from '../oracle/world.ts'
import { sharedFolder } from '../support/shared-data.ts'
import { type TestServer, testServer } from '../support/test-server.ts'

const long = process.env['LONG'] === '1'
const seed = Number(process.env['SEED'] ?? 20_261_122)
const searches = Number(process.env['SEARCHES'] ?? (long ? 200_000 : 20_000))
const now = Date.UTC(2024, 0, 1)
const base = 'http://localhost/fhir'

let server: TestServer
let world: World

beforeAll(async () => {
  server = await testServer({ config: { publicUrl: 'http://localhost' }, context: { now: () => now } })
  const { context } = server
  const { definitions, indexes, store } = context
  const synthea = sharedFolder('synthea')
  const all = oracleResources({
    definitions,
    ...(synthea && { synthea }),
    patients: long ? 40 : 6,
  }) as unknown as JsonObject[]
  const valid = all.filter((resource) => validateStructure(resource, definitions).length === 0)
  let next = 0
  const storeAll = async () => {
    for (let resource = valid[next++]; resource; resource = valid[next++]) {
      const { id, resourceType, meta } = resource as { id: string; resourceType: string; meta: { lastUpdated: string } }
      const stamped = { ...context, now: () => Date.parse(meta.lastUpdated) }
      await putVersion(
        store,
        openAccess,
        prepareVersion(resource, id, indexes.terms.key(resourceType, id), stamped),
        undefined,
      )
    }
  }
  await Promise.all([storeAll(), storeAll(), storeAll(), storeAll()])
  await store.database.query(raw('analyze'), { prepared: false })
  world = createWorld({ definitions, resources: valid, now, base })
}, 300_000)

afterAll(() => server.close())

/** Searches that once had other results than the oracle's. */
const regressions: readonly [type: string, query: string][] = [
  ['PaymentNotice', '_id=|made-paymentnotice-3'],
  ['', '_type=Encounter,FamilyMemberHistory,Immunization&date=ap2016-12-08T03:08:29.999+02:00'],
  ['', '_type=TerminologyCapabilities,ValueSet,SearchParameter&status=|draft'],
  ['Practitioner', 'name:contains=d&_contained=true&_containedType=contained'],
  ['Practitioner', '_id=who&_contained=both&_containedType=contained'],
  ['Group', 'characteristic-value=|owner$|mixed'],
  ['DocumentReference', 'relationship=|replaces$second'],
  ['Procedure', 'date=2019-12-26T14:53:29.000+14:00,eb9999'],
  ['CarePlan', '_sort=instantiates-uri'],
  ['RequestGroup', '_sort=patient'],
  ['Patient', '_sort=-address-state,-deceased'],
  ['OrganizationAffiliation', '_filter=specialty ne 1234-5&_sort=_id'],
  ['InsurancePlan', '_sort=-name,-status'],
  ['Location', 'near=-17.595|-180.02|12.5|[mi_us]'],
  ['Consent', 'patient:missing=false&_sort=-source-reference'],
  ['Account', 'subject.date=ge2023-02-26'],
  ['MeasureReport', '_filter=not(not(_id eq made-measurereport-6))'],
  ['Observation', 'code-value-date=3001-4$2016-05-04'],
  ['AllergyIntolerance', '_filter=category ne medication'],
  ['StructureDefinition', 'base:above=http://example.org/fhir/StructureDefinition/2'],
  ['SearchParameter', 'derived-from:SearchParameter.name=B'],
  ['SearchParameter', '_has:SearchParameter:component:type=reference'],
  ['DeviceDefinition', 'parent:above=made-devicedefinition-4'],
  ['DeviceDefinition', 'parent:below=DeviceDefinition/made-devicedefinition-9'],
  ['CapabilityStatement', 'context-type-quantity=8480-6$ne179000000000|http://unitsofmeasure.org|ug'],
]

test.each(regressions)('%s?%s has the results of the oracle', async (type, query) => {
  const encoded = query.replace(/=([^&]*)/g, (_, value: string) => `=${encodeURIComponent(value)}`)
  expect(await differences(type, encoded, evaluate(world, type, encoded))).toBe('')
})

test(
  `${searches} random searches have the results of the oracle (seed ${seed})`,
  async () => {
    const random = createRandom(seed)
    const failures: string[] = []
    const asked: RandomQuery[] = []
    for (let i = 0; i < searches && failures.length < 20; i++) {
      const search = randomQuery(world, random)
      asked.push({ ...search, evaluation: { ...search.evaluation, matches: search.evaluation.matches.slice(0, 1) } })
      const difference = await differences(search.type, search.query, search.evaluation)
      const { length } = search.evaluation.matches
      const paged = i % 20 === 0 && length <= 60 ? await pagedDifferences(search.type, search.query, 1 + (i % 7)) : ''
      const fault = difference || paged
      if (fault !== '') failures.push(`${search.type}?${decodeURIComponent(search.query)}: ${fault}`)
    }
    expect(failures).toEqual([])
    const found = asked.filter(({ evaluation }) => evaluation.matches.length > 0).length
    expect(found / asked.length).toBeGreaterThan(0.6)
    const counts = coverage(asked)
    for (const feature of [
      'sort:1',
      'revinclude:iterate',
      'filter:chain',
      'composite',
      'contained:true',
      'depth:2',
      'reference:below',
    ]) {
      expect(counts.get(feature) ?? 0, feature).toBeGreaterThan(searches / 2000)
    }
  },
  long ? 7_200_000 : 900_000,
)

/** How the server's results differ from the oracle's; empty where they are the same. */
async function differences(type: string, query: string, expected: Evaluation): Promise<string> {
  const { fault, matches, included, total } = await page(`${type}?${query}&_count=1000&_total=accurate`)
  return (
    fault ||
    setDifference('matches', matches, expected.matches) ||
    (total === expected.matches.length ? '' : `total is ${total}, not ${expected.matches.length}`) ||
    setDifference('included', included, expected.included) ||
    orderDifference(matches, expected)
  )
}

/** How the matches on all pages differ from those on one, forwards and back again. */
async function pagedDifferences(type: string, query: string, count: number): Promise<string> {
  const whole = (await page(`${type}?${query}&_count=1000`)).matches
  const pages: Page[] = []
  for (let url: string | undefined = `${type}?${query}&_count=${count}`; url; url = pages.at(-1)!.links.get('next')) {
    pages.push(await page(url))
    if (pages.at(-1)!.fault) return pages.at(-1)!.fault
  }
  const back: (readonly string[])[] = []
  for (let url = pages.at(-1)!.links.get('previous'); url; ) {
    const { matches, links } = await page(url)
    back.unshift(matches)
    url = links.get('previous')
  }
  const forwards = pages.map(({ matches }) => matches)
  if (forwards.flat().join() !== whole.join()) return `pages of ${count} are ${forwards.flat()}, not ${whole}`
  const before = forwards.slice(0, -1).flat().join()
  return back.flat().join() === before ? '' : `pages of ${count} backwards are ${back.flat()}, not ${before}`
}

interface Page {
  readonly fault: string
  readonly matches: readonly string[]
  readonly included: readonly string[]
  readonly total: unknown
  readonly links: ReadonlyMap<string, string>
}

async function page(path: string): Promise<Page> {
  const { status, text, json } = await server.fhir('GET', path)
  const fault = status === 200 ? '' : `status ${status}: ${text.slice(0, 300)}`
  const entries = (json['entry'] ?? []) as { fullUrl?: string; search: { mode: string } }[]
  const links = (json['link'] ?? []) as { relation: string; url: string }[]
  const named = (isMatch: boolean) =>
    entries.flatMap(({ fullUrl, search: { mode } }) =>
      fullUrl && (mode === 'match') === isMatch ? [fullUrl.slice(base.length + 1)] : [],
    )
  return {
    fault,
    matches: named(true),
    included: named(false),
    total: json['total'],
    links: new Map(links.map(({ relation, url }) => [relation, url.slice(base.length).replace(/^\//, '')])),
  }
}

function setDifference(name: string, got: readonly string[], wanted: readonly string[]): string {
  const gotSet = new Set(got)
  const wantedSet = new Set(wanted)
  if (got.length !== gotSet.size) return `${name} has duplicates`
  const missing = [...wantedSet].filter((key) => !gotSet.has(key))
  const extra = [...gotSet].filter((key) => !wantedSet.has(key))
  return missing.length + extra.length === 0
    ? ''
    : `${name}: missing ${missing.slice(0, 3)}; not wanted ${extra.slice(0, 3)}`
}

function orderDifference(matches: readonly string[], expected: Evaluation): string {
  if (!expected.sortKeyed) return ''
  const ranks = new Map(expected.matches.map((match, i) => [match, expected.ranks[i]!]))
  const wrong = matches.findIndex((match, i) => i > 0 && ranks.get(matches[i - 1]!)! > ranks.get(match)!)
  return wrong < 0 ? '' : `${matches[wrong - 1]} comes before ${matches[wrong]}`
}
