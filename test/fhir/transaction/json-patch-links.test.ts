import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { type JsonValue, parseJson } from '../../../server/fhir/json.ts'
import type { Issue } from '../../../server/fhir/outcome.ts'
import { findPatchLinks } from '../../../server/fhir/transaction/json-patch-links.ts'
import { loadDefinitions } from '../../../server/packages.ts'

const options = { definitions: loadDefinitions(tmpdir()), base: 'http://localhost:8080/fhir' }
const made = 'urn:uuid:1'
const names = new Map([[made, 7]])

/** The values of a patch of one operation after its links were resolved, and what is wrong with them. */
function resolved(type: string, path: string, value: unknown): { value: unknown; issues: number } {
  const patch = parseJson(JSON.stringify([{ op: 'add', path, value }])) as { value: JsonValue }[]
  const issues: Issue[] = []
  const entry = { index: 0, kind: 'patch', type, request: {} }
  for (const { targets, write } of findPatchLinks(entry, patch as never, names, options, issues)) {
    const texts = targets.map((target) => ('entry' in target ? `Patient/${target.entry}` : 'Patient/found'))
    write(texts)
    write(texts)
  }
  return { value: patch[0]!.value, issues: issues.length }
}

const reference = (text: string) => ({ reference: text })

test.each<[string, string, string, unknown, unknown]>([
  ['a Reference', 'Observation', '/subject', reference(made), reference('Patient/7')],
  ['its text', 'Observation', '/subject/reference', made, 'Patient/7'],
  ['one in a list', 'Observation', '/performer/-', reference(made), reference('Patient/7')],
  [
    'a list',
    'Observation',
    '/performer',
    [reference('Patient/1'), reference(made)],
    [reference('Patient/1'), reference('Patient/7')],
  ],
  ['a text in a list', 'Observation', '/performer/0/reference', made, 'Patient/7'],
  [
    'one in a backbone element',
    'Patient',
    '/link/-',
    { other: reference(made), type: 'seealso' },
    { other: reference('Patient/7'), type: 'seealso' },
  ],
  ['a search', 'Observation', '/subject', reference('Patient?identifier=x'), reference('Patient/found')],
  [
    'an extension',
    'Patient',
    '/extension/-',
    { url: 'u', valueReference: reference(made) },
    { url: 'u', valueReference: reference('Patient/7') },
  ],
  ['a uri', 'Consent', '/policyRule/coding/0/system', made, 'Patient/7'],
  [
    'the narrative',
    'Patient',
    '/text/div',
    `<div><a href="${made}">x</a></div>`,
    '<div><a href="Patient/7">x</a></div>',
  ],
  [
    'the whole',
    'Patient',
    '',
    { resourceType: 'Patient', managingOrganization: reference(made) },
    { resourceType: 'Patient', managingOrganization: reference('Patient/7') },
  ],
  [
    'a contained resource',
    'Patient',
    '/contained/-',
    { resourceType: 'Observation', subject: reference(made) },
    { resourceType: 'Observation', subject: reference('Patient/7') },
  ],
  ['a Reference in one', 'Patient', '/contained/0/subject', reference(made), reference('Patient/7')],
  ['a text in one', 'Patient', '/contained/0/subject/reference', made, 'Patient/7'],
  ['an escaped path', 'Patient', '/link~1x', reference(made), reference(made)],
  ['no link', 'Patient', '/identifier/0/value', made, made],
  ['no element', 'Patient', '/__proto__/subject', reference(made), reference(made)],
  ['nothing', 'Patient', '/active', true, true],
])('the links of %s are found', (_case, type, path, value, expected) => {
  expect(resolved(type, path, value)).toEqual({ value: expected, issues: 0 })
})

test('a link that leads nowhere is told of', () => {
  expect(resolved('Observation', '/subject', reference('urn:uuid:2')).issues).toBe(1)
  expect(resolved('Observation', '/subject/reference', 'urn:uuid:2').issues).toBe(1)
})

test.each([[{}], ['x'], [null], [[1, null, {}, { path: 1, value: 1 }, { path: '/a'.repeat(5000), value: {} }]]])(
  'what is no patch has no links: %j',
  (patch) => {
    const entry = { index: 0, kind: 'patch', type: 'Patient' }
    expect(findPatchLinks(entry, patch as JsonValue, names, options, [])).toEqual([])
  },
)
