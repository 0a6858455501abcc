import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import type { JsonObject } from '../../../server/fhir/json.ts'
import type { Issue } from '../../../server/fhir/outcome.ts'
import { entryNames, findLinks, type LinkedEntry, type LinkTarget } from '../../../server/fhir/transaction/links.ts'
import { loadDefinitions } from '../../../server/packages.ts'
import { growth, linear } from '../../support/growth.ts'

const options = { definitions: loadDefinitions(tmpdir()), base: 'http://localhost:8080/fhir' }
const urn = 'urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a'

const names = entryNames([
  { index: 0, kind: 'create', fullUrl: urn },
  { index: 1, kind: 'create', fullUrl: 'http://example.org/fhir/Patient/1' },
  { index: 2, kind: 'update', fullUrl: 'http://localhost:8080/fhir/Group/g' },
  { index: 3, kind: 'create', fullUrl: 'Device/d' },
  { index: 4, kind: 'delete', fullUrl: 'urn:uuid:deleted' },
  { index: 5, kind: 'create', fullUrl: 'urn:oid:1.2.3' },
])

function linksIn(resource: JsonObject, fullUrl?: string) {
  const issues: Issue[] = []
  const entry: LinkedEntry = { index: 9, kind: 'create', resource, ...(fullUrl !== undefined && { fullUrl }) }
  const links = findLinks(entry, names, options, issues)
  const text = (target: LinkTarget) => ('entry' in target ? `New/${target.entry}` : 'Found/1')
  for (const link of links) link.write(link.targets.map(text))
  return { resource, issues, targets: links.flatMap((link) => link.targets) }
}

function subject(reference: string, fullUrl?: string): string {
  const { resource } = linksIn({ resourceType: 'Observation', subject: { reference } }, fullUrl)
  return (resource['subject'] as JsonObject)['reference'] as string
}

test.each<[string, string, string | undefined, string]>([
  ['a urn:uuid', urn, undefined, 'New/0'],
  ['a urn:oid', 'urn:oid:1.2.3', undefined, 'New/5'],
  ['an absolute fullUrl', 'http://example.org/fhir/Patient/1', undefined, 'New/1'],
  ['a version of it', 'http://example.org/fhir/Patient/1/_history/7', undefined, 'New/1/_history/7'],
  ['a relative reference beside it', 'Patient/1', 'http://example.org/fhir/Observation/o', 'New/1'],
  ['a version of that', 'Patient/1/_history/2', 'http://example.org/fhir/Observation/o', 'New/1/_history/2'],
  ['a relative reference elsewhere', 'Patient/1', 'http://example.com/fhir/Observation/o', 'Patient/1'],
  ['a relative reference beside a urn', 'Patient/1', urn, 'Patient/1'],
  ['a relative reference to this server', 'Group/g', undefined, 'New/2'],
  ['a relative fullUrl', 'Device/d', undefined, 'New/3'],
  ['a search', 'Practitioner?identifier=a|b', undefined, 'Found/1'],
  ['a search at this server', 'http://localhost:8080/fhir/Practitioner?identifier=a', undefined, 'Found/1'],
  [
    'a search at another server',
    'http://example.org/fhir/Practitioner?a=b',
    undefined,
    'http://example.org/fhir/Practitioner?a=b',
  ],
  ['a search of no known type', 'Parrot?identifier=a', undefined, 'Parrot?identifier=a'],
  ['something stored', 'Patient/stored', undefined, 'Patient/stored'],
  ['a contained resource', '#p', undefined, '#p'],
])('%s is rewritten where it must be', (_case, reference, fullUrl, expected) => {
  expect(subject(reference, fullUrl)).toBe(expected)
})

