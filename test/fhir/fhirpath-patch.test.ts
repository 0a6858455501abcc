import { tmpdir } from 'node:os'
import { describe, expect, test } from 'vitest'
import { applyFhirPathPatch } from '../../server/fhir/fhirpath-patch.ts'
import type { JsonObject, JsonValue } from '../../server/fhir/json.ts'
import { parseJson } from '../../server/fhir/json.ts'
import { OutcomeError } from '../../server/fhir/outcome.ts'
import { loadDefinitions } from '../../server/packages.ts'
import { operation, parameters, patchCases } from '../support/patch-cases.ts'

const definitions = loadDefinitions(tmpdir())
const patched = (before: JsonObject, ...operations: Record<string, JsonValue>[]) =>
  applyFhirPathPatch(before, parameters(...operations), definitions)
const patient = (content: Record<string, JsonValue> = {}): JsonObject => ({ resourceType: 'Patient', ...content })
const names = patient({
  name: [
    { use: 'official', given: ['Peter', 'James'] },
    { use: 'usual', given: ['Jim'], _given: [{ extension: [{ url: 'http://e.org/x', valueBoolean: true }] }] },
  ],
})
const nick = { url: 'http://e.org/nick', valueString: 'J' }

function fault(before: JsonObject, patch: JsonValue) {
  try {
    applyFhirPathPatch(before, patch, definitions)
  } catch (error) {
    expect(error).toBeInstanceOf(OutcomeError)
    return (error as OutcomeError).issues[0]!
  }
  throw new Error('the patch was applied')
}

describe("HL7's cases", () => {
  test.each(patchCases)('$name', ({ before, patch, after }) => {
    const untouched = JSON.stringify(before)
    expect(applyFhirPathPatch(before, patch, definitions)).toEqual(after)
    expect(JSON.stringify(before)).toBe(untouched)
  })

  test('Operation on missing element', () => {
    const before = patient({ identifier: [{ use: 'official', value: '123' }] })
    const path = "Patient.identifier.where(use = 'official').period"
    const issue = fault(before, parameters({ type: 'add', path, name: 'end', value: { valueDate: '2021-12-01' } }))
    expect(issue).toMatchObject({ code: 'patch-failed', expression: path })
    expect(issue.params!['reason']).toBe('Operation 0 (add): the path names nothing.')
  })
})

