import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../../server/fhir/json.ts'
import { type Issue, issueText } from '../../../../server/fhir/outcome.ts'
import { packagesFolder, usCore, usCoreSources, versions } from '../../../cases/us-core.ts'
import { base, element, extension, profile, slicedBy, validated, validatorOf } from '../../../support/profiles.ts'
import { publishedStructures, type StructureBundle } from '../../../support/published.ts'
import { needsFolder } from '../../../support/shared-data.ts'

const core = 'http://hl7.org/fhir/StructureDefinition/'
const genders = 'http://hl7.org/fhir/ValueSet/administrative-gender'
const maritalStatus = 'http://hl7.org/fhir/ValueSet/marital-status'
const someGenders: JsonObject = {
  ...{ resourceType: 'ValueSet', url: `${base}some-genders`, status: 'active' },
  compose: { include: [{ system: 'http://hl7.org/fhir/administrative-gender', concept: [{ code: 'male' }] }] },
}

/** The rules that StructureDefinitions are held to beyond those that they are published with. */
const rules: ReadonlySet<string> = new Set(
  `structure snapshot constraint-expression value-type max-length binding-type binding-value-set target-profile
  slice-counts element-id binding-narrower`.split(/\s+/),
)
/** What is told by others is not told again. */
const others: ReadonlySet<string> = new Set(['min', 'max', 'fixed'])

function faults(issues: readonly Issue[], place: RegExp = /^StructureDefinition\./): string[] {
  return issues
    .filter(({ rule: key = '' }) => rules.has(key) || others.has(key))
    .map((issue) => {
      const severity = issue.severity === 'warning' ? 'warning ' : ''
      return `${severity}${(issue.expression ?? '').replace(place, '')} [${issue.rule}] ${issueText(issue)}`
    })
}

type Row = readonly [name: string, structure: JsonObject, faults: readonly string[]]

const patient = (...elements: object[]) => profile('test', 'Patient', [element('Patient'), ...elements])
const one = (id: string, more: object) => patient(element(id, more))
const rule = (expression: string) => ({ constraint: [{ key: 'a-1', severity: 'error', human: 'So.', expression }] })
const named = slicedBy(['value:use'])
const at = 'differential.element[1]'

const heads: readonly Row[] = [
  ['a constraint of a type', patient(), []],
  [
    'a constraint of another type than its base',
    profile('test', 'Patient', [element('Patient')], { baseDefinition: `${core}Observation` }),
    [`type [structure] A constraint of ${core}Observation has the type 'Observation', not 'Patient'.`],
  ],
  [
    'a constraint of another kind than its base',
    profile('test', 'Patient', [element('Patient')], { kind: 'complex-type' }),
    [`kind [structure] A constraint of ${core}Patient has the kind 'resource', not 'complex-type'.`],
  ],
  [
    'no derivation',
    profile('test', 'Patient', [element('Patient')], { derivation: undefined }),
    [
      "derivation [structure] What has a baseDefinition says how it is derived from it: 'constraint' or 'specialization'.",
    ],
  ],
  [
    'a constraint of nothing',
    profile('test', 'Patient', [element('Patient')], { baseDefinition: undefined, abstract: true }),
    ['baseDefinition [structure] A constraint names what it constrains.'],
  ],
  [
    'a specialization that is its base again',
    profile('test', 'Patient', [element('Patient', { definition: 'P' })], { derivation: 'specialization' }),
    ["type [structure] A specialization is a type of its own, not 'Patient' again: name it, or say 'constraint'."],
  ],
  [
    'contexts of what is no extension',
    profile('test', 'Patient', [element('Patient')], { context: [{ type: 'element', expression: 'Patient' }] }),
    ['context [structure] Only an extension has contexts in which it may be used. Leave them out.'],
  ],
  [
    'a base that nobody here knows',
    profile('test', 'Patient', [element('Patient')], { baseDefinition: 'urn:none' }),
    ['warning differential [snapshot] urn:none is not known here: load the package that it is in.'],
  ],
]

