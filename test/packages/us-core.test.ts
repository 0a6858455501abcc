import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../server/fhir/json.ts'
import type { Changed } from '../../server/packages/install.ts'
import { expectClean, patient, totalOf } from '../support/custom-parameters.ts'
import { install, sharedPackages, uninstall, usCore } from '../support/installed-packages.ts'
import { needsFolder } from '../support/shared-data.ts'
import { type TestServer, testServer } from '../support/test-server.ts'

const core = 'http://hl7.org/fhir/us/core'
const versions = ['6.1.0', '8.0.1'] as const

describe.skipIf(!sharedPackages)(needsFolder('US Core 6.1.0 and 8.0.1 side by side', sharedPackages), () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'candela-us-core-'))
  let server: TestServer
  const changed: Changed[] = []
  beforeAll(async () => {
    server = await testServer({ config: { dataDir } })
    for (const resource of stored) {
      const reply = await server.fhir('PUT', `${resource['resourceType']}/${resource['id']}`, resource)
      expect([reply.status, reply.text]).toEqual([201, expect.any(String)])
    }
    for (const version of versions) changed.push(await install(server, usCore(version)))
  })
  afterAll(async () => {
    await server.close()
    rmSync(dataDir, { recursive: true })
  })

  const birth = { url: 'http://hl7.org/fhir/StructureDefinition/condition-assertedDate', valueDateTime: '2020-05-01' }
  const { link: _link, ...person } = patient(0)
  const stored = [
    person,
    { resourceType: 'Condition', id: 'c', subject: { reference: 'Patient/p0' }, extension: [birth] },
    {
      resourceType: 'CareTeam',
      id: 't',
      subject: { reference: 'Patient/p0' },
      participant: [{ role: [{ coding: [{ system: 'http://x', code: 'nurse' }] }] }],
    },
    {
      resourceType: 'Goal',
      id: 'g',
      lifecycleStatus: 'active',
      subject: { reference: 'Patient/p0' },
      description: { coding: [{ system: 'http://x', code: 'walk' }] },
    },
    {
      resourceType: 'Encounter',
      id: 'e',
      status: 'finished',
      class: { code: 'AMB' },
      subject: { reference: 'Patient/p0' },
      hospitalization: { dischargeDisposition: { coding: [{ code: 'home' }] } },
    },
  ] as readonly object[] as readonly JsonObject[]

  test('no search parameter is refused', () => {
    expect(changed.map(({ refused }) => refused)).toEqual([[], []])
  })

  test.each(versions)('every profile, value set and code system of %s is found by its version', (version) => {
    const canonicals = server.context.conformance.current
    const counts = ['StructureDefinition', 'ValueSet', 'CodeSystem'].map((type) => {
      const own = canonicals.all(type).filter((one) => canonicals.packageOf(one) === `hl7.fhir.us.core@${version}`)
      for (const one of own) expect(canonicals.find(type, `${one['url']}|${version}`)).toBe(one)
      return own.length
    })
    expect(counts).toEqual(version === '6.1.0' ? [59, 36, 5] : [68, 21, 5])
  })

  test('without a version the newest is meant, and each refers to its own', () => {
    const canonicals = server.context.conformance.current
    const url = `${core}/StructureDefinition/us-core-patient`
    expect(canonicals.find('StructureDefinition', url)).toMatchObject({ version: '8.0.1' })
    for (const version of versions) {
      const own = canonicals.find('StructureDefinition', `${url}|${version}`)!
      const race = canonicals.near(own).find('StructureDefinition', `${core}/StructureDefinition/us-core-race`)
      expect(race).toMatchObject({ version })
    }
  })

  test.each([
    ['Patient?race=2106-3', 1],
    ['Patient?race=none', 0],
    ['Condition?asserted-date=2020', 1],
    ['Condition?asserted-date=2021', 0],
    ['CareTeam?role=nurse', 1],
    ['Goal?description=walk', 1],
    ['Encounter?discharge-disposition=home', 1],
    ['Encounter?patient=p0&status=finished', 1],
    ['Patient?_id=p0&family=family0', 1],
  ])('%s finds %i', async (query, count) => {
    expect(await totalOf(server, query)).toBe(count)
  })

  test('a code system of the package is looked up in', async () => {
    const query = `system=${core}/CodeSystem/condition-category&code=health-concern`
    const reply = await server.fhir('GET', `CodeSystem/$lookup?${query}`)
    expect([reply.status, reply.text]).toEqual([200, expect.stringContaining('Health Concern')])
  })

  test('removing both restores the former answers', async () => {
    expect((await server.fhir('GET', 'Patient?race=2106-3')).status).toBe(200)
    for (const version of versions) await uninstall(server, `hl7.fhir.us.core@${version}`)
    expect((await server.fhir('GET', 'Patient?race=2106-3')).status).toBe(400)
    expect(server.context.conformance.current.find('ValueSet', `${core}/ValueSet/omb-race-category`)).toBeUndefined()
    await expectClean(server)
  })
})
