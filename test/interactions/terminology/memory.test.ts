import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CodeQuestion } from '../../../server/fhir/terminology/terminology.ts'
import { remembered } from '../../../server/interactions/terminology/cache.ts'
import { refreshLooks } from '../../../server/interactions/terminology/gathered-facts.ts'
import { terminologyOf } from '../../../server/interactions/terminology/terminology.ts'
import { type TestServer, testServer } from '../../support/test-server.ts'

const category = 'http://terminology.hl7.org/CodeSystem/observation-category'
const misnamed: CodeQuestion = { system: category, code: 'vital-signs', display: 'Signs of life' }
const unknown: CodeQuestion = { system: 'http://loinc.org', code: '8867-4' }

let now = Date.now()
let server: TestServer
beforeAll(async () => {
  server = await testServer({ context: { now: () => now } })
})
afterAll(() => server.close())

const check = (question: CodeQuestion) => terminologyOf(server.context).check(question)
const decide = async (question: CodeQuestion) => (await terminologyOf(server.context).decide([question]))[0]

test('a display is wrong by memory as long as no supplement can have come', async () => {
  expect(check(misnamed)).toBeUndefined()
  expect(await decide(misnamed)).toMatchObject({ displayOk: false })
  expect(check(misnamed)).toMatchObject({ displayOk: false })
  now += remembered
  expect(check(misnamed)).toBeUndefined()
  await refreshLooks(server.context)
  expect(check(misnamed)).toMatchObject({ displayOk: false })

  await server.fhir('POST', 'CodeSystem', {
    ...{ resourceType: 'CodeSystem', url: 'http://example.org/more', status: 'active', content: 'supplement' },
    supplements: category,
    concept: [{ code: 'vital-signs', designation: [{ value: 'Signs of life' }] }],
  })
  expect(check(misnamed)).toBeUndefined()
  expect(await decide(misnamed)).toMatchObject({ displayOk: true })
})

test('a system is unknown by memory as long as nobody can have stored it', async () => {
  now += 2 * remembered
  await decide(unknown)
  expect(check(unknown)).toMatchObject({ result: 'unknown' })
  now += remembered
  expect(check(unknown)).toBeUndefined()
  // Looked for in time, it is told without a pause.
  await decide(unknown)
  for (let i = 0; i < 5; i++) {
    now += remembered * 0.75
    await refreshLooks(server.context)
    expect(check(unknown)).toMatchObject({ result: 'unknown' })
  }
  await server.fhir('POST', 'CodeSystem', {
    ...{ resourceType: 'CodeSystem', url: unknown.system, status: 'active', content: 'complete', caseSensitive: true },
    concept: [{ code: unknown.code }],
  })
  expect(check(unknown)).toBeUndefined()
  expect(await decide(unknown)).toMatchObject({ result: 'in' })
})
