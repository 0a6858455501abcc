/** A server that is busy for long holds no more memory than one that was busy for a while. */
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createRandom } from '../oracle/random/random.ts'
import { type TestServer, testServer } from '../support/test-server.ts'
import { seed, size } from './seed.ts'

let server: TestServer

beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server.close())

const random = createRandom(seed)
const people = 20
const id = () => `soak-${random.below(people)}`

function patient(id: string): object {
  const name = [{ family: `Family ${random.below(50)}`, given: ['Given'] }]
  return { resourceType: 'Patient', id, name, birthDate: `19${10 + random.below(90)}-01-01` }
}

function observation(): object {
  return {
    resourceType: 'Observation',
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: `code-${random.below(30)}` }] },
    subject: { reference: `Patient/${id()}` },
    effectiveDateTime: '2026-01-01',
    valueQuantity: { value: random.below(100), unit: 'mg', system: 'http://unitsofmeasure.org', code: 'mg' },
  }
}

function transaction(): object {
  const entry = [1, 2].map(() => ({ resource: observation(), request: { method: 'POST', url: 'Observation' } }))
  return { resourceType: 'Bundle', type: 'transaction', entry }
}

type Step = () => Promise<{ status: number }>

/** What clients do, by how often; refused requests too. */
const steps: readonly (readonly [number, Step])[] = [
  [10, () => server.fhir('GET', `Patient/${id()}`)],
  [6, () => server.fhir('GET', `Observation?patient=${id()}&code=code-${random.below(30)}&_count=5`)],
  [3, () => server.fhir('GET', `Patient?name=f&birthdate=gt19${10 + random.below(90)}&_count=3`)],
  [
    2,
    () =>
      server.fhir('GET', `Observation?value-quantity=gt${random.below(100)}|mg&_count=3&_include=Observation:subject`),
  ],
  [2, () => server.fhir('GET', `Patient/${id()}/_history?_count=5`)],
  [1, () => server.fhir('GET', `Patient/${id()}/$everything?_count=5`)],
  [1, () => server.fhir('GET', `$graphql?query={Patient(id:"${id()}"){name{family}}}`)],
  [4, () => server.fhir('PUT', `Patient/soak-0`, patient('soak-0'))],
  [3, () => server.fhir('POST', 'Observation', observation())],
  [1, () => server.fhir('POST', '', transaction())],
  [1, () => server.fhir('GET', `Patient/missing-${random.below(1_000_000)}`)],
  [1, () => server.fhir('GET', `Patient?nonsense-${random.below(1_000_000)}=1`)],
  [1, () => server.fhir('POST', 'Patient', { resourceType: 'Patient', birthDate: `wrong ${random.below(1_000_000)}` })],
]

/** Machine code, which the engine makes of what runs often, is not counted: it grows for long, to an end. */
const dataSpaces = new Set(['new_space', 'old_space', 'large_object_space', 'new_large_object_space'])

/** Bytes in use once all garbage is gone. */
async function inUse(): Promise<number> {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  for (let i = 0; i < 3; i++) {
    await new Promise((done) => setTimeout(done, 20))
    collect()
  }
  const spaces = getHeapSpaceStatistics().filter(({ space_name }) => dataSpaces.has(space_name))
  return spaces.reduce((sum, space) => sum + space.space_used_size, process.memoryUsage().external)
}

/** The slope of a line through points at 0, 1, 2…: least squares. */
function slope(values: readonly number[]): number {
  const middle = (values.length - 1) / 2
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const up = values.reduce((sum, value, i) => sum + (i - middle) * (value - mean), 0)
  return up / values.reduce((sum, _, i) => sum + (i - middle) ** 2, 0)
}

const rounds = size(12, 2000)
const requests = 250
/** Bytes by which a request may leave the heap larger: noise in a short run, next to nothing in a long one. */
const most = size(50, 3)

test(
  `${rounds * requests} requests leave no memory behind (SEED=${seed})`,
  async () => {
    for (let i = 0; i < people; i++) await server.fhir('PUT', `Patient/soak-${i}`, patient(`soak-${i}`))
    const used: number[] = []
    for (let round = 0; round < rounds; round++) {
      for (let i = 0; i < requests; i++) {
        const { status } = await random.weighted(steps)()
        if (status >= 500) throw new Error(`${status}`)
      }
      used.push(await inUse())
    }
    // The first rounds fill what is kept on purpose: compiled types, statements, dictionaries.
    const perRequest = slope(used.slice(Math.floor(rounds / 3))) / requests
    expect(perRequest).toBeLessThan(most)
  },
  size(120_000, 7_200_000),
)