describe('add', () => {
  test.each<[string, JsonObject, Record<string, JsonValue>, JsonObject]>([
    [
      'a choice by its name without a type',
      patient(),
      { path: 'Patient', name: 'deceased', value: { valueBoolean: true } },
      patient({ deceasedBoolean: true }),
    ],
    [
      'a choice of another type',
      patient(),
      { path: 'Patient', name: 'deceased', value: { valueDateTime: '2020' } },
      patient({ deceasedDateTime: '2020' }),
    ],
    [
      'to a list that exists',
      names,
      { path: 'Patient.name[0]', name: 'given', value: { valueString: 'Jo' } },
      patient({ name: [{ use: 'official', given: ['Peter', 'James', 'Jo'] }, (names['name'] as JsonObject[])[1]!] }),
    ],
    [
      'to a list of primitives that have extensions',
      names,
      { path: 'Patient.name[1]', name: 'given', value: { valueString: 'Jo' } },
      patient({
        name: [
          (names['name'] as JsonObject[])[0]!,
          {
            use: 'usual',
            given: ['Jim', 'Jo'],
            _given: [{ extension: [{ url: 'http://e.org/x', valueBoolean: true }] }, null],
          },
        ],
      }),
    ],
    [
      'a primitive with an extension',
      patient(),
      { path: 'Patient', name: 'birthDate', value: { valueDate: '2000', _valueDate: { extension: [nick] } } },
      patient({ birthDate: '2000', _birthDate: { extension: [nick] } }),
    ],
    [
      'an extension to a primitive',
      patient({ birthDate: '2000' }),
      { path: 'Patient.birthDate', name: 'extension', value: { valueExtension: nick } },
      patient({ birthDate: '2000', _birthDate: { extension: [nick] } }),
    ],
    [
      'an extension to a primitive in a list',
      patient({ name: [{ given: ['a', 'b'] }] }),
      { path: 'Patient.name.given[1]', name: 'extension', value: { valueExtension: nick } },
      patient({ name: [{ given: ['a', 'b'], _given: [null, { extension: [nick] }] }] }),
    ],
    [
      'an extension in parts',
      patient(),
      {
        path: 'Patient',
        name: 'extension',
        value: {
          part: [
            { name: 'url', valueUri: 'http://e.org/nick' },
            { name: 'value', valueString: 'J' },
          ],
        },
      },
      patient({ extension: [nick] }),
    ],
    [
      'a backbone element in parts, with lists and nested parts',
      patient(),
      {
        path: 'Patient',
        name: 'contact',
        value: {
          part: [
            { name: 'telecom', valueContactPoint: { value: '1' } },
            { name: 'telecom', valueContactPoint: { value: '2' } },
            {
              name: 'extension',
              part: [
                { name: 'url', valueUri: 'http://e.org/nick' },
                { name: 'value', valueString: 'J' },
              ],
            },
            { name: 'gender', valueCode: 'male', _valueCode: { id: 'g' } },
          ],
        },
      },
      patient({
        contact: [
          { extension: [nick], telecom: [{ value: '1' }, { value: '2' }], gender: 'male', _gender: { id: 'g' } },
        ],
      }),
    ],
    [
      'a contained resource',
      patient(),
      { path: 'Patient', name: 'contained', value: { resource: { resourceType: 'Basic', id: 'b' } } },
      patient({ contained: [{ resourceType: 'Basic', id: 'b' }] }),
    ],
    [
      'to a contained resource',
      patient({ contained: [{ resourceType: 'Basic', id: 'b' }] }),
      { path: 'Patient.contained[0]', name: 'created', value: { valueDate: '2020' } },
      patient({ contained: [{ resourceType: 'Basic', id: 'b', created: '2020' }] }),
    ],
    [
      'a narrative in parts',
      patient(),
      {
        path: 'Patient',
        name: 'text',
        value: {
          part: [
            { name: 'status', valueCode: 'empty' },
            { name: 'div', valueString: '<div/>' },
          ],
        },
      },
      patient({ text: { status: 'empty', div: '<div/>' } }),
    ],
    [
      'a code that is sent as a string',
      patient(),
      { path: 'Patient', name: 'gender', value: { valueString: 'male' } },
      patient({ gender: 'male' }),
    ],
    [
      'to the element that a condition finds',
      names,
      { path: "Patient.name.where(use = 'usual')", name: 'text', value: { valueString: 'Jim' } },
      patient({
        name: [
          (names['name'] as JsonObject[])[0]!,
          {
            use: 'usual',
            text: 'Jim',
            given: ['Jim'],
            _given: [{ extension: [{ url: 'http://e.org/x', valueBoolean: true }] }],
          },
        ],
      }),
    ],
  ])('%s', (_case, before, parts, after) => {
    expect(patched(before, { type: 'add', ...parts })).toEqual(after)
  })

  test('puts the element where the definition has it', () => {
    const result = patched(patient({ gender: 'male', contact: [] }), {
      type: 'add',
      path: 'Patient',
      name: 'active',
      value: { valueBoolean: true },
    })
    expect(Object.keys(result)).toEqual(['resourceType', 'active', 'gender', 'contact'])
  })
})

