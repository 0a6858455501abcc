import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { openAccess } from '../../../server/access/access.ts'
import type { ImportContext } from '../../../server/cli/import/context.ts'
import { documentParcel, type Parcel, readParcel } from '../../../server/cli/import/parcels.ts'
import { readConfig } from '../../../server/config.ts'
import type { JsonObject } from '../../../server/fhir/json.ts'
import { loadDefinitions } from '../../../server/packages.ts'

/** What parcels are made with; they touch no database. */
const context = {
  definitions: loadDefinitions(tmpdir()),
  base: 'http://localhost:8080/fhir',
  access: openAccess,
  config: readConfig({ AUTH: 'none', VALIDATION: 'off' }),
  keepHeap: () => {},
} as unknown as ImportContext

const entries = [
  { fullUrl: 'urn:uuid:1', resource: { resourceType: 'Patient' }, request: { method: 'POST', url: 'Patient' } },
  {
    fullUrl: 'urn:uuid:2',
    resource: {
      resourceType: 'Observation',
      status: 'final',
      code: { text: 'c' },
      subject: { reference: 'urn:uuid:1' },
      performer: [{ reference: 'Practitioner?identifier=a' }],
    },
    request: { method: 'POST', url: 'Observation' },
  },
  { resource: { resourceType: 'Patient', id: 'p', gender: 7 }, request: { method: 'PUT', url: 'Patient/p' } },
  { resource: { resourceType: 'Parameters' }, request: { method: 'PATCH', url: 'Patient/p' } },
  'no entry',
]

const bundle = (type: string, list: readonly unknown[] = entries) =>
  Buffer.from(JSON.stringify({ resourceType: 'Bundle', type, entry: list }, null, 2))

function summary({ drafts, load, lineOf }: Parcel) {
  return drafts.map((draft) => ({
    kind: draft.entry.kind,
    type: draft.entry.type,
    targets: draft.targets,
    rejected: draft.rejected.map((issue) => issue.code),
    line: lineOf(draft),
    ...(draft.rejected.length === 0 && { resource: load(draft).resource, links: load(draft).links.length }),
  }))
}

test('a large Bundle lets go of its resources and makes the same of them again', () => {
  const kept = documentParcel(bundle('transaction'), context)
  const light = documentParcel(bundle('transaction'), context, 0)
  expect(summary(light)).toEqual(summary(kept))
  expect(light.drafts.every((draft) => draft.entry.resource === undefined && draft.links === undefined)).toBe(true)
  expect(summary(kept).map(({ kind, type, rejected, line }) => [kind, type, rejected, line])).toEqual([
    ['create', 'Patient', [], 7],
    ['create', 'Observation', [], 17],
    ['update', 'Patient', ['wrong-shape'], 38],
    ['other', '', ['not-supported'], 49],
    ['other', '', ['invalid-bundle'], 57],
  ])
  expect(kept.drafts[1]!.targets).toEqual([
    { entry: 0 },
    { criterion: { type: 'Practitioner', query: 'identifier=a' } },
  ])
})

test('links of a resource that was made again lead where they should', () => {
  const { drafts, load } = documentParcel(bundle('transaction'), context, 0)
  const { resource, links } = load(drafts[1]!)
  links[0]!.write(['Patient/new'])
  expect((resource as JsonObject)['subject']).toEqual({ reference: 'Patient/new' })
})

test.each(['batch', 'collection', 'searchset', 'document', 'message'])('a Bundle of type %s is read', (type) => {
  expect(documentParcel(bundle(type, entries.slice(0, 1)), context).drafts).toHaveLength(1)
})

test.each([['history'], ['transaction-response']])('a Bundle of type %s is refused', (type) => {
  expect(() => documentParcel(bundle(type), context)).toThrow(type)
})

test('text before which a byte order mark stands, and text that is not UTF-8', () => {
  const patient = JSON.stringify({ resourceType: 'Patient', id: 'p' })
  expect(documentParcel(Buffer.from(`\uFEFF${patient}`), context).drafts[0]!.entry.id).toBe('p')
  expect(() => documentParcel(Buffer.from([0x22, 0xff, 0x22]), context)).toThrow('UTF-8')
})

test('lines of NDJSON become drafts that know their line; one that is too long is left out', () => {
  const first = '{"resourceType":"Patient","id":"a"}'
  const bytes = new Uint8Array(Buffer.from(`${first}{"resourceType":"Basic"}`))
  const lines = [
    { start: 0, end: first.length, number: 4 },
    { start: 0, end: 0, number: 5, tooLong: true },
    { start: first.length, end: bytes.length, number: 7 },
  ]
  const parcel = readParcel({ bytes, lines, from: 0, to: 200, line: 7 }, context)
  expect(summary(parcel).map(({ kind, type, rejected, line }) => [kind, type, rejected, line])).toEqual([
    ['update', 'Patient', [], 4],
    ['other', '', ['bad-request'], 5],
    ['create', 'Basic', ['missing-element'], 7],
  ])
  expect(parcel.repeats).toBe(true)
})
