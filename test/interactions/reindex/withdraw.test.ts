import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../server/fhir/json.ts'
import { awaitReindex } from '../../../server/interactions/reindex/status.ts'
import {
  expectClean,
  members,
  parameter,
  patient,
  reindexed,
  storeParameter,
  storePatients,
  totalOf,
} from '../../support/custom-parameters.ts'
import { type TestServer, testServer } from '../../support/test-server.ts'

const endless = parameter('endless', {
  base: ['Patient'],
  type: 'token',
  expression: "Patient.name.where(family = 'Family150').where(1.repeat($this + 1).exists())",
})

let server: TestServer

beforeAll(async () => {
  server = await testServer()
  await storePatients(server, 300)
  await storeParameter(server, endless)
})
afterAll(async () => {
  await server.close()
})

async function newestJob(): Promise<JsonObject> {
  await awaitReindex((await jobOf('')) as string, server.context)
  return members((await server.fhir('GET', '$reindex-status')).json)
}

async function jobOf(query: string) {
  return members((await server.fhir('GET', `$reindex-status${query}`)).json)['job']
}

describe('a parameter whose expression takes too many steps on some resource', () => {
  test('makes its job fail, which says what to change; the others become usable by another', async () => {
    await storeParameter(
      server,
      parameter('birth-order', {
        base: ['Patient'],
        type: 'number',
        expression: 'Patient.multipleBirth.ofType(integer)',
      }),
    )
    const failed = await reindexed(server)
    expect(failed['state']).toBe('failed')
    const { issue } = failed['outcome'] as { issue: JsonObject[] } & JsonObject
    expect(issue).toHaveLength(1)
    expect(issue[0]).toMatchObject({ details: { coding: [{ code: 'unusable-parameter' }] } })
    expect(issue[0]!['diagnostics']).toBe(
      `The search parameter ${endless['url']} cannot be used: its expression takes too many steps on Patient/p150. Make it simpler, with fewer of repeat(), descendants() and select(), then call $reindex.`,
    )
    const rest = await newestJob()
    expect(rest).toMatchObject({ state: 'done', url: 'http://example.org/SearchParameter/birth-order' })
    expect(await totalOf(server, 'Patient?birth-order=3')).toBe(75)
    const search = await server.fhir('GET', 'Patient?endless=x')
    expect(search.text).toContain('SearchParameter/endless defines it')
  })

  test('is not evaluated at writes any more', async () => {
    expect(server.context.indexSource.current.custom.map(({ code }) => code)).toEqual(['birth-order'])
    expect((await server.fhir('PUT', 'Patient/p150', patient(150))).status).toBe(200)
  })

  test('is usable once it is simpler', async () => {
    await storeParameter(server, { ...endless, expression: "Patient.name.where(family = 'Family150').given" })
    expect(await reindexed(server)).toMatchObject({ state: 'done' })
    expect(await totalOf(server, 'Patient?endless=given3')).toBe(1)
    await expectClean(server)
  })

  test('keeps its earlier definition, when it could be used before', async () => {
    await storeParameter(server, endless)
    expect(await reindexed(server)).toMatchObject({ state: 'failed' })
    expect(await newestJob()).toMatchObject({ state: 'done' })
    expect(await totalOf(server, 'Patient?endless=given3')).toBe(1)
    await storeParameter(server, { ...endless, status: 'retired' })
    await expectClean(server)
  })

  test('of what resources contain is found in what contains them', async () => {
    const inner = parameter('inner', {
      base: ['Medication'],
      type: 'token',
      expression: 'Medication.code.where(1.repeat($this + 1).exists())',
    })
    await storeParameter(server, inner)
    await server.fhir('PUT', 'MedicationRequest/m', {
      resourceType: 'MedicationRequest',
      id: 'm',
      status: 'active',
      intent: 'order',
      subject: { reference: 'Patient/p1' },
      contained: [{ resourceType: 'Medication', id: 'x', code: { text: 'x' } }],
      medicationReference: { reference: '#x' },
    })
    const failed = await reindexed(server)
    expect(failed['state']).toBe('failed')
    expect(JSON.stringify(failed['outcome'])).toContain('MedicationRequest/m')
    await storeParameter(server, { ...inner, status: 'retired' })
  })

  test('which is in use already has no value there, and holds nothing up', async () => {
    const later = parameter('later', {
      base: ['Patient'],
      type: 'token',
      expression:
        "Patient.name.where(family = 'Later').where(1.repeat($this + 1).exists()).given | Patient.name.first().given",
    })
    await storeParameter(server, later)
    expect(await reindexed(server)).toMatchObject({ state: 'done' })
    await server.fhir('PUT', 'Patient/later', { resourceType: 'Patient', id: 'later', name: [{ family: 'Later' }] })
    expect(await reindexed(server, '&everything=true')).toMatchObject({ state: 'done' })
    await expectClean(server)
  })
})

test('an expression with unbalanced parentheses is refused, and the others go on', async () => {
  await storeParameter(server, parameter('open', { base: ['Patient'], type: 'token', expression: 'Patient.((' }))
  const link = { base: ['Patient'], type: 'reference', target: ['Patient'], expression: 'Patient.link.other' }
  await storeParameter(server, parameter('other', link))
  const job = await reindexed(server)
  expect(job).toMatchObject({ state: 'done', url: 'http://example.org/SearchParameter/other' })
  expect(JSON.stringify(job['outcome'])).toContain('http://example.org/SearchParameter/open cannot be used')
})
