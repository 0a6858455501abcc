import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { operations } from '../../server/operations/operations.ts'
import { type TestServer, testServer } from '../support/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server.close())

describe('the path of an operation', () => {
  test.each([
    ['GET', '$nonsense', 404, 'unknown-operation'],
    ['GET', 'Patient/$nonsense', 404, 'unknown-operation'],
    ['GET', '$validate', 404, 'unknown-operation'],
    ['GET', 'Patient/1/_history/1/$validate', 404, 'unknown-operation'],
    ['GET', 'Patient/1/2/$meta', 404, 'unknown-path'],
    ['GET', 'Patient/1/_history/1/2/$meta', 404, 'unknown-path'],
    ['GET', 'Patiant/$meta', 404, 'unknown-type'],
    ['GET', 'Patient/1/$meta-add', 405, 'method-not-allowed'],
    ['PUT', 'Patient/1/$meta', 405, 'method-not-allowed'],
    ['GET', '$expunge', 405, 'method-not-allowed'],
  ])('%s %s', async (method, path, status, code) => {
    const reply = await server.fhir(method, path)
    expect(reply.status).toBe(status)
    expect(reply.text).toContain(`"code":"${code}"`)
  })

  test('takes Parameters, or the resource it is for, as its body', async () => {
    const patient = { resourceType: 'Patient' }
    const wrapped = { resourceType: 'Parameters', parameter: [{ name: 'resource', resource: patient }] }
    for (const body of [patient, wrapped]) {
      const reply = await server.fhir('POST', 'Patient/$validate', body)
      expect(reply.text).toContain('all-ok')
    }
    const refused = await server.fhir('POST', '$meta', patient)
    expect(refused.status).toBe(400)
    expect(refused.text).toContain('wrong-resource-type')
  })

  test('refuses parameters that the operation has not', async () => {
    const reply = await server.fhir('GET', '$meta?colour=red')
    expect(reply.status).toBe(400)
    expect(reply.text).toContain("no parameter 'colour'")
  })
})

describe('the table of operations', () => {
  test.each(operations.map((operation) => [operation.code, operation] as const))(
    'agrees with the definition of %s',
    (_code, operation) => {
      const own = operation.definition.startsWith('urn:candela:')
      const definition = own
        ? JSON.parse(readFileSync(`profiles/operation-definitions/${operation.code}.json`, 'utf8'))
        : server.context.definitions.operations.find(({ url }) => url === operation.definition)
      expect(definition).toMatchObject({ code: operation.code })
      if (own) expect(definition).toMatchObject({ url: operation.definition, affectsState: operation.affectsState })
      // The definition of meta speaks of versions in its text only.
      for (const level of operation.levels.filter((one) => one !== 'version')) expect(definition[level]).toBe(true)
      for (const type of operation.types ?? ['Resource']) expect(definition.resource).toContain(type)
    },
  )
})