describe('insert', () => {
  test.each<[string, JsonObject, Record<string, JsonValue>, JsonValue]>([
    [
      'into a list that is empty',
      patient(),
      { path: 'Patient.identifier', index: 0, value: { valueIdentifier: { value: '1' } } },
      patient({ identifier: [{ value: '1' }] }),
    ],
    [
      'into an empty list below a condition',
      patient({ name: [{ use: 'usual' }] }),
      { path: "Patient.name.where(use = 'usual').given", index: 0, value: { valueString: 'a' } },
      patient({ name: [{ use: 'usual', given: ['a'] }] }),
    ],
    [
      'into an empty list at the root',
      patient(),
      { path: 'identifier', index: 0, value: { valueIdentifier: { value: '1' } } },
      patient({ identifier: [{ value: '1' }] }),
    ],
    [
      'before a primitive with an extension',
      patient({ name: [{ given: ['b'], _given: [{ id: 'x' }] }] }),
      { path: 'Patient.name[0].given', index: 0, value: { valueString: 'a' } },
      patient({ name: [{ given: ['a', 'b'], _given: [null, { id: 'x' }] }] }),
    ],
    [
      'a backbone element',
      patient({ contact: [{ gender: 'male' }] }),
      { path: 'Patient.contact', index: 0, value: { part: [{ name: 'gender', valueCode: 'female' }] } },
      patient({ contact: [{ gender: 'female' }, { gender: 'male' }] }),
    ],
  ])('%s', (_case, before, parts, after) => {
    expect(patched(before, { type: 'insert', ...parts })).toEqual(after)
  })
})

describe('delete', () => {
  test.each<[string, JsonObject, string, JsonObject]>([
    ['nothing, where there is nothing', names, 'Patient.birthDate', names],
    ['nothing, below nothing', names, "Patient.name.where(use = 'old').given", names],
    [
      'a primitive in a list, with its extension',
      patient({ name: [{ given: ['a', 'b'], _given: [null, { id: 'x' }] }] }),
      'Patient.name.given[1]',
      patient({ name: [{ given: ['a'] }] }),
    ],
    ['a choice', patient({ deceasedDateTime: '2020', _deceasedDateTime: { id: 'x' } }), 'Patient.deceased', patient()],
    [
      'an extension of a primitive',
      patient({ birthDate: '2000', _birthDate: { extension: [nick] } }),
      'Patient.birthDate.extension',
      patient({ birthDate: '2000' }),
    ],
    [
      'an extension of a primitive without value',
      patient({ _birthDate: { extension: [nick] } }),
      "Patient.birthDate.extension('http://e.org/nick')",
      patient(),
    ],
    [
      'an element and all that is empty without it',
      patient({ contact: [{ name: { given: ['a'] } }] }),
      'Patient.contact.name.given',
      patient(),
    ],
    [
      'an element by what the full language finds',
      names,
      "Patient.descendants().where($this = 'James')",
      patient({ name: [{ use: 'official', given: ['Peter'] }, (names['name'] as JsonObject[])[1]!] }),
    ],
    [
      'an element of a contained resource by reference',
      patient({
        contained: [{ resourceType: 'Organization', id: 'o', name: 'x' }],
        managingOrganization: { reference: '#o' },
      }),
      'Patient.managingOrganization.resolve().name',
      patient({ contained: [{ resourceType: 'Organization', id: 'o' }], managingOrganization: { reference: '#o' } }),
    ],
  ])('%s', (_case, before, path, after) => {
    expect(patched(before, { type: 'delete', path })).toEqual(after)
  })
})

