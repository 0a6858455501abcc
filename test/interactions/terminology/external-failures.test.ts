import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../server/fhir/json.ts'
import { askServer } from '../../../server/interactions/terminology/external/ask.ts'
import { createTurns } from '../../../server/interactions/terminology/external/turns.ts'
import {
  type Answer,
  refusal,
  result,
  type StandIn,
  sends,
  streams,
  terminologyStandIn,
} from '../../support/terminology-stand-in.ts'
import { type TestServer, testServer } from '../../support/test-server.ts'

const system = 'http://elsewhere.org/codes'
const minute = 60_000

let standIn: StandIn
let server: TestServer
let offset = 0
const warnings: string[] = []
const now = () => Date.now() + offset
beforeAll(async () => {
  standIn = await terminologyStandIn(() => result(true))
  server = await testServer({ config: { txServer: standIn.url }, context: { now } })
})
afterAll(async () => {
  await server.close()
  await standIn.close()
})
beforeEach(() => {
  // What failed before counts no more.
  offset += minute
  standIn.asked.length = 0
  warnings.length = 0
})

const query = (parameters: Record<string, string>) => new URLSearchParams(parameters).toString()
const value = ({ json }: { json: JsonObject }, name: string) => {
  const found = ((json['parameter'] ?? []) as JsonObject[]).find((parameter) => parameter['name'] === name) ?? {}
  return Object.entries(found).find(([key]) => key.startsWith('value'))?.[1]
}
let count = 0
const fresh = () => `c${++count}`
const write = (id: string, code: string) =>
  server.fhir('PUT', `Observation/${id}`, {
    ...{ resourceType: 'Observation', id, status: 'final' },
    code: { coding: [{ system, code }] },
  })
const lookUp = (code: string) => server.fhir('GET', `CodeSystem/$lookup?${query({ system, code })}`)
const ask = (code: string) => {
  const context = { ...server.context, warn: (message: string) => void warnings.push(message) }
  return askServer(context, {
    operation: 'CodeSystem/$validate-code',
    parameters: [
      { name: 'url', valueUri: system },
      { name: 'code', valueCode: code },
    ],
  })
}
const parameters = (parameter: unknown) => JSON.stringify({ resourceType: 'Parameters', parameter })
const named = 'The terminology server that is set (TX_SERVER)'

const nonsense: readonly (readonly [name: string, answer: Answer, told: string])[] = [
  ['HTML', sends(200, '<html>', { 'content-type': 'text/html' }), 'did not answer in FHIR JSON'],
  ['nothing', sends(200, ''), 'did not answer in FHIR JSON'],
  ['a list', sends(200, '[1, 2]'), 'did not answer in FHIR JSON'],
  ['truncated JSON', sends(200, '{"resourceType":"Parameters","parameter":[{"na'), 'did not answer in FHIR JSON'],
  ['200,000 levels', sends(200, '['.repeat(200_000)), 'did not answer in FHIR JSON'],
  ['parameters that are a text', sends(200, parameters('x')), 'is not valid'],
  ['nulls', sends(200, parameters([{ name: 'result', valueBoolean: true }, null])), 'is not valid'],
  ['a number in place of a parameter', sends(200, parameters([5])), 'is not valid'],
  ['a result that is a text', sends(200, parameters([{ name: 'result', valueString: 'true' }])), 'is not valid'],
  ['no result', sends(200, parameters([{ name: 'message', valueString: 'x' }])), 'is not valid'],
  ['another resource', sends(200, '{"resourceType":"Patient"}'), 'is not valid'],
  ['an outcome with status 200', sends(200, JSON.stringify(refusal('not-found', 'x'))), 'is not valid'],
  ['no resource', sends(200, '{"resourceType":"Nothing"}'), 'is not valid'],
  ['a prototype', sends(200, '{"resourceType":"Parameters","__proto__":{"x":1}}'), 'is not valid'],
  ['a redirect', sends(302, '', { location: 'http://127.0.0.1:9/' }), 'answered with HTTP 302'],
  ['an error', sends(500, 'boom'), 'answered with HTTP 500'],
  ['an error with a good body', sends(500, JSON.stringify(result(true))), 'answered with HTTP 500'],
  ['a refusal with a good body', sends(400, JSON.stringify(result(true))), 'answered with HTTP 400'],
  ['a refusal without an outcome', sends(404, '<html>'), 'answered with HTTP 404'],
  ['a connection that ends', (response) => response.destroy(), 'could not be reached'],
  ['half an answer', half, 'broke off its answer'],
]

function half(response: Parameters<Exclude<Answer, JsonObject>>[0]): void {
  response.writeHead(200, { 'content-length': '1000' }).write('{"resourceType":')
  setTimeout(() => response.destroy(), 20)
}

