import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../../server/fhir/json.ts'
import { against, base, element, extension, profile, shown, slicedBy, validated } from '../../../support/profiles.ts'
import { observation, patient } from '../../../support/validation.ts'

const boolean = [element('Extension.value[x]', { min: 1, type: [{ code: 'boolean' }] })]
const of = (...expressions: string[]) => ({
  context: expressions.map((expression) => ({ type: 'element', expression })),
})

const known: readonly JsonObject[] = [
  extension('anywhere', boolean),
  extension('on-name', boolean, of('Patient.name', 'Practitioner')),
  extension('on-type', boolean, of('HumanName')),
  extension('on-primitive', boolean, of('Patient.birthDate')),
  extension('on-backbone', boolean, of('BackboneElement')),
  extension('in-extension', boolean, { context: [{ type: 'extension', expression: `${base}anywhere` }] }),
  extension('by-path', boolean, { context: [{ type: 'fhirpath', expression: "Patient.where(gender = 'female')" }] }),
  extension('by-name', boolean, {
    context: [{ type: 'fhirpath', expression: "Patient.name.where(use = 'official') // the name in the papers" }],
  }),
  extension('by-date', boolean, { context: [{ type: 'fhirpath', expression: 'Patient.birthDate' }] }),
  extension(
    'modifier-by-path',
    [element('Extension', { isModifier: true, isModifierReason: 'It negates.' }), ...boolean],
    { context: [{ type: 'fhirpath', expression: 'Patient.contact.where(gender.exists())' }] },
  ),
  extension('by-truth', boolean, { context: [{ type: 'fhirpath', expression: "gender = 'female'" }] }),
  extension('if-named', boolean, { ...of('Patient'), contextInvariant: ['name.exists()'] }),
  extension('modifier', [element('Extension', { isModifier: true, isModifierReason: 'It negates.' }), ...boolean]),
  extension('complex', [
    element('Extension.extension', slicedBy(['value:url'])),
    element('Extension.extension:part', { min: 1 }),
    element('Extension.extension:part.url', { fixedUri: 'part' }),
    element('Extension.extension:part.value[x]', { min: 1, type: [{ code: 'string' }] }),
    element('Extension.value[x]', { max: '0' }),
  ]),
]

const ext = (name: string, more: object = { valueBoolean: true }) => ({ extension: [{ url: base + name, ...more }] })

type Row = readonly [name: string, resource: object, issues: readonly string[]]

const contexts: readonly Row[] = [
  ['one for any element', patient(ext('anywhere')), []],
  ['one on its element', patient({ name: [{ family: 'Roe', ...ext('on-name') }] }), []],
  ['one on another element', patient(ext('on-name')), ['extension-context Patient.extension[0] [extension-context]']],
  ['one on its type', patient({ contact: [{ name: { family: 'Roe', ...ext('on-type') } }] }), []],
  ['one beside a primitive', patient({ birthDate: '1970', _birthDate: ext('on-primitive') }), []],
  [
    'one of a primitive on something else',
    patient({ gender: 'male', _gender: ext('on-primitive') }),
    ['extension-context Patient.gender.extension[0] [extension-context]'],
  ],
  ['one on a backbone element', patient({ contact: [{ name: { family: 'Roe' }, ...ext('on-backbone') }] }), []],
  [
    'one of backbone elements on a data type',
    patient({ name: [{ family: 'Roe', ...ext('on-backbone') }] }),
    ['extension-context Patient.name[0].extension[0] [extension-context]'],
  ],
  [
    'one outside its extension',
    patient(ext('in-extension')),
    ['extension-context Patient.extension[0] [extension-context]'],
  ],
  ['one whose context a rule selects', patient({ gender: 'female', ...ext('by-path') }), []],
  [
    'one whose context a rule does not select',
    patient({ gender: 'male', ...ext('by-path') }),
    ['extension-context Patient.extension[0] [extension-context]'],
  ],
  [
    'one on the element that a rule selects',
    patient({ name: [{ family: 'Roe' }, { family: 'Poe', use: 'official', ...ext('by-name') }] }),
    [],
  ],
  [
    'one on another element than the rule selects',
    patient({
      name: [
        { family: 'Roe', ...ext('by-name') },
        { family: 'Poe', use: 'official' },
      ],
    }),
    ['extension-context Patient.name[0].extension[0] [extension-context]'],
  ],
  ['one on a primitive that a rule selects', patient({ birthDate: '1970', _birthDate: ext('by-date') }), []],
  [
    'one on another primitive',
    patient({ birthDate: '1970', gender: 'male', _gender: ext('by-date') }),
    ['extension-context Patient.gender.extension[0] [extension-context]'],
  ],
  [
    'a modifier where a rule selects its element, and elsewhere',
    patient({
      contact: ['male', undefined].map((gender) => ({
        ...(gender && { gender }),
        name: { family: 'Roe' },
        modifierExtension: ext('modifier-by-path').extension,
      })),
    }),
    ['extension-context Patient.contact[1].modifierExtension[0] [extension-context]'],
  ],
  [
    'one whose rule selects no element',
    patient({ gender: 'female', ...ext('by-truth') }),
    ['extension-context Patient.extension[0] [extension-context]'],
  ],
  ['one whose invariant is met', patient({ name: [{ family: 'Roe' }], ...ext('if-named') }), []],
  [
    'one whose invariant is not met',
    patient(ext('if-named')),
    ['extension-context Patient.extension[0] [extension-context]'],
  ],
]

