/** Loading of bundles: references are those that a server would have after the transaction. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { loadSynthea } from './synthea.ts'

const folder = mkdtempSync(join(tmpdir(), 'synthea-'))
afterAll(() => rmSync(folder, { recursive: true }))

function bundle(name: string, ...resources: { resourceType: string; id: string; [element: string]: unknown }[]): void {
  const entry = resources.map((resource) => ({ fullUrl: `urn:uuid:${resource.id}`, resource }))
  writeFileSync(join(folder, name), gzipSync(JSON.stringify({ resourceType: 'Bundle', entry })))
}

bundle('0-practitionerInformation1.json.gz', {
  resourceType: 'Practitioner',
  id: 'who',
  identifier: [{ system: 'http://hl7.org/fhir/sid/us-npi', value: '99' }],
})
bundle(
  'a.json.gz',
  {
    resourceType: 'Patient',
    id: 'one',
    generalPractitioner: [{ reference: 'Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|99' }],
  },
  {
    resourceType: 'Observation',
    id: 'seen',
    subject: { reference: 'urn:uuid:one' },
    contained: [{ resourceType: 'Device', id: 'd' }],
    device: { reference: '#d' },
  },
)
bundle('b.json.gz', {
  resourceType: 'Patient',
  id: 'two',
  text: { status: 'empty', div: Array.from({ length: 300 }, (_, i) => Math.sin(i)).join() },
})

test('references to entries and to identifiers become references to resources', () => {
  const [, patient, observation] = loadSynthea(folder)
  expect(patient).toMatchObject({ generalPractitioner: [{ reference: 'Practitioner/who' }] })
  expect(observation).toMatchObject({ subject: { reference: 'Patient/one' }, device: { reference: '#d' } })
})

test('resources have a version and the time of their turn', () => {
  const [first, second] = loadSynthea(folder, { lastUpdated: Date.UTC(2020, 0, 1) })
  expect(first).toMatchObject({ meta: { versionId: '1', lastUpdated: '2020-01-01T00:00:00.000Z' } })
  expect(second).toMatchObject({ meta: { lastUpdated: '2020-01-01T00:00:01.000Z' } })
})

test('a smaller world has fewer patients and all practitioners', () => {
  const keys = loadSynthea(folder, { patients: 1 }).map(({ resourceType, id }) => `${resourceType}/${id}`)
  expect(keys).toContain('Practitioner/who')
  expect(keys.filter((key) => key.startsWith('Patient/'))).toHaveLength(1)
})