describe('replace', () => {
  test.each<[string, JsonObject, Record<string, JsonValue>, JsonObject]>([
    [
      'a choice by a value of another type',
      patient({ deceasedBoolean: false }),
      { path: 'Patient.deceased', value: { valueDateTime: '2020' } },
      patient({ deceasedDateTime: '2020' }),
    ],
    [
      'an item of a list',
      names,
      { path: 'Patient.name[1].given[0]', value: { valueString: 'Jo' } },
      patient({ name: [(names['name'] as JsonObject[])[0]!, { use: 'usual', given: ['Jo'] }] }),
    ],
    [
      'a primitive with its extensions',
      patient({ birthDate: '2000', _birthDate: { extension: [nick] } }),
      { path: 'Patient.birthDate', value: { valueDate: '2001' } },
      patient({ birthDate: '2001' }),
    ],
    [
      'a value below an extension of a primitive',
      patient({ birthDate: '2000', _birthDate: { extension: [nick] } }),
      { path: 'Patient.birthDate.extension.value', value: { valueInteger: 1 } },
      patient({ birthDate: '2000', _birthDate: { extension: [{ url: nick.url, valueInteger: 1 }] } }),
    ],
    [
      'a contained resource',
      patient({ contained: [{ resourceType: 'Basic', id: 'a' }] }),
      { path: 'Patient.contained[0]', value: { resource: { resourceType: 'Basic', id: 'b' } } },
      patient({ contained: [{ resourceType: 'Basic', id: 'b' }] }),
    ],
    [
      'a backbone element',
      patient({ contact: [{ gender: 'male' }] }),
      { path: 'Patient.contact', value: { part: [{ name: 'gender', valueCode: 'female' }] } },
      patient({ contact: [{ gender: 'female' }] }),
    ],
  ])('%s', (_case, before, parts, after) => {
    expect(patched(before, { type: 'replace', ...parts })).toEqual(after)
  })
})

describe('numbers', () => {
  test('keep their digits in the resource and in the patch', () => {
    const before = parseJson(
      '{"resourceType":"Observation","valueQuantity":{"value":1.50,"unit":"mg"},"component":[{"valueDecimal":0}]}',
    ) as JsonObject
    const patch = parseJson(
      '{"resourceType":"Parameters","parameter":[{"name":"operation","part":[{"name":"type","valueCode":"add"},{"name":"path","valueString":"Observation.component.where(%resource.value.value = 1.5)"},{"name":"name","valueString":"value"},{"name":"value","valueQuantity":{"value":2.00}}]}]}',
    )
    const after = applyFhirPathPatch({ ...before, component: [{ id: 'c' }] }, patch, definitions)
    expect(JSON.stringify(after)).toBe(
      '{"resourceType":"Observation","valueQuantity":{"value":1.50,"unit":"mg"},"component":[{"id":"c","valueQuantity":{"value":2.00}}]}',
    )
  })
})