const contents: readonly Row[] = [
  [
    'a value of the wrong type',
    patient(ext('anywhere', { valueString: 'x' })),
    ['wrong-type Patient.extension[0].value [type]'],
  ],
  ['parts', patient(ext('complex', { extension: [{ url: 'part', valueString: 'x' }] })), []],
  [
    'a part that is missing',
    patient(ext('complex', { extension: [{ url: 'else', valueString: 'x' }] })),
    [
      'slice-missing Patient.extension[0].extension [min]',
      'extension-context Patient.extension[0].extension[0] [extension-part]',
    ],
  ],
  [
    'a relative url outside of an extension',
    patient({ extension: [{ url: 'part', valueString: 'x' }] }),
    ['extension-context Patient.extension[0] [extension-url]'],
  ],
  [
    'a relative url in the value of an extension',
    patient(
      ext('urn:else', {
        url: 'urn:else',
        valueHumanName: { family: 'Roe', extension: [{ url: 'part', valueString: 'x' }] },
      }),
    ),
    [
      'extension-context Patient.extension[0].value.extension[0] [extension-url]',
      'information unknown-extension Patient.extension[0] [extension-unknown]',
    ],
  ],
  [
    'parts of an extension that nobody knows',
    patient(ext('urn:else', { url: 'urn:else', extension: [{ url: 'part', valueString: 'x' }] })),
    ['information unknown-extension Patient.extension[0] [extension-unknown]'],
  ],
  [
    'a url with a version',
    patient({ extension: [{ url: `${base}anywhere|1`, valueBoolean: true }] }),
    ['extension-context Patient.extension[0] [extension-url]'],
  ],
]

const modifiers: readonly Row[] = [
  ['a modifier as one', patient({ modifierExtension: ext('modifier').extension }), []],
  ['a modifier as a plain extension', patient(ext('modifier')), ['extension-context Patient.extension[0] [modifier]']],
  [
    'a plain extension as a modifier',
    patient({ modifierExtension: ext('anywhere').extension }),
    ['extension-context Patient.modifierExtension[0] [modifier]'],
  ],
  [
    'an unknown modifier',
    observation({ modifierExtension: [{ url: 'urn:else', valueBoolean: true }] }),
    ['warning unknown-extension Observation.modifierExtension[0] [extension-unknown]'],
  ],
]

describe('Extensions have their place', () => {
  test.each(contexts)('%s', (_name, resource, issues) => {
    expect(shown(validated(resource, { known }))).toEqual(issues)
  })
})

describe('Extensions are as they are defined', () => {
  test.each(contents)('%s', (_name, resource, issues) => {
    expect(shown(validated(resource, { known })).toSorted()).toEqual(issues.toSorted())
  })
})

describe('Modifier extensions', () => {
  test.each(modifiers)('%s', (_name, resource, issues) => {
    expect(shown(validated(resource, { known }))).toEqual(issues)
  })
})

const unknown = patient({ extension: [{ url: 'http://example.com/unknown', valueBoolean: true }] })
const at = 'Patient.extension[0] [extension-unknown]'

test.each([
  ['only told', {}, [`information unknown-extension ${at}`]],
  ['refused where the policy says so', { unknownExtension: 'error' }, [`unknown-extension ${at}`]],
  [
    'expected from some domains',
    { unknownExtension: 'error', extensionDomains: ['http://example.com'] },
    [`information unknown-extension ${at}`],
  ],
] as const)('An unknown extension is %s', (_name, policy, issues) => {
  expect(shown(validated(unknown, { policy }))).toEqual(issues)
})

test('A profile may demand and forbid extensions', () => {
  const demanding = profile('test', 'Patient', [
    element('Patient'),
    element('Patient.extension', slicedBy(['value:url'], { rules: 'closed' })),
    element('Patient.extension:anywhere', { min: 1, type: [{ code: 'Extension', profile: [`${base}anywhere`] }] }),
  ])
  expect(against(patient({ ...ext('anywhere') }), [demanding, ...known])).toEqual([])
  expect(against(patient({ gender: 'female', ...ext('by-path') }), [demanding, ...known])).toEqual([
    'slice-unknown Patient.extension[0] [slicing]',
    'slice-missing Patient.extension [min]',
  ])
})
