/**
 * The facts of HL7's published FHIRPath Patch cases (https://github.com/FHIR/fhir-test-cases, r4/patch): what is patched,
 * with what, into what; `both` where the difference of the two resources is to be exactly this patch.
 */
import type { JsonObject, JsonValue } from '../../server/fhir/json.ts'

type Content = Record<string, JsonValue>

/** A part: its content is a value[x], parts, or for a text or number the usual value of that part. */
function part(name: string, content: JsonValue): JsonObject {
  if (typeof content === 'number') return { name, valueInteger: content }
  if (typeof content === 'string') return { name, [name === 'type' ? 'valueCode' : 'valueString']: content }
  return { name, ...(content as Content) }
}

/** One operation of a FHIRPath Patch. */
export function operation(parts: Content): JsonObject {
  return { name: 'operation', part: Object.entries(parts).map(([name, content]) => part(name, content)) }
}

/** A FHIRPath Patch; an empty list is left out, as FHIR demands. */
export function parameters(...operations: Content[]): JsonObject {
  return { resourceType: 'Parameters', ...(operations.length > 0 && { parameter: operations.map(operation) }) }
}

const patient = (content: Content = {}): JsonObject => ({ resourceType: 'Patient', ...content })
const value = (n: number): JsonObject => ({ system: 'http://example.org', value: `value ${n}` })
const identifiers = (...numbers: number[]) => patient({ identifier: numbers.map(value) })
const contact = (content: Content) => patient({ contact: [content] })
const named = (text: string) => ({ name: { text } })
const move = (source: number, destination: number): Content => ({
  type: 'move',
  path: 'Patient.identifier',
  source,
  destination,
})
const insert = (index: number): Content => ({
  type: 'insert',
  path: 'Patient.identifier',
  index,
  value: { valueIdentifier: value(3) },
})
const example = (family: string, text: string) =>
  patient({
    id: 'example',
    text: { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml">${text}</div>` },
    identifier: [{ use: 'usual', value: '12345', period: { start: '2001-05-06' }, assigner: { display: 'Acme' } }],
    active: true,
    name: [
      { use: 'official', family, given: ['Peter', 'James'] },
      { use: 'usual', given: ['Jim'] },
    ],
    telecom: [{ use: 'home' }, { system: 'phone', value: '(03) 5555 6473', use: 'work' }],
    birthDate: '1974-12-25',
    _birthDate: {
      extension: [
        {
          url: 'http://hl7.org/fhir/StructureDefinition/patient-birthTime',
          valueDateTime: '1974-12-25T14:35:45-05:00',
        },
      ],
    },
    deceasedBoolean: false,
    contact: [
      {
        name: {
          family: 'du Marché',
          _family: {
            extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/humanname-own-prefix', valueString: 'VV' }],
          },
        },
      },
    ],
  })

interface PatchCase {
  readonly name: string
  readonly before: JsonObject
  readonly patch: JsonObject
  readonly after: JsonObject
  readonly both: boolean
}

const both = (name: string, before: JsonObject, after: JsonObject, ...operations: Content[]): PatchCase => ({
  name,
  before,
  patch: parameters(...operations),
  after,
  both: true,
})
const forwards = (...definition: Parameters<typeof both>): PatchCase => ({ ...both(...definition), both: false })

export const patchCases: readonly PatchCase[] = [
  both('No Difference', patient({ birthDate: '1920-01-01' }), patient({ birthDate: '1920-01-01' })),
  both('Replace Primitive', patient({ birthDate: '1920-01-01' }), patient({ birthDate: '1930-01-01' }), {
    type: 'replace',
    path: 'Patient.birthDate',
    value: { valueDate: '1930-01-01' },
  }),
  both('Delete Primitive', patient({ birthDate: '1920-01-01' }), patient(), {
    type: 'delete',
    path: 'Patient.birthDate',
  }),
  both('Add Primitive', patient(), patient({ birthDate: '1930-01-01' }), {
    type: 'add',
    path: 'Patient',
    name: 'birthDate',
    value: { valueDate: '1930-01-01' },
  }),
  both(
    'Replace Nested Primitive #1',
    contact({ ...named('a name'), gender: 'male' }),
    contact({ ...named('a name'), gender: 'female' }),
    { type: 'replace', path: 'Patient.contact[0].gender', value: { valueCode: 'female' } },
  ),
  both(
    'Replace Nested Primitive #2',
    contact({ ...named('a name'), gender: 'male' }),
    contact({ ...named('the name'), gender: 'male' }),
    { type: 'replace', path: 'Patient.contact[0].name.text', value: { valueString: 'the name' } },
  ),
  both('Delete Nested Primitive #1', contact({ ...named('a name'), gender: 'male' }), contact(named('a name')), {
    type: 'delete',
    path: 'Patient.contact[0].gender',
  }),
  forwards('Delete Nested Primitive #2', contact({ ...named('a name'), gender: 'male' }), contact({ gender: 'male' }), {
    type: 'delete',
    path: 'Patient.contact[0].name.text',
  }),
  both('Add Nested Primitive', contact(named('a name')), contact({ ...named('a name'), gender: 'male' }), {
    type: 'add',
    path: 'Patient.contact[0]',
    name: 'gender',
    value: { valueCode: 'male' },
  }),
  both('Add Complex', patient(), patient({ maritalStatus: { text: 'married' } }), {
    type: 'add',
    path: 'Patient',
    name: 'maritalStatus',
    value: { valueCodeableConcept: { text: 'married' } },
  }),
  both(
    'Replace Complex',
    patient({ maritalStatus: { id: '1', text: 'married' } }),
    patient({ maritalStatus: { id: '2', text: 'not married' } }),
    {
      type: 'replace',
      path: 'Patient.maritalStatus',
      value: { valueCodeableConcept: { id: '2', text: 'not married' } },
    },
  ),
  both('Delete Complex', patient({ maritalStatus: { text: 'married' } }), patient(), {
    type: 'delete',
    path: 'Patient.maritalStatus',
  }),
  both('Add Anonymous Type', patient(), contact(named('a name')), {
    type: 'add',
    path: 'Patient',
    name: 'contact',
    value: { part: [{ name: 'name', valueHumanName: { text: 'a name' } }] },
  }),
  both('Delete Anonymous Type', contact(named('a name')), patient(), { type: 'delete', path: 'Patient.contact[0]' }),
  both('List unchanged', identifiers(1, 2), identifiers(1, 2)),
  both(
    'List unchanged, contents changed',
    patient({
      identifier: [
        { id: 'a', ...value(1) },
        { id: 'b', ...value(2) },
      ],
    }),
    patient({
      identifier: [
        { id: 'a', ...value(2) },
        { id: 'b', ...value(1) },
      ],
    }),
    { type: 'replace', path: 'Patient.identifier[0].value', value: { valueString: 'value 2' } },
    { type: 'replace', path: 'Patient.identifier[1].value', value: { valueString: 'value 1' } },
  ),
  both('Add to list', identifiers(1, 2), identifiers(1, 2, 3), insert(2)),
  both('Insert in list #1', identifiers(1, 2), identifiers(1, 3, 2), insert(1)),
  both('Insert in list #2', identifiers(1, 2), identifiers(3, 1, 2), insert(0)),
  both('Delete from List #1', identifiers(1, 2, 3), identifiers(2, 3), {
    type: 'delete',
    path: 'Patient.identifier[0]',
  }),
  both('Delete from List #2', identifiers(1, 2, 3), identifiers(1, 3), {
    type: 'delete',
    path: 'Patient.identifier[1]',
  }),
  both('Delete from List #3', identifiers(1, 2, 3), identifiers(1, 2), {
    type: 'delete',
    path: 'Patient.identifier[2]',
  }),
  both('Reorder List #1', identifiers(1, 2, 3, 4), identifiers(1, 4, 2, 3), move(3, 1)),
  both('Reorder List #2', identifiers(1, 2, 3, 4), identifiers(4, 1, 2, 3), move(3, 0)),
  both('Reorder List #3', identifiers(1, 2, 3, 4), identifiers(1, 2, 4, 3), move(3, 2)),
  forwards('Reorder List #4', identifiers(1, 2, 3, 4), identifiers(2, 3, 4, 1), move(0, 3)),
  both('Reorder List #5', identifiers(1, 2, 3, 4), identifiers(2, 3, 1, 4), move(1, 0), move(2, 1)),
  both('Reorder List #6', identifiers(1, 2, 3, 4), identifiers(4, 3, 2, 1), move(3, 0), move(3, 1), move(3, 2)),
  forwards('Operation on missing element #2', patient(), identifiers(3), {
    type: 'add',
    path: 'Patient',
    name: 'identifier',
    value: { valueIdentifier: value(3) },
  }),
  both(
    'Full Resource',
    example('Chalmers', 'Peter James <b>Chalmers</b>'),
    example('Chalmers1', 'Peter James <b>Chalmers1</b>'),
    {
      type: 'replace',
      path: 'Patient.text.div',
      value: { valueString: '<div xmlns="http://www.w3.org/1999/xhtml">Peter James <b>Chalmers1</b></div>' },
    },
    { type: 'replace', path: 'Patient.name[0].family', value: { valueString: 'Chalmers1' } },
  ),
]