const contradictions: readonly Row[] = [
  ['a narrower element', one('Patient.name', { min: 1, max: '2' }), []],
  [
    'an element that its base does not have',
    one('Patient.nme', { min: 1 }),
    [`${at} [snapshot] Patient.nme: its base has no such element: correct its path.`],
  ],
  [
    'a type that its base does not have',
    one('Patient.gender', { type: [{ code: 'string' }] }),
    [`${at} [snapshot] Patient.gender: its type string is none of its base's: say code.`],
  ],
  [
    'a slice without a slicing',
    one('Patient.name:a', { min: 1 }),
    [`${at} [snapshot] Patient.name:a: it is a slice, but its element is not sliced: give that a slicing.`],
  ],
  [
    'a binding weaker than the required one of its base',
    one('Patient.gender', { binding: { strength: 'example', valueSet: genders } }),
    [`${at} [snapshot] Patient.gender: its binding is example, and required by its base: say required.`],
  ],
  [
    'an extensible binding where its base requires one, as US Core has it',
    one('Patient.gender', { binding: { strength: 'extensible', valueSet: genders } }),
    [`warning ${at} [snapshot] Patient.gender: its binding is extensible, and required by its base: say required.`],
  ],
  [
    'elements out of order',
    patient(element('Patient.gender', { min: 1 }), element('Patient.name', { min: 1 })),
    [`${at} [snapshot] Patient.gender: it comes behind Patient.name in the snapshot: put it there.`],
  ],
  [
    'more values than its base, told once',
    one('Patient.gender', { max: '2' }),
    [`${at}.max [max] The base allows at most 1.`],
  ],
  [
    'slices that must be there and have no room',
    patient(
      element('Patient.name', { max: '1', ...named }),
      element('Patient.name:a', { min: 1 }),
      element('Patient.name:a.use', { fixedCode: 'usual' }),
      element('Patient.name:b', { min: 1 }),
      element('Patient.name:b.use', { fixedCode: 'old' }),
    ),
    [`${at} [slice-counts] The slices of 'Patient.name' take at least 2 values together, but it may have 1 at most.`],
  ],
]

const values: readonly Row[] = [
  ['a fixed value of its type', one('Patient.gender', { fixedCode: 'male' }), []],
  [
    'a pattern for one of several types',
    profile('test', 'Observation', [
      element('Observation'),
      element('Observation.value[x]', { patternQuantity: { code: 'kg' } }),
    ]),
    [],
  ],
  ['the url of an extension', extension('marker'), []],
  [
    'a fixed value of another type',
    one('Patient.gender', { fixedString: 'male' }),
    [`${at}.fixedString [value-type] 'Patient.gender' is code: fixedString is no value of it.`],
  ],
  [
    'a bound of another type',
    one('Patient.birthDate', { minValueInteger: 1 }),
    [`${at}.minValueInteger [value-type] 'Patient.birthDate' is date: minValueInteger is no value of it.`],
  ],
  [
    'the length of what is no text',
    one('Patient.name', { maxLength: 5 }),
    [`${at}.maxLength [max-length] 'Patient.name' is HumanName: only texts have a maxLength.`],
  ],
  [
    'a binding of what is no code',
    one('Patient.birthDate', { binding: { strength: 'required', valueSet: genders } }),
    [`${at}.binding [binding-type] 'Patient.birthDate' is date: only codes and texts can be bound to a value set.`],
  ],
  [
    'a binding to a code system',
    one('Patient.maritalStatus', {
      binding: { strength: 'required', valueSet: 'http://hl7.org/fhir/administrative-gender' },
    }),
    [
      `${at}.binding.valueSet [binding-value-set] http://hl7.org/fhir/administrative-gender is a CodeSystem, not a ValueSet.`,
    ],
  ],
  [
    'a required binding to codes of other systems than its base’s',
    one('Patient.gender', { binding: { strength: 'required', valueSet: maritalStatus } }),
    [
      `${at}.binding.valueSet [binding-narrower] The base requires a code of ${genders}|4.0.1, which has none of http://terminology.hl7.org/CodeSystem/v3-MaritalStatus, as ${maritalStatus} does.`,
      `${at}.binding.valueSet [binding-narrower] The base requires a code of ${genders}|4.0.1, which does not have http://terminology.hl7.org/CodeSystem/v3-NullFlavor#UNK of ${maritalStatus}.`,
    ],
  ],
  [
    'a required binding to some of the codes of its base',
    one('Patient.gender', { binding: { strength: 'required', valueSet: `${base}some-genders` } }),
    [],
  ],
  [
    'a binding to nothing',
    one('Patient.maritalStatus', { binding: { strength: 'required' } }),
    [
      `warning ${at}.binding [binding-value-set] A binding that is required names its value set: without one nothing is checked.`,
    ],
  ],
  [
    'references to what its base does not allow',
    one('Patient.managingOrganization', { type: [{ code: 'Reference', targetProfile: [`${core}Patient`] }] }),
    [
      `${at}.type[0].targetProfile [target-profile] 'Patient.managingOrganization' may refer to Organization only: ${core}Patient is of Patient.`,
    ],
  ],
  [
    'the id of another element',
    patient({ id: 'Patient.gender', path: 'Patient.name' }),
    [`${at}.id [element-id] The id 'Patient.gender' is that of another element than 'Patient.name'.`],
  ],
]

const expressionAt = `${at}.constraint[0].expression [constraint-expression] The rule a-1 cannot be evaluated:`

