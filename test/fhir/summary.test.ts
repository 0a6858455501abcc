import { readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../server/fhir/json.ts'
import { parseStored } from '../../server/fhir/json.ts'
import { parseElements, selectElements, subsettedTag, summarize } from '../../server/fhir/summary.ts'
import { loadDefinitions } from '../../server/packages.ts'
import { canonicalJson } from '../support/canonical-json.ts'
import { randomResource, seededRandom } from '../support/random-resource.ts'
import { needsFolder, sharedFolder } from '../support/shared-data.ts'

const definitions = loadDefinitions(tmpdir())
const tagged = { tag: [subsettedTag] }
const div = '<div xmlns="http://www.w3.org/1999/xhtml">x</div>'

const patient: JsonObject = {
  resourceType: 'Patient',
  id: 'p',
  meta: { versionId: '3', tag: [{ code: 'own' }] },
  implicitRules: 'http://rules',
  language: 'de',
  text: { status: 'generated', div },
  contained: [{ resourceType: 'Organization', id: 'o', text: { status: 'generated', div }, name: 'O', alias: ['Q'] }],
  extension: [{ url: 'u', valueCode: 'c' }],
  modifierExtension: [{ url: 'm', valueCode: 'c' }],
  active: true,
  name: [{ id: 'n', extension: [{ url: 'u', valueCode: 'c' }], given: ['A', null], _given: [null, { id: 'g' }] }],
  birthDate: '1970',
  _birthDate: { extension: [{ url: 'u', valueCode: 'c' }] },
  deceasedBoolean: false,
  maritalStatus: { text: 'x' },
  photo: [{ data: 'AAAA' }],
  contact: [{ gender: 'other' }],
  managingOrganization: { reference: '#o' },
  link: [{ other: { reference: 'Patient/q' }, type: 'seealso' }],
}
const patientMeta = { versionId: '3', tag: [{ code: 'own' }, subsettedTag] }

const observation: JsonObject = {
  resourceType: 'Observation',
  id: 'v',
  status: 'final',
  code: { text: 'c' },
  valueQuantity: { value: JSON.rawJSON('1.00') as { rawJSON: string }, extension: [{ url: 'u', valueCode: 'c' }] },
  note: [{ text: 'n' }],
  component: [{ code: { text: 'd' }, valueString: 's', interpretation: [{ text: 'i' }] }],
}

describe('_summary=true', () => {
  test('keeps summary, mandatory and modifier elements at every level', () => {
    expect(summarize(patient, 'true', definitions)).toEqual({
      resourceType: 'Patient',
      id: 'p',
      meta: patientMeta,
      implicitRules: 'http://rules',
      modifierExtension: [{ url: 'm', valueCode: 'c' }],
      active: true,
      name: [{ given: ['A', null], _given: [null, { id: 'g' }] }],
      birthDate: '1970',
      _birthDate: { extension: [{ url: 'u', valueCode: 'c' }] },
      deceasedBoolean: false,
      managingOrganization: { reference: '#o' },
      link: [{ other: { reference: 'Patient/q' }, type: 'seealso' }],
    })
    expect(summarize(observation, 'true', definitions)).toEqual({
      resourceType: 'Observation',
      id: 'v',
      meta: tagged,
      status: 'final',
      code: { text: 'c' },
      valueQuantity: { value: observation['valueQuantity'] && JSON.rawJSON('1.00') },
      component: [{ code: { text: 'd' }, valueString: 's' }],
    })
  })

  test.each<[string, JsonObject, JsonObject]>([
    [
      'a mandatory element that is no summary element',
      {
        resourceType: 'Appointment',
        status: 'booked',
        participant: [{ status: 'accepted', period: { start: '2020' } }],
        comment: 'x',
      },
      { status: 'booked', participant: [{ status: 'accepted' }] },
    ],
    [
      'a modifier inside an element',
      {
        resourceType: 'Patient',
        link: [{ modifierExtension: [{ url: 'u', valueCode: 'c' }], type: 'refer', other: { reference: 'a' } }],
      },
      { link: [{ modifierExtension: [{ url: 'u', valueCode: 'c' }], type: 'refer', other: { reference: 'a' } }] },
    ],
    [
      'where a document is, but not its data',
      {
        resourceType: 'DocumentReference',
        status: 'current',
        content: [{ attachment: { url: 'u', data: 'AAAA', title: 't' } }],
      },
      { status: 'current', content: [{ attachment: { url: 'u', title: 't' } }] },
    ],
    [
      'the code system, but not its concepts',
      {
        resourceType: 'CodeSystem',
        url: 'u',
        status: 'draft',
        content: 'complete',
        count: 1,
        concept: [{ code: 'a' }],
      },
      { url: 'u', status: 'draft', content: 'complete', count: 1 },
    ],
  ])('keeps %s', (_case, resource, elements) => {
    const { resourceType } = resource
    expect(summarize(resource, 'true', definitions)).toEqual({ resourceType, meta: tagged, ...elements })
  })
})

test('_summary=text keeps the narrative and mandatory elements', () => {
  const { resourceType, id, text } = patient
  expect(summarize(patient, 'text', definitions)).toEqual({ resourceType, id, meta: patientMeta, text })
  const { status, code } = observation
  const withText = { ...observation, text: { status: 'generated', div } }
  expect(summarize(withText, 'text', definitions)).toEqual({
    resourceType: 'Observation',
    id: 'v',
    meta: tagged,
    text: { status: 'generated', div },
    status,
    code,
  })
})

test('_summary=data removes the narrative, from contained resources too', () => {
  const { text: _text, ...rest } = patient
  expect(summarize(patient, 'data', definitions)).toEqual({
    ...rest,
    meta: patientMeta,
    contained: [{ resourceType: 'Organization', id: 'o', name: 'O', alias: ['Q'] }],
  })
})

describe('_elements', () => {
  const always = { resourceType: 'Observation', id: 'v', meta: tagged, status: 'final', code: { text: 'c' } }
  const { valueQuantity, note, component } = observation

  test.each<[string, readonly string[], JsonObject]>([
    ['nothing that exists', ['nothing'], {}],
    ['an element, whole', ['component'], { component: component! }],
    ['several elements', ['note', 'component'], { note: note!, component: component! }],
    ['a choice', ['value'], { valueQuantity: valueQuantity! }],
    ['a choice as the definition writes it', ['value[x]'], { valueQuantity: valueQuantity! }],
    ['a choice as JSON writes it', ['valueQuantity'], { valueQuantity: valueQuantity! }],
    ['an element of this type', ['Observation.note'], { note: note! }],
    ['an element of another type', ['Patient.note'], {}],
    ['a choice of this type', ['Observation.value[x]'], { valueQuantity: valueQuantity! }],
  ])('asking for %s', (_case, elements, expected) => {
    expect(selectElements(observation, elements, definitions)).toEqual({ ...always, ...expected })
  })

  test('modifier elements stay, and what belongs to a value comes with it', () => {
    expect(selectElements(patient, ['birthDate'], definitions)).toEqual({
      resourceType: 'Patient',
      id: 'p',
      meta: patientMeta,
      implicitRules: 'http://rules',
      modifierExtension: [{ url: 'm', valueCode: 'c' }],
      active: true,
      birthDate: '1970',
      _birthDate: patient['_birthDate'],
      deceasedBoolean: false,
      link: patient['link'],
    })
  })

  test.each<[string, readonly string[], JsonObject | undefined]>([
    ['is left out with all other elements', ['name'], undefined],
    ['comes whole', ['contained'], (patient['contained'] as JsonObject[])[0]],
    [
      'is selected from where its type is named',
      ['contained', 'Organization.name'],
      { resourceType: 'Organization', id: 'o', name: 'O' },
    ],
  ])('a contained resource %s', (_case, elements, expected) => {
    const contained = selectElements(patient, elements, definitions)['contained']
    expect(contained).toEqual(expected && [expected])
  })

  test.each([
    ['', []],
    ['name', ['name']],
    ['name, birthDate ,,name', ['name', 'birthDate']],
    ['Patient.name,Observation.value[x]', ['Patient.name', 'Observation.value[x]']],
  ])("'%s' is read", (text, elements) => {
    expect(parseElements(text)).toEqual(elements)
  })

  test.each(['name.family', 'Patient', 'Patient.', '*', 'na me', 'Patient.name.family', "name'--", '_birthDate'])(
    "'%s' is refused",
    (text) => {
      expect(() => parseElements(`id,${text}`)).toThrow(`'${text}' in _elements is not the name of an element.`)
    },
  )
})

describe('a Bundle', () => {
  const outcome: JsonObject = {
    resourceType: 'OperationOutcome',
    issue: [{ severity: 'information', code: 'invalid' }],
  }
  const bundle: JsonObject = {
    resourceType: 'Bundle',
    id: 'b',
    type: 'searchset',
    total: 1,
    entry: [
      { fullUrl: 'urn:a', resource: observation, search: { mode: 'match' } },
      { resource: patient, search: { mode: 'include' } },
      { resource: outcome, search: { mode: 'outcome' } },
      { request: { method: 'GET', url: 'Patient/p' } },
    ],
  }

  test.each(['true', 'text', 'data'] as const)('with _summary=%s keeps what is its own', (mode) => {
    expect(summarize(bundle, mode, definitions)).toEqual({
      ...bundle,
      entry: [
        { fullUrl: 'urn:a', resource: summarize(observation, mode, definitions), search: { mode: 'match' } },
        { resource: summarize(patient, mode, definitions), search: { mode: 'include' } },
        { resource: outcome, search: { mode: 'outcome' } },
        { request: { method: 'GET', url: 'Patient/p' } },
      ],
    })
  })

  test.each([
    ['are whole', ['note'], patient],
    [
      'are selected from where their type is named',
      ['note', 'Patient.name'],
      selectElements(patient, ['name'], definitions),
    ],
  ])('with _elements: included resources %s', (_case, elements, included) => {
    const entry = selectElements(bundle, elements, definitions)['entry'] as JsonObject[]
    expect(entry[0]!['resource']).toEqual(selectElements(observation, ['note'], definitions))
    expect(entry[1]!['resource']).toEqual(included)
    expect(entry[2]).toEqual({ resource: outcome, search: { mode: 'outcome' } })
  })

  test('without entries is itself', () => {
    const empty: JsonObject = { resourceType: 'Bundle', type: 'searchset' }
    expect(summarize(empty, 'true', definitions)).toEqual(empty)
    expect(selectElements(empty, ['id'], definitions)).toEqual(empty)
  })
})

test('the tag is added once, and meta stands after the id', () => {
  const once = summarize({ active: true, resourceType: 'Patient', id: 'p' }, 'true', definitions)
  expect(Object.keys(once)).toEqual(['resourceType', 'id', 'meta', 'active'])
  expect(summarize(once, 'true', definitions)).toEqual(once)
  expect(JSON.stringify(once['meta'])).toBe(
    '{"tag":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"SUBSETTED"}]}',
  )
})

describe('for random resources of every type', () => {
  test.each(definitions.resourceTypes.filter((type) => type !== 'Bundle'))('%s, seeds 1 to 6', (type) => {
    for (let seed = 1; seed <= 6; seed++)
      expectPart(randomResource(definitions, type, seededRandom(seed)), `seed ${seed}`)
  })
})

/** Whatever the mode: no mandatory or modifier element is lost, nothing is added but the tag, the input is untouched. */
function expectPart(resource: JsonObject, message: string): void {
  const before = canonicalJson(resource)
  const properties = [...definitions.properties(String(resource['resourceType']))!.values()]
  const needed = (modifiers: boolean) =>
    properties.filter(({ element }) => element.min > 0 || (modifiers && element.modifier)).map(({ name }) => name)
  const summaries = properties.filter(({ element }) => element.summary).map(({ name }) => name)
  const summary = summarize(resource, 'true', definitions)
  const some = selectElements(resource, [properties.at(-1)!.name], definitions)
  for (const [part, kept] of [
    [summary, [...needed(true), 'id']],
    [some, [...needed(true), 'id', properties.at(-1)!.name]],
    [summarize(resource, 'text', definitions), [...needed(false), 'id', 'text']],
    [
      summarize(resource, 'data', definitions),
      properties.map(({ name }) => name).filter((name) => name !== 'text' && name !== 'meta'),
    ],
  ] as const) {
    const present = (names: readonly string[]) => names.filter((name) => name in part || `_${name}` in part)
    const expected = kept.filter((name) => name in resource || `_${name}` in resource)
    expect(present(kept), message).toEqual(expected)
    const others = Object.keys(part).filter((name) => !(name in resource) && name !== 'meta')
    expect(others, message).toEqual([])
    expect(canonicalJson((part['meta'] as JsonObject)['tag']!), message).toContain('SUBSETTED')
  }
  const allowed = new Set(['resourceType', 'meta', ...needed(true), ...summaries])
  expect(
    Object.keys(summary).filter((key) => !allowed.has(key.replace(/^_/, ''))),
    message,
  ).toEqual([])
  expect(canonicalJson(resource), message).toBe(before)
}

const synthea = sharedFolder('synthea')

test.skipIf(!synthea)(needsFolder('the summary of a synthetic patient is smaller', synthea), () => {
  const file = readdirSync(synthea!).at(-1)!
  const bundle = parseStored(gunzipSync(readFileSync(join(synthea!, file))).toString())
  const whole = JSON.stringify(bundle).length
  expect(JSON.stringify(summarize(bundle, 'true', definitions)).length).toBeLessThan(whole)
  expect(JSON.stringify(summarize(bundle, 'text', definitions)).length).toBeLessThan(whole / 2)
})
