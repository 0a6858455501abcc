import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import type { ImportContext } from '../../../server/cli/import/context.ts'
import { documentParcel, lineParcels, type Parcel } from '../../../server/cli/import/parcels.ts'
import type { JsonObject } from '../../../server/fhir/json.ts'
import { loadDefinitions } from '../../../server/packages.ts'

/** What parcels are made with; they touch no database. */
const context = {
  definitions: loadDefinitions(tmpdir()),
  base: 'http://localhost:8080/fhir',
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

test('lines become parcels that know where they begin and end', async () => {
  async function* lines() {
    for (let i = 1; i <= 2500; i++)
      yield { bytes: Buffer.from(`{"resourceType":"Patient","id":"p${i}"}`), number: i, end: i * 100 }
  }
  const parcels: Parcel[] = []
  for await (const parcel of lineParcels(lines(), 50, context)) parcels.push(parcel)
  expect(parcels.map(({ drafts, from, to, line, repeats }) => [drafts.length, from, to, line, repeats])).toEqual([
    [1000, 50, 100_000, 1000, true],
    [1000, 100_000, 200_000, 2000, true],
    [500, 200_000, 250_000, 2500, true],
  ])
  expect(parcels[1]!.lineOf(parcels[1]!.drafts[3]!)).toBe(1004)
})