const expressions: readonly Row[] = [
  ['a rule', one('Patient.contact', rule('name.exists() or telecom.exists()')), []],
  [
    'a rule that is not complete',
    one('Patient.name', rule('given.exists(')),
    [`${expressionAt} the expression is not complete.`],
  ],
  [
    'a rule with an unknown function',
    one('Patient.name', rule('given.foo()')),
    [`${expressionAt} there is no function foo() with 0 arguments.`],
  ],
  [
    'a rule about an element that there is not',
    one('Patient.name', rule('gvien.exists()')),
    [`${expressionAt} there is no element 'gvien' in HumanName.`],
  ],
]

const snapshot = (...elements: object[]) => ({ ...patient(), snapshot: { element: elements as JsonObject[] } })
const lacks = (count: number) =>
  `warning snapshot [snapshot] The snapshot lacks ${count} elements that the profile has, such as Patient.id: make it again.`

const snapshots: readonly Row[] = [
  [
    'a snapshot that contradicts its base',
    snapshot(element('Patient'), element('Patient.gender', { max: '5' })),
    [
      'snapshot.element[1] [snapshot] Patient.gender: its maximum 5 is above that of its base: say at most 1.',
      lacks(43),
    ],
  ],
  [
    'a snapshot with an element that its base does not have',
    snapshot(element('Patient'), element('Patient.foo')),
    ['snapshot.element[1] [snapshot] Patient.foo: its base has no such element: correct its path.', lacks(44)],
  ],
]

describe('StructureDefinitions are told', () => {
  test.each([...heads, ...contradictions, ...values, ...expressions, ...snapshots])('%s', (_name, structure, told) => {
    expect(faults(validated(JSON.parse(JSON.stringify(structure)), { known: [someGenders] }))).toEqual(told)
  })
})

test('A profile that another one goes before is told of, since nobody would use it', () => {
  const url = `${core}Patient`
  const structure = { ...patient(), url, version: '4.0.1' }
  const isStored = () => false
  const issues = validated(structure, { near: { isStored } })
  expect(issues.filter(({ rule: key }) => key === 'canonical-taken').map(issueText)).toEqual([
    `${url}|4.0.1 is already defined by R4 itself, which goes before this one: this one is not used. Give it another url or version.`,
  ])
})

/** Faults of what HL7 publishes. */
const knownFaults: Readonly<Record<string, RegExp>> = {
  ChargeItemDefinition: /cid-0 cannot be evaluated: there is no element 'name'/,
  'allergyintolerance-substanceExposureRisk': /inv-1 cannot be evaluated: there is no element 'substanceExposureRisk'/,
  'familymemberhistory-genetic': /FamilyMemberHistory\.condition:Condition: it is a slice, but its element is not/,
  'codesystem-history': /its maximum 1 is above that of its base|take at least 3 values together/,
  ExplanationOfBenefit: /processpriority is a CodeSystem, not a ValueSet/,
  picoelement: /EvidenceVariable\.characteristic\./,
}

/** As a client would send it, who publishes it anew. */
function renamed(structure: JsonObject): JsonObject {
  return { ...structure, url: String(structure['url']).replace('http://hl7.org/fhir/', base) }
}

function errorsOf(issues: readonly Issue[]): string[] {
  return issues
    .filter(({ rule: key = '', severity }) => severity !== 'warning' && rules.has(key))
    .map((issue) => `${issue.expression} ${issueText(issue)}`)
}

const published = validatorOf()

describe('What HL7 publishes has no faults but those that are named', () => {
  const bundles: readonly StructureBundle[] = [
    'profiles-types',
    'profiles-resources',
    'profiles-others',
    'extension-definitions',
  ]

  test.each(bundles)(
    '%s',
    (bundle) => {
      const unexpected = publishedStructures(bundle).flatMap((structure) => {
        const id = String(structure['id'])
        const told = errorsOf(published(renamed(structure)).issues)
        return told.filter((text) => !knownFaults[id]?.test(text)).map((text) => `${id}: ${text}`)
      })
      expect(unexpected).toEqual([])
    },
    30_000,
  )

  test('and those are warnings where it is published', () => {
    const structures = publishedStructures('profiles-others').filter(({ id }) => String(id) in knownFaults)
    expect(structures.flatMap((structure) => errorsOf(published(structure).issues))).toEqual([])
  })

  describe.runIf(packagesFolder())(needsFolder('US Core', packagesFolder()), () => {
    test.each(versions)('%s', async (version) => {
      const { resources } = await usCoreSources(version)
      const { validate } = await usCore(version)
      const structures = resources.filter(({ resourceType }) => resourceType === 'StructureDefinition')
      const told = structures.flatMap((structure) => errorsOf(validate(renamed(structure)).issues))
      expect(told).toEqual([])
    })
  })
})
