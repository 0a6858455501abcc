/** The judge of hostile requests has power: it complains of every fault that is planted into a sound answer. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { JsonObject } from '../../../server/fhir/json.ts'
import { OutcomeError, operationOutcome } from '../../../server/fhir/outcome.ts'
import { type TestReply, type TestServer, testServer } from '../../support/test-server.ts'
import { changesSince, claimOf, rowCounts, takeAccount, unclaimed } from './accounts.ts'
import { complaints } from './judge.ts'
import type { HostileRequest } from './request.ts'

let server: TestServer

beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server.close())

const patient: HostileRequest = {
  kind: 'create',
  method: 'POST',
  url: '/fhir/Patient',
  headers: { 'content-type': 'application/fhir+json' },
  payload: '{"resourceType":"Patient"}',
}
const fault = new OutcomeError(
  'unknown-element',
  { element: 'x', type: 'Patient', nearest: '' },
  { expression: 'Patient.x' },
)
const sound = operationOutcome(fault.issues) as unknown as JsonObject

function answer(status: number, body: unknown, contentType = 'application/fhir+json; charset=utf-8'): TestReply {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const json = typeof body === 'string' ? {} : (body as JsonObject)
  return { status, headers: { 'content-type': contentType }, text, bytes: Buffer.from(text), json }
}

/** The sound outcome with other members in its only issue. */
function outcome(change: object): object {
  const [issue] = sound['issue'] as object[]
  return { ...sound, issue: [{ ...issue, ...change }] }
}

const told = (text: string) => outcome({ details: { ...(sound['issue'] as { details: object }[])[0]!.details, text } })

test.each([
  ['nothing', answer(422, sound), []],
  ['a status above 499', answer(500, sound), ['status 500']],
  ['plain text', answer(422, 'no', 'text/plain; charset=utf-8'), ['content type text/plain; charset=utf-8']],
  ['another resource', answer(422, { resourceType: 'Patient' }), [/^not an OperationOutcome/]],
  ['no issue', answer(422, { resourceType: 'OperationOutcome', issue: [] }), ['no issue']],
  ['another status than that of the code', answer(400, sound), ['status 400 with unknown-element']],
  ['an issue code of another fault', answer(422, outcome({ code: 'value' })), [/has the issue code value/]],
  ['a severity that is none', answer(422, outcome({ severity: 'bad' })), ['severity bad']],
  ['a code outside of the catalogue', answer(422, outcome({ details: { text: 'x' } })), [/^no code of the catalogue/]],
  ['no place', answer(422, outcome({ expression: [] })), [/does not say where/]],
  ['no sentence', answer(422, told('bad')), [/is no sentence/]],
  ['an object in a sentence', answer(422, told("'[object Object]' is not an element.")), [/tells/]],
  ['a place in the source', answer(422, told('It failed in server/app.ts:12 somehow.')), [/tells/]],
  ['an error of the database', answer(422, told('There is a syntax error at or near "x".')), [/tells/]],
])('%s is complained of rightly', (_name, reply, expected) => {
  const found = complaints(patient, reply, server.context)
  expect(found).toHaveLength(expected.length)
  for (const [i, pattern] of expected.entries()) expect(found[i]).toMatch(pattern)
})

test('what a request quotes may be quoted', () => {
  const request = { ...patient, url: '/fhir/Patient?%5Bobject%20Object%5D=1' }
  const reply = answer(422, told("'[object Object]' is not an element."))
  expect(complaints(request, reply, server.context)).toEqual([])
})

test('a version that was made by what says it was refused is noticed', async () => {
  const { context } = server
  const account = await takeAccount(context)
  const rows = await rowCounts(context)
  const reply = await server.inject({ ...patient, method: 'POST' })
  const changes = await changesSince(context, account.seq)
  expect(changes).toMatchObject([{ type: 'Patient', version: 1 }])
  expect(unclaimed(changes, [claimOf(patient, reply, context)])).toEqual([])
  expect(unclaimed(changes, [claimOf(patient, { ...reply, status: 422 }, context)])).toEqual([
    expect.stringMatching(/^Patient key \d+ version 1 was made by a request that was refused$/),
  ])
  const after = await takeAccount(context)
  expect([after.versions - account.versions, after.changes - account.changes]).toEqual([1, 1])
  expect(await rowCounts(context)).not.toEqual(rows)
})