describe.each(nonsense)('a server that answers with %s', (_name, answer, told) => {
  test('does not stop a write, and is no answer to anyone', async () => {
    standIn.answer = () => answer
    const [id, code] = [fresh(), fresh()]
    const stored = await write(id, code)
    expect([stored.status, stored.status === 201 ? '' : stored.text]).toEqual([201, ''])
    const reply = await server.fhir('GET', `CodeSystem/$validate-code?${query({ url: system, code })}`)
    expect([reply.status, value(reply, 'result')]).toEqual([200, false])
    expect(value(reply, 'message')).toContain(`is not known here in full. ${named} was asked and `)
    expect(value(reply, 'message')).toContain(told)
  })
})

describe('what a client is told', () => {
  const refused = sends(404, JSON.stringify(refusal('not-found', `No\n such   thing. ${'x'.repeat(1000)}`)))

  test.each<[string, () => ReturnType<typeof lookUp>]>([
    ['$lookup', () => lookUp('r')],
    ['$subsumes', () => server.fhir('GET', `CodeSystem/$subsumes?${query({ system, codeA: 'r', codeB: 's' })}`)],
    ['$expand', () => server.fhir('GET', `ValueSet/$expand?${query({ url: 'http://elsewhere.org/r' })}`)],
    [
      'ValueSet/$validate-code',
      () =>
        server.fhir('GET', `ValueSet/$validate-code?${query({ url: 'http://elsewhere.org/r', system, code: 'r' })}`),
    ],
    [
      '$translate',
      () => server.fhir('GET', `ConceptMap/$translate?${query({ url: 'http://m.org', system, code: 'r' })}`),
    ],
  ])('by %s: the refusal, cut, after what was found here', async (_operation, call) => {
    standIn.answer = () => refused
    const reply = await call()
    const [issue] = reply.json['issue'] as JsonObject[]
    const text = String((issue!['details'] as JsonObject)['text'])
    expect([reply.status, text]).toEqual([404, expect.stringContaining('is not known here.')])
    expect(text).toContain(` ${named} says: No such thing. xxx`)
    expect(text.length).toBeLessThan(600)
  })

  test('by a write: that nobody could tell, and why', async () => {
    const vs = { name: 'url', valueUri: 'http://elsewhere.org/unknown' }
    standIn.answer = () => sends(503, '')
    const profile = {
      resourceType: 'StructureDefinition',
      ...{ id: 'bound', url: 'http://here.org/bound', name: 'Bound', status: 'active', fhirVersion: '4.0.1' },
      ...{ kind: 'resource', abstract: false, type: 'Observation', derivation: 'constraint' },
      baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Observation',
      differential: {
        element: [
          { id: 'Observation', path: 'Observation' },
          {
            ...{ id: 'Observation.code', path: 'Observation.code' },
            binding: { strength: 'required', valueSet: vs.valueUri },
          },
        ],
      },
    }
    expect((await server.fhir('PUT', 'StructureDefinition/bound', profile)).status).toBe(201)
    const resource = {
      ...{ resourceType: 'Observation', id: 'told', status: 'final', meta: { profile: [profile.url] } },
      code: { coding: [{ system, code: 'w' }] },
    }
    const prefer = { prefer: 'return=OperationOutcome' }
    const reply = await server.fhir('PUT', 'Observation/told', resource, prefer)
    expect(reply.status).toBe(201)
    expect(reply.text).toContain(`the value set and its codes. ${named} was asked and answered with HTTP 503.`)
  })
})

