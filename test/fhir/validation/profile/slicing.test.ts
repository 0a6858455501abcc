import { describe, expect, test } from 'vitest'
import { against, base, element, extension, profile, slicedBy } from '../../../support/profiles.ts'
import { observation, patient } from '../../../support/validation.ts'

/** What it shows, the resource, the issues. */
type Row = readonly [name: string, resource: object, issues: readonly string[]]

const category = (...codes: string[]) => ({ category: codes.map((code) => ({ coding: [{ system: 'urn:s', code }] })) })
const lab = { patternCodeableConcept: { coding: [{ system: 'urn:s', code: 'lab' }] } }
const vital = { patternCodeableConcept: { coding: [{ system: 'urn:s', code: 'vital' }] } }

function byCategory(rules: object) {
  const slices = [
    element('Observation.category:lab', { min: 1, max: '1', ...lab }),
    element('Observation.category:vital', { min: 0, max: '1', ...vital }),
  ]
  const sliced = element('Observation.category', slicedBy(['pattern:$this'], rules))
  return [profile('test', 'Observation', [element('Observation'), sliced, ...slices])]
}

const tables: readonly (readonly [name: string, rules: object, rows: readonly Row[]])[] = [
  [
    'open',
    { rules: 'open' },
    [
      ['the slice that must be there', observation(category('lab')), []],
      ['no value at all', observation({}), ['slice-missing Observation.category [min]']],
      ['others only', observation(category('vital', 'else')), ['slice-missing Observation.category [min]']],
      ['one too many', observation(category('lab', 'vital', 'lab')), ['slice-excess Observation.category [max]']],
      ['others between', observation(category('else', 'vital', 'else', 'lab')), []],
    ],
  ],
  [
    'closed',
    { rules: 'closed' },
    [
      ['slices in any order', observation(category('vital', 'lab')), []],
      ['one in no slice', observation(category('lab', 'else')), ['slice-unknown Observation.category[1] [slicing]']],
    ],
  ],
  [
    'openAtEnd',
    { rules: 'openAtEnd' },
    [
      ['others behind', observation(category('lab', 'vital', 'else')), []],
      [
        'others between',
        observation(category('lab', 'else', 'vital')),
        ['slice-unknown Observation.category[2] [slicing]'],
      ],
    ],
  ],
  [
    'ordered',
    { rules: 'open', ordered: true },
    [
      ['in order', observation(category('lab', 'else', 'vital')), []],
      ['out of order', observation(category('vital', 'lab')), ['slice-unknown Observation.category[1] [slicing]']],
    ],
  ],
]

for (const [name, rules, rows] of tables) {
  describe(`Slicing that is ${name}`, () => {
    const known = byCategory(rules)
    test.each(rows)('%s', (_name, resource, issues) => {
      expect(against(resource, known)).toEqual(issues)
    })
  })
}

interface Discriminated {
  readonly name: string
  readonly type: string
  readonly elements: readonly object[]
  readonly known?: ReturnType<typeof extension>[]
  readonly rows: readonly Row[]
}

const marker = extension('marker', [element('Extension.value[x]', { min: 1, type: [{ code: 'boolean' }] })])
const woman = profile('woman', 'Patient', [
  element('Patient'),
  element('Patient.gender', { min: 1, fixedCode: 'female' }),
])
const bundleOf = (...resources: object[]) => ({
  resourceType: 'Bundle',
  type: 'collection',
  entry: resources.map((resource, i) => ({ fullUrl: `urn:uuid:00000000-0000-4000-8000-00000000000${i}`, resource })),
})