describe('fails, naming operation and path', () => {
  const ok = { type: 'delete', path: 'Patient.birthDate' }
  test.each<[string, JsonObject, Record<string, JsonValue>, string]>([
    [
      'add where several are named',
      names,
      { type: 'add', path: 'Patient.name', name: 'text', value: { valueString: 'x' } },
      'the path must name one element, but names 2',
    ],
    [
      'add of what there may be only one of',
      patient({ gender: 'male' }),
      { type: 'add', path: 'Patient', name: 'gender', value: { valueCode: 'female' } },
      "'gender' has a value already; use replace",
    ],
    [
      'add of a second choice',
      patient({ deceasedBoolean: true }),
      { type: 'add', path: 'Patient', name: 'deceased', value: { valueDateTime: '2020' } },
      "'deceased' has a value already",
    ],
    [
      'add of an unknown element',
      patient(),
      { type: 'add', path: 'Patient', name: 'colour', value: { valueString: 'x' } },
      "'colour' is not an element of Patient",
    ],
    [
      'add of the resource type',
      patient(),
      { type: 'add', path: 'Patient', name: 'resourceType', value: { valueString: 'x' } },
      "'resourceType' is not an element of Patient",
    ],
    [
      'add to a primitive',
      patient({ gender: 'male' }),
      { type: 'add', path: 'Patient.gender', name: 'text', value: { valueString: 'x' } },
      "'text' is not an element of code",
    ],
    [
      'a value of the wrong type',
      patient(),
      { type: 'add', path: 'Patient', name: 'name', value: { valueString: 'x' } },
      "'name' takes HumanName, not string",
    ],
    [
      'a primitive of another shape',
      patient(),
      { type: 'add', path: 'Patient', name: 'birthDate', value: { valueInteger: 2000 } },
      "'birthDate' takes date, not integer",
    ],
    [
      'a type that is not among the choices',
      patient(),
      { type: 'add', path: 'Patient', name: 'deceased', value: { valueString: 'yes' } },
      "'deceased' takes boolean or dateTime, not string",
    ],
    [
      'a datatype for a backbone element',
      patient(),
      { type: 'add', path: 'Patient', name: 'contact', value: { valueHumanName: { text: 'x' } } },
      "'contact' takes Patient.contact, not HumanName",
    ],
    [
      'parts for a primitive',
      patient(),
      { type: 'add', path: 'Patient', name: 'gender', value: { part: [{ name: 'x', valueCode: 'male' }] } },
      "'gender' takes code, not parts",
    ],
    [
      'a resource for a datatype',
      patient(),
      { type: 'add', path: 'Patient', name: 'name', value: { resource: { resourceType: 'Basic' } } },
      "'name' takes HumanName, not a resource",
    ],
    [
      'unknown parts',
      patient(),
      { type: 'add', path: 'Patient', name: 'contact', value: { part: [{ name: 'sex', valueCode: 'male' }] } },
      "'sex' is not an element of Patient.contact",
    ],
    [
      'parts that occur twice',
      patient(),
      {
        type: 'add',
        path: 'Patient',
        name: 'contact',
        value: {
          part: [
            { name: 'gender', valueCode: 'male' },
            { name: 'gender', valueCode: 'male' },
          ],
        },
      },
      "'gender' may occur only once",
    ],
    [
      'insert past the end',
      names,
      { type: 'insert', path: 'Patient.name', index: 3, value: { valueHumanName: { text: 'x' } } },
      'its index 3 is past the end of the list, which is 2',
    ],
    [
      'insert into what is no list',
      patient({ birthDate: '2000' }),
      { type: 'insert', path: 'Patient.birthDate', index: 0, value: { valueDate: '2000' } },
      "'birthDate' is not a list",
    ],
    [
      'insert into what is not an element',
      patient(),
      { type: 'insert', path: 'Patient.colour', index: 0, value: { valueString: 'x' } },
      "'colour' is not an element of Patient",
    ],
    [
      'insert into part of a list',
      names,
      { type: 'insert', path: "Patient.name.where(use = 'usual')", index: 0, value: { valueHumanName: { text: 'x' } } },
      'the path must name one whole list',
    ],
    [
      'insert into two lists',
      names,
      { type: 'insert', path: 'Patient.name.given', index: 0, value: { valueString: 'x' } },
      'the path must name one whole list',
    ],
    [
      'insert below nothing',
      patient(),
      { type: 'insert', path: 'Patient.contact.telecom', index: 0, value: { valueContactPoint: { value: 'x' } } },
      'the path names nothing',
    ],
    [
      'insert into the resource',
      patient(),
      { type: 'insert', path: 'Patient', index: 0, value: { valueString: 'x' } },
      'the path must name a list, but names the resource',
    ],
    [
      'delete of several',
      names,
      { type: 'delete', path: 'Patient.name' },
      'the path must name one element, but names 2',
    ],
    [
      'delete of the resource',
      patient(),
      { type: 'delete', path: 'Patient' },
      'the resource itself cannot be deleted by a patch',
    ],
    [
      'delete of the resource type',
      patient(),
      { type: 'delete', path: 'Patient.children().first() | Patient.resourceType' },
      'the path names a value that is no element of the resource',
    ],
    [
      'replace of nothing',
      patient(),
      { type: 'replace', path: 'Patient.birthDate', value: { valueDate: '2000' } },
      'the path names nothing',
    ],
    [
      'replace of several',
      names,
      { type: 'replace', path: 'Patient.name.given', value: { valueString: 'x' } },
      'names 3',
    ],
    [
      'replace of the resource',
      patient(),
      { type: 'replace', path: '$this', value: { resource: patient() } },
      'the resource itself cannot be replaced by a patch',
    ],
    [
      'replace of a value that is computed',
      names,
      { type: 'replace', path: 'Patient.name.count()', value: { valueInteger: 1 } },
      'the path names a value that is no element of the resource',
    ],
    [
      'replace in another resource',
      patient({ managingOrganization: { reference: 'Organization/1' } }),
      { type: 'replace', path: 'Patient.managingOrganization.resolve().id', value: { valueId: 'x' } },
      'the path names a value that is no element of the resource',
    ],
    [
      'move from past the end',
      names,
      { type: 'move', path: 'Patient.name', source: 2, destination: 0 },
      'its source 2 is past the end of the list, which is 1',
    ],
    [
      'move to past the end',
      names,
      { type: 'move', path: 'Patient.name', source: 0, destination: 2 },
      'its destination 2 is past the end',
    ],
    [
      'move in an empty list',
      patient(),
      { type: 'move', path: 'Patient.name', source: 0, destination: 0 },
      'its source 0 is past the end',
    ],
    [
      'a path into another type',
      patient(),
      { type: 'add', path: 'Observation', name: 'status', value: { valueCode: 'final' } },
      'the path names nothing',
    ],
    [
      'a path that cannot be evaluated',
      names,
      { type: 'delete', path: 'Patient.name.single()' },
      'several values where one is expected',
    ],
    [
      'a path that takes too long',
      patient({ name: Array.from({ length: 900 }, (_, i) => ({ text: `${i}` })) }),
      {
        type: 'delete',
        path: 'Patient.name.where(%resource.descendants().count() > %resource.descendants().distinct().count())',
      },
      'too many steps',
    ],
  ])('%s', (_case, before, parts, reason) => {
    const issue = fault(before, parameters(ok, parts))
    expect(issue).toMatchObject({ code: 'patch-failed', expression: parts['path'] })
    expect(issue.params!['reason']).toContain(`Operation 1 (${parts['type']}): `)
    expect(issue.params!['reason']).toContain(reason)
  })

  test('a result that is nested deeper than a body may be', () => {
    const nested = Array.from({ length: 40 }, (_, i) => ({
      type: 'add',
      path: `Patient${'.extension[0]'.repeat(i)}`,
      name: 'extension',
      value: { part: [{ name: 'url', valueUri: 'u' }] },
    }))
    expect(fault(patient(), parameters(...nested)).params!['reason']).toContain('nested deeper than 64 levels')
    expect(() => applyFhirPathPatch(patient(), parameters(...nested.slice(0, 20)), definitions)).not.toThrow()
  })

  test('leaves the resource as it was when a later operation fails', () => {
    const before = patient({ birthDate: '2000' })
    fault(before, parameters(ok, { type: 'delete', path: 'Patient' }))
    expect(before).toEqual(patient({ birthDate: '2000' }))
  })
})

