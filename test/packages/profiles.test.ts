import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseRequiredProfiles } from '../../server/fhir/validation/mode.ts'
import { install, sharedPackages, uninstall, usCore } from '../support/installed-packages.ts'
import { needsFolder } from '../support/shared-data.ts'
import { type TestServer, testServer } from '../support/test-server.ts'

const core = 'http://hl7.org/fhir/us/core/StructureDefinition'
const mrn = { system: 'http://hospital.example/mrn', value: '1' }

describe.skipIf(!sharedPackages)(needsFolder('two versions of US Core', sharedPackages), () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'candela-profiles-'))
  let server: TestServer
  /** Another process on the same data. */
  let demanding: TestServer
  beforeAll(async () => {
    server = await testServer({ config: { dataDir } })
    await install(server, usCore('6.1.0'))
    await install(server, usCore('8.0.1'))
    const requiredProfiles = parseRequiredProfiles('hl7.fhir.us.core@6.1.0')!
    demanding = await testServer({ config: { dataDir, requiredProfiles }, databaseUrl: server.databaseUrl })
  })
  afterAll(async () => {
    await demanding.close()
    await server.close()
    rmSync(dataDir, { recursive: true })
  })

  const races = (codes: readonly string[]) => ({
    url: `${core}/us-core-race`,
    extension: [
      ...codes.map((code) => ({
        ...{ url: 'ombCategory', valueCoding: { system: 'urn:oid:2.16.840.1.113883.6.238', code } },
      })),
      { url: 'text', valueString: 'as told' },
    ],
  })
  const five = ['1002-5', '2028-9', '2054-5', '2076-8', '2106-3']
  const patient = (version: string, extension: object) => ({
    resourceType: 'Patient',
    meta: { profile: [`${core}/us-core-patient|${version}`] },
    ...{ extension: [extension], identifier: [mrn], name: [{ family: 'A' }], gender: 'female' },
  })

  test.each([
    ['6.1.0', five, 201],
    ['6.1.0', [...five, '2131-1'], 422],
    ['8.0.1', [...five, '2131-1'], 201],
  ])('a profile of %s means its own extensions, which allow it as many races', async (version, codes, status) => {
    const reply = await server.fhir('POST', 'Patient', patient(version, races(codes)))
    expect([reply.status, reply.text]).toEqual([status, expect.any(String)])
  })

  test('one of the profiles of a required package must be met, and the nearest is told', async () => {
    const observation = { resourceType: 'Observation', status: 'final', code: { text: 'x' } }
    const { status, json } = await demanding.fhir('POST', 'Observation', observation)
    expect(status).toBe(422)
    const [first, ...others] = json['issue'] as object[]
    expect(first).toMatchObject({ details: { coding: [{ code: 'profile-required' }, {}] } })
    expect(others).toContainEqual(expect.objectContaining({ expression: ['Observation.category'] }))
    const category = [
      { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'social-history' }] },
    ]
    const whole = { ...observation, category, subject: { reference: 'Patient/a' }, effectiveDateTime: '2026-01-01' }
    const accepted = await demanding.fhir('POST', 'Observation', { ...whole, valueString: 'y' })
    expect([accepted.status, accepted.text]).toEqual([201, expect.any(String)])
    // Types that the package says nothing of are free.
    expect((await demanding.fhir('POST', 'Basic', { resourceType: 'Basic', code: { text: 'b' } })).status).toBe(201)
  })

  test('the CapabilityStatement names the profiles of what is installed', async () => {
    const supported = async () => {
      const { json } = await server.fhir('GET', 'metadata')
      const [rest] = json['rest'] as { resource: { type: string; supportedProfile?: string[] }[] }[]
      return rest!.resource.find(({ type }) => type === 'Patient')!.supportedProfile
    }
    expect(await supported()).toEqual([`${core}/us-core-patient|6.1.0`, `${core}/us-core-patient|8.0.1`])
    await uninstall(server, 'hl7.fhir.us.core@8.0.1')
    await expect.poll(supported).toEqual([`${core}/us-core-patient|6.1.0`])
  })
})