const kinds: readonly Discriminated[] = [
  {
    name: 'value',
    type: 'Patient',
    elements: [
      element('Patient.identifier', slicedBy(['value:system'])),
      element('Patient.identifier:ssn', { max: '1' }),
      element('Patient.identifier:ssn.system', { min: 1, fixedUri: 'urn:ssn' }),
      element('Patient.identifier:ssn.value', { min: 1 }),
    ],
    rows: [
      [
        'what the slice needs',
        patient({ identifier: [{ system: 'urn:else' }, { system: 'urn:ssn' }] }),
        ['missing-element Patient.identifier[1].value [min]'],
      ],
      [
        'more than the slice may have',
        patient({
          identifier: [
            { system: 'urn:ssn', value: '1' },
            { system: 'urn:ssn', value: '2' },
          ],
        }),
        ['slice-excess Patient.identifier [max]'],
      ],
    ],
  },
  {
    name: 'two values together',
    type: 'Patient',
    elements: [
      element('Patient.telecom', slicedBy(['value:system', 'value:use'], { rules: 'closed' })),
      element('Patient.telecom:phone', {}),
      element('Patient.telecom:phone.system', { min: 1, fixedCode: 'phone' }),
      element('Patient.telecom:phone.use', { min: 1, fixedCode: 'home' }),
    ],
    rows: [
      ['both', patient({ telecom: [{ system: 'phone', use: 'home', value: '1' }] }), []],
      [
        'one of them',
        patient({ telecom: [{ system: 'phone', use: 'work', value: '1' }] }),
        ['slice-unknown Patient.telecom[0] [slicing]'],
      ],
    ],
  },
  {
    name: 'exists',
    type: 'Patient',
    elements: [
      element('Patient.name', slicedBy(['exists:period'], { rules: 'closed' })),
      element('Patient.name:former', { max: '1' }),
      element('Patient.name:former.period', { min: 1 }),
      element('Patient.name:current', { max: '1' }),
      element('Patient.name:current.period', { max: '0' }),
    ],
    rows: [
      ['one of each', patient({ name: [{ family: 'A' }, { family: 'B', period: { end: '2020' } }] }), []],
      ['two without', patient({ name: [{ family: 'A' }, { family: 'B' }] }), ['slice-excess Patient.name [max]']],
    ],
  },
  {
    name: 'the type of a choice',
    type: 'Observation',
    elements: [
      element('Observation.value[x]', slicedBy(['type:$this'], { rules: 'closed' })),
      element('Observation.value[x]:valueQuantity', { type: [{ code: 'Quantity' }] }),
      element('Observation.value[x]:valueQuantity.code', { min: 1 }),
    ],
    rows: [
      [
        'the type with what it needs',
        observation({ valueQuantity: { value: 1, code: 'kg', system: 'http://unitsofmeasure.org' } }),
        [],
      ],
      [
        'the type without',
        observation({ valueQuantity: { value: 1 } }),
        ['missing-element Observation.value.code [min]'],
      ],
      ['another type', observation({ valueString: 'x' }), ['slice-unknown Observation.value [slicing]']],
    ],
  },
  {
    name: 'the type of a target',
    type: 'Observation',
    elements: [
      element('Observation.performer', slicedBy(['type:$this.resolve()'])),
      element('Observation.performer:doctor', {
        max: '1',
        type: [{ code: 'Reference', targetProfile: ['http://hl7.org/fhir/StructureDefinition/Practitioner'] }],
      }),
    ],
    rows: [
      [
        'one of the type',
        observation({ performer: [{ reference: 'Practitioner/1' }, { reference: 'Patient/1' }] }),
        [],
      ],
      [
        'two of the type',
        observation({ performer: [{ reference: 'Practitioner/1' }, { reference: 'Practitioner/2' }] }),
        ['slice-excess Observation.performer [max]'],
      ],
    ],
  },
  {
    name: 'the profile of a resource',
    type: 'Bundle',
    elements: [
      element('Bundle.entry', slicedBy(['profile:resource'])),
      element('Bundle.entry:woman', { min: 1, max: '1' }),
      element('Bundle.entry:woman.resource', { min: 1, type: [{ code: 'Patient', profile: [`${base}woman`] }] }),
    ],
    known: [woman],
    rows: [
      ['one that conforms', bundleOf(patient({ gender: 'male' }), patient({ gender: 'female' })), []],
      ['none that conforms', bundleOf(patient({ gender: 'male' })), ['slice-missing Bundle.entry [min]']],
    ],
  },
  {
    name: 'an extension',
    type: 'Patient',
    elements: [
      element('Patient.contact', slicedBy([`value:extension('${base}marker').value`])),
      element('Patient.contact:marked', { max: '1' }),
      element('Patient.contact:marked.extension', slicedBy(['value:url'])),
      element('Patient.contact:marked.extension:marker', {
        min: 1,
        type: [{ code: 'Extension', profile: [`${base}marker`] }],
      }),
      element('Patient.contact:marked.extension:marker.value[x]', { min: 1, fixedBoolean: true }),
    ],
    known: [marker],
    rows: [
      ['marked once', patient({ contact: [mark(true), mark(false)] }), []],
      ['marked twice', patient({ contact: [mark(true), mark(true)] }), ['slice-excess Patient.contact [max]']],
    ],
  },
]

function mark(valueBoolean: boolean): object {
  return { name: { family: 'Roe' }, extension: [{ url: `${base}marker`, valueBoolean }] }
}

for (const { name, type, elements, known = [], rows } of kinds) {
  describe(`Slices told apart by ${name}`, () => {
    const all = [profile('test', type, [element(type), ...elements]), ...known]
    test.each(rows)('%s', (_name, resource, issues) => {
      expect(against(resource, all)).toEqual(issues)
    })
  })
}

test('A slice is sliced again', () => {
  const known = [
    profile('test', 'Patient', [
      element('Patient'),
      element('Patient.identifier', slicedBy(['value:system'])),
      element('Patient.identifier:a', {}),
      element('Patient.identifier:a.system', { min: 1, fixedUri: 'urn:a' }),
      element('Patient.identifier:a', slicedBy(['value:use'], { rules: 'closed' })),
      element('Patient.identifier:a/old', { max: '1' }),
      element('Patient.identifier:a/old.use', { min: 1, fixedCode: 'old' }),
    ]),
  ]
  const old = { system: 'urn:a', use: 'old', value: '1' }
  const identifier = [old, old, { system: 'urn:a', use: 'usual' }, { system: 'urn:b', use: 'usual' }]
  expect(against(patient({ identifier: identifier.slice(0, 1) }), known)).toEqual([])
  expect(against(patient({ identifier }), known)).toEqual([
    'slice-unknown Patient.identifier[2] [slicing]',
    'slice-excess Patient.identifier [max]',
  ])
})

test('A value in two slices is told', () => {
  const known = [
    profile('test', 'Patient', [
      element('Patient'),
      element('Patient.identifier', slicedBy(['value:system'])),
      element('Patient.identifier:a', {}),
      element('Patient.identifier:a.system', { min: 1, fixedUri: 'urn:a' }),
      element('Patient.identifier:b', {}),
      element('Patient.identifier:b.system', { min: 1, fixedUri: 'urn:a' }),
    ]),
  ]
  const found = against(patient({ identifier: [{ system: 'urn:a' }] }), known)
  expect(found).toEqual(['slice-unknown Patient.identifier[0] [slicing]'])
})

test('A slice that nothing tells apart is told', () => {
  const slices = [element('Patient.contact', slicedBy(['value:gender'])), element('Patient.contact:a', {})]
  const known = [profile('test', 'Patient', [element('Patient'), ...slices])]
  const found = against(patient({ contact: [{ name: { family: 'Roe' } }] }), known)
  expect(found).toEqual(['warning rule-violated Patient.contact [slicing]'])
})