test('links are found wherever they are', () => {
  const { resource, issues } = linksIn({
    resourceType: 'Observation',
    contained: [{ resourceType: 'Specimen', id: 's', subject: { reference: urn } }],
    extension: [{ url: 'http://x', valueReference: { reference: urn } }],
    _status: { extension: [{ url: 'http://x', valueUri: urn }] },
    component: [{ code: { extension: [{ url: 'http://x', valueReference: { reference: 'Device?identifier=d' } }] } }],
    performer: [{ reference: urn }, { reference: '#s' }],
  })
  expect(issues).toEqual([])
  expect(JSON.stringify(resource)).not.toContain('urn:uuid')
  expect(resource['component']).toMatchObject([{ code: { extension: [{ valueReference: { reference: 'Found/1' } }] } }])
})

test('elements of type uri and its kinds are links, texts are not', () => {
  const { resource } = linksIn({
    resourceType: 'DocumentReference',
    identifier: [{ system: 'urn:ietf:rfc:3986', value: urn }],
    description: urn,
    content: [{ attachment: { url: urn }, format: { system: 'urn:oid:1.2.3' } }],
    implicitRules: 'urn:uuid:not-in-the-bundle',
  })
  expect(resource).toMatchObject({
    identifier: [{ system: 'urn:ietf:rfc:3986', value: urn }],
    description: urn,
    content: [{ attachment: { url: 'New/0' }, format: { system: 'New/5' } }],
    implicitRules: 'urn:uuid:not-in-the-bundle',
  })
})

test.each([
  [`<a href="${urn}">x</a>`, '<a href="New/0">x</a>'],
  [`<a class='a' href = '${urn}' title="t">x</a>`, "<a class='a' href = 'New/0' title=\"t\">x</a>"],
  [
    `<img alt="a" src="${urn}"/> <a href="Device/d/_history/3">d</a>`,
    '<img alt="a" src="New/0"/> <a href="New/3/_history/3">d</a>',
  ],
  [`<a href="http://example.com">${urn}</a>`, `<a href="http://example.com">${urn}</a>`],
  [`<a name="x">href="${urn}"</a>`, `<a name="x">href="${urn}"</a>`],
  [`<a data-href="${urn}">x</a>`, `<a data-href="${urn}">x</a>`],
])('the narrative %s becomes %s', (before, after) => {
  const div = (text: string) => `<div xmlns="http://www.w3.org/1999/xhtml">${text}</div>`
  const { resource } = linksIn({
    resourceType: 'Composition',
    text: { status: 'generated', div: div(before) },
    section: [{ section: [{ text: { status: 'generated', div: div(before) } }] }],
  })
  expect(resource['text']).toMatchObject({ div: div(after) })
  expect(resource['section']).toMatchObject([{ section: [{ text: { div: div(after) } }] }])
})

test.each<[string, (size: number) => string]>([
  ['many tags', (size) => '<a href'.repeat(size)],
  ['a long tag', (size) => `<a ${'href '.repeat(size)}`],
])('%s that never end are passed over in linear time', (_name, divOf) => {
  const reading = (size: number) => {
    const div = divOf(size)
    return () => linksIn({ resourceType: 'Patient', text: { status: 'generated', div } })
  }
  expect(growth(reading, 10_000)).toBeLessThan(linear)
})

test.each([urn.replace('61', '62'), 'urn:uuid:deleted'])(
  'a reference to %s, which no entry stores, is an issue',
  (reference) => {
    const { issues } = linksIn({ resourceType: 'Observation', subject: { reference } })
    expect(issues).toMatchObject([
      { code: 'unresolved-reference', params: { reference, count: 0 }, expression: 'Bundle.entry[9]' },
    ])
  },
)

test('links can be resolved anew', () => {
  const resource: JsonObject = { resourceType: 'Observation', subject: { reference: urn } }
  const [link] = findLinks({ index: 0, kind: 'create', resource }, names, options, [])
  link!.write(['Patient/first'])
  link!.write(['Patient/second'])
  expect(resource['subject']).toEqual({ reference: 'Patient/second' })
})