describe('refuses', () => {
  const add = { type: 'add', path: 'Patient', name: 'birthDate' }
  test.each<[string, JsonValue, string]>([
    ['what is no Parameters', { resourceType: 'Patient' }, 'A FHIRPath Patch is a Parameters resource.'],
    ['a list', [], 'A FHIRPath Patch is a Parameters resource.'],
    [
      'parameters that are no list',
      { resourceType: 'Parameters', parameter: {} },
      'Parameters.parameter is not a list.',
    ],
    [
      'other parameters',
      { resourceType: 'Parameters', parameter: [{ name: 'op' }] },
      "Operation 0: a parameter of a patch is named 'operation'.",
    ],
    ['a missing type', parameters({ path: 'Patient' }), "its part 'type' must have a valueString or valueCode"],
    [
      'an unknown type',
      parameters({ type: 'merge', path: 'Patient' }),
      'its type must be one of add, insert, delete, replace, move',
    ],
    ['a missing path', parameters({ type: 'delete' }), "'delete' needs a part named 'path'"],
    [
      'a missing name',
      parameters({ type: 'add', path: 'Patient', value: { valueDate: '2000' } }),
      "'add' needs a part named 'name'",
    ],
    ['a missing value', parameters(add), "'add' needs a part named 'value'"],
    [
      'a missing index',
      parameters({ type: 'insert', path: 'Patient.name', value: { valueHumanName: {} } }),
      "'insert' needs a part named 'index'",
    ],
    [
      'a missing source',
      parameters({ type: 'move', path: 'Patient.name', destination: 0 }),
      "'move' needs a part named 'source'",
    ],
    [
      'parts that do not belong',
      parameters({ type: 'delete', path: 'Patient.name', index: 0 }),
      "'delete' takes no part named 'index'",
    ],
    [
      'parts that occur twice',
      {
        resourceType: 'Parameters',
        parameter: [
          {
            name: 'operation',
            part: [
              { name: 'type', valueCode: 'delete' },
              { name: 'type', valueCode: 'delete' },
            ],
          },
        ],
      },
      "it has two parts named 'type'",
    ],
    [
      'parts without names',
      { resourceType: 'Parameters', parameter: [{ name: 'operation', part: [{ valueCode: 'delete' }] }] },
      'it has a part without a name',
    ],
    [
      'a path that is no text',
      parameters({ type: 'delete', path: { valueInteger: 1 } }),
      "its part 'path' must have a valueString",
    ],
    ['a path that is no FHIRPath', parameters({ type: 'delete', path: 'Patient.name[' }), 'line 1, column 13'],
    [
      'a path with a function that does not exist',
      parameters({ type: 'delete', path: 'Patient.name.foo()' }),
      'there is no function foo()',
    ],
    [
      'an index below zero',
      parameters({ type: 'insert', path: 'Patient.name', index: -1, value: { valueHumanName: {} } }),
      "its part 'index' must have a valueInteger of 0 or more",
    ],
    [
      'an index that is no integer',
      parameters({ type: 'insert', path: 'Patient.name', index: 0.5, value: { valueHumanName: {} } }),
      "its part 'index'",
    ],
    ['a value without content', parameters({ ...add, value: {} }), "its part 'value' must have one value, but has 0"],
    [
      'two values',
      parameters({ ...add, value: { valueDate: '2000', valueString: 'x' } }),
      "its part 'value' must have one value, but has 2",
    ],
    [
      'a datatype that does not exist',
      parameters({ ...add, value: { valueColour: 'red' } }),
      "'valueColour' is not a datatype",
    ],
    [
      'a number for a date',
      parameters({ ...add, value: { valueDate: 2000 } }),
      "'valueDate' is not a value of type date",
    ],
    [
      'a text for a complex type',
      parameters({ ...add, name: 'name', value: { valueHumanName: 'x' } }),
      "'valueHumanName' is not a value of type HumanName",
    ],
    [
      'a list for a value',
      parameters({ ...add, value: { valueDate: ['2000'] } }),
      "'valueDate' is not a value of type date",
    ],
    [
      'nested parts without content',
      parameters({ ...add, name: 'contact', value: { part: [] } }),
      'it has a part without content',
    ],
    [
      'a resource without type',
      parameters({ ...add, name: 'contained', value: { resource: {} } }),
      'its resource has no resourceType',
    ],
  ])('%s', (_case, patch, reason) => {
    const issue = fault(patient(), patch)
    expect(issue.code).toBe('invalid-patch')
    expect(issue.params!['reason']).toContain(reason)
  })

  test('too many operations', () => {
    const many = Array.from({ length: 1_001 }, () => operation({ type: 'delete', path: 'Patient.birthDate' }))
    expect(fault(patient(), { resourceType: 'Parameters', parameter: many }).params!['reason']).toContain(
      'It has 1001 operations',
    )
    expect(() =>
      applyFhirPathPatch(patient(), { resourceType: 'Parameters', parameter: many.slice(1) }, definitions),
    ).not.toThrow()
  })

  test('more text of paths than can be parsed in a moment', () => {
    const paths = Array.from({ length: 900 }, (_, i) => ({
      type: 'delete',
      path: `Patient.name.where(${Array(40).fill(`use = 'u${i}'`).join(' or ')})`,
    }))
    const issue = fault(patient(), parameters(...paths))
    expect(issue.code).toBe('invalid-patch')
    expect(issue.params!['reason']).toContain('too many steps')
  })
})