describe('an answer', () => {
  test('is kept for an hour, what is none for half a minute, and questions at once are one', async () => {
    const code = fresh()
    standIn.answer = () => sends(500, '')
    await Promise.all([ask(code), ask(code)])
    await ask(code)
    expect(standIn.asked).toHaveLength(1)
    offset += 31_000
    standIn.answer = () => result(true)
    await ask(code)
    expect(standIn.asked).toHaveLength(2)
    offset += 59 * minute
    expect(await ask(code)).toMatchObject({ kind: 'answered' })
    expect(standIn.asked).toHaveLength(2)
    offset += 2 * minute
    await ask(code)
    expect(standIn.asked).toHaveLength(3)
  })

  test('that fails is logged once while it counts, without what was asked', async () => {
    standIn.answer = () => sends(500, 'secret')
    for (const code of ['secret-1', 'secret-2', 'secret-1']) await ask(code)
    expect(warnings).toEqual(['The terminology server (TX_SERVER) was asked and answered with HTTP 500.'])
  })

  test('of any size costs no more than a limit of memory and time', async () => {
    const before = process.memoryUsage().rss
    const start = Date.now()
    standIn.answer = () => streams(Buffer.alloc(1_000_000, ' '), { most: 1000 })
    const replies = await Promise.all(Array.from({ length: 8 }, () => ask(fresh())))
    for (const reply of replies) expect(reply).toEqual({ kind: 'failed', reason: 'too-large', value: 2 })
    expect(Date.now() - start).toBeLessThan(5000)
    expect(process.memoryUsage().rss - before).toBeLessThan(500_000_000)
  })

  test.each([
    ['$expand', 20, (code: string) => `ValueSet/$expand?${query({ url: `http://elsewhere.org/${code}` })}`],
    ['$lookup', 2, (code: string) => `CodeSystem/$lookup?${query({ system, code })}`],
  ])('of %s may have %i MB', async (_operation, most, path) => {
    standIn.answer = () => streams(' '.repeat(100_000))
    const reply = await server.fhir('GET', path(fresh()))
    expect([reply.status, reply.text]).toEqual([404, expect.stringContaining(`answered with more than ${most} MB.`)])
  })

  test('with a length that is too large is not read', async () => {
    standIn.answer = () => (response) => response.writeHead(200, { 'content-length': '2000001' }).write(' ')
    expect(await ask(fresh())).toEqual({ kind: 'failed', reason: 'too-large', value: 2 })
  })

  test('to too large a question is not waited for', async () => {
    const resource = { resourceType: 'ValueSet', status: 'active', description: 'x'.repeat(5_000_001) }
    const question = { operation: 'ValueSet/$expand', parameters: [{ name: 'valueSet', resource }] } as const
    const reply = await askServer({ ...server.context, warn: () => {} }, question)
    expect([reply, standIn.asked]).toEqual([{ kind: 'failed', reason: 'too-much' }, []])
  })
})

test('so many questions at once: others wait for their turn', async () => {
  let [open, most] = [0, 0]
  standIn.answer = () => (response) => {
    most = Math.max(most, ++open)
    setTimeout(() => {
      open--
      sends(200, JSON.stringify(result(true)))(response)
    }, 20)
  }
  const replies = await Promise.all(Array.from({ length: 50 }, () => ask(fresh())))
  expect([replies.every((reply) => reply?.kind === 'answered'), most]).toEqual([true, 8])
})

test('who waits for a turn too long has none', async () => {
  const turns = createTurns(1)
  const end = await turns.take(new AbortController().signal)
  const late = new AbortController()
  const refused = turns.take(late.signal)
  const next = turns.take(new AbortController().signal)
  late.abort()
  expect(await refused).toBeUndefined()
  end!()
  ;(await next)!()
  expect(await turns.take(late.signal)).toBeUndefined()
  expect(await turns.take(new AbortController().signal)).toBeDefined()
})

describe('a server that hangs', () => {
  test.each([
    ['says nothing', () => {}],
    ['sends space after space', streams(' ', { pause: 500 })],
  ])('and %s costs its operation five seconds in half a minute', async (_case, answer) => {
    standIn.answer = () => answer as Exclude<Answer, JsonObject>
    const start = Date.now()
    const entry = Array.from({ length: 20 }, (_, i) => ({
      resource: {
        ...{ resourceType: 'Observation', id: `hang-${i}`, status: 'final' },
        code: { coding: [{ system, code: fresh() }] },
      },
      request: { method: 'PUT', url: `Observation/hang-${i}` },
    }))
    const bundle = await server.fhir('POST', '', { resourceType: 'Bundle', type: 'transaction', entry })
    expect(bundle.status).toBe(200)
    for (let i = 0; i < 3; i++) expect((await write(`after-${i}`, fresh())).status).toBeLessThan(300)
    const took = Date.now() - start
    expect([took > 4500, took < 8000]).toEqual([true, true])
    const reply = await server.fhir('GET', `CodeSystem/$validate-code?${query({ url: system, code: fresh() })}`)
    expect(value(reply, 'message')).toContain(`${named} was asked and did not answer in 5 s.`)

    offset += 31_000
    standIn.answer = () => result(true)
    expect(await ask(fresh())).toMatchObject({ kind: 'answered' })
  })
})

test('a server that is down stops nothing', async () => {
  const alone = await testServer({ config: { txServer: 'http://127.0.0.1:9' } })
  const sent = { resourceType: 'Observation', status: 'final', code: { coding: [{ system, code: 'x' }] } }
  expect((await alone.fhir('POST', 'Observation', sent)).status).toBe(201)
  const reply = await alone.fhir('GET', `ValueSet/$expand?${query({ url: 'http://elsewhere.org/none' })}`)
  expect([reply.status, reply.text]).toEqual([
    404,
    expect.stringContaining(`${named} was asked and could not be reached.`),
  ])
  await alone.close()
})
