import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../../server/fhir/json.ts'
import { type Issue, issueText } from '../../../../server/fhir/outcome.ts'
import type { Policy } from '../../../../server/fhir/validation/profile/visit.ts'
import { publishedResources } from '../../../../server/published-resources.ts'
import { packagesFolder, usCore, usCoreSources, versions } from '../../../cases/us-core.ts'
import { validated, validatorOf } from '../../../support/profiles.ts'
import { needsFolder } from '../../../support/shared-data.ts'

/** The rules of what is in value sets, code systems, maps and questionnaires. */
const rules: ReadonlySet<string> = new Set(
  `value-set code display content count supplement all-codes case concept-property canonical-url answer-type
  enable-behavior`.split(/\s+/),
)

function faults(issues: readonly Issue[]): string[] {
  return issues
    .filter(({ rule = '' }) => rules.has(rule))
    .map((issue) => `${issue.severity === 'warning' ? 'warning ' : ''}${issue.expression}: ${issueText(issue)}`)
}

type Row = readonly [name: string, resource: JsonObject, faults: readonly string[]]

const genders = 'http://hl7.org/fhir/administrative-gender'
const own = 'http://example.org/ValueSet/v'

const set = (...include: readonly JsonObject[]): JsonObject => ({
  ...{ resourceType: 'ValueSet', url: own, name: 'V', status: 'active' },
  compose: { include: [...include] },
})
const filtering = (property: string, op: string, value: string) =>
  set({ system: genders, filter: [{ property, op, value }] })
const at = 'ValueSet.compose.include[0]'

/** Known beside the base specification: a value set that takes the one that is checked. */
const around: JsonObject = { ...set({ valueSet: [own] }), url: 'http://example.org/ValueSet/around' }

const sets: readonly Row[] = [
  ['codes of its system', set({ system: genders, concept: [{ code: 'male', display: 'Male' }] }), []],
  ['codes of a system that nobody knows', set({ system: 'urn:none', concept: [{ code: 'x', display: 'y' }] }), []],
  [
    'a code that its system does not have',
    set({ system: genders, concept: [{ code: 'female' }, { code: 'zzz' }] }),
    [`warning ${at}.concept[1].code: The code system ${genders} has no code 'zzz'.`],
  ],
  [
    'a display that its system does not have',
    set({ system: genders, concept: [{ code: 'male', display: 'Man' }] }),
    [`warning ${at}.concept[0].display: 'Man' is not a display that ${genders} has for 'male'.`],
  ],
  ['a filter', filtering('concept', 'is-a', 'male'), []],
  [
    'a filter on a property that its system does not have',
    filtering('colour', '=', 'red'),
    [
      `${at}.filter[0]: The filter 'colour = red' on ${genders} cannot be used: The code system has no property 'colour'.`,
    ],
  ],
  [
    'a filter below a code that its system does not have',
    filtering('concept', 'is-a', 'nope'),
    [
      `${at}.filter[0]: The filter 'concept is-a nope' on ${genders} cannot be used: The code system has no code 'nope'.`,
    ],
  ],
  [
    'a pattern that is none',
    filtering('code', 'regex', '(('),
    [`${at}.filter[0]: The pattern '((' cannot be used: the regular expression has a '(' without ')'`],
  ],
  [
    'a filter that the system itself defines',
    set({
      system: 'http://hl7.org/fhir/CodeSystem/example',
      filter: [{ property: 'acme-plasma', op: '=', value: 'true' }],
    }),
    [],
  ],
  ['a value set', set({ valueSet: ['http://hl7.org/fhir/ValueSet/administrative-gender'] }), []],
  [
    'a profile in place of a value set',
    set({ valueSet: ['http://hl7.org/fhir/StructureDefinition/Patient'] }),
    [`${at}.valueSet[0]: http://hl7.org/fhir/StructureDefinition/Patient is a StructureDefinition, not a ValueSet.`],
  ],
  ['itself', set({ valueSet: [own] }), [`${at}.valueSet[0]: The value set imports itself: ${own} → ${own}.`]],
  [
    'what takes itself',
    set({ valueSet: [String(around['url'])] }),
    [`${at}.valueSet[0]: The value set imports itself: ${own} → ${around['url']} → ${own}.`],
  ],
]

describe('A ValueSet takes', () => {
  test.each(sets)('%s', (_name, resource, told) => {
    expect(faults(validated(resource, { known: [around] }))).toEqual(told)
  })

  test('codes that there are not, an error where unknown codes are', () => {
    const policy: Partial<Policy> = { unknownCode: 'error' }
    const resource = set({ system: genders, concept: [{ code: 'zzz' }] })
    expect(faults(validated(resource, { policy }))).toEqual([
      `${at}.concept[0].code: The code system ${genders} has no code 'zzz'.`,
    ])
  })
})

const system = (more: JsonObject, ...concept: readonly JsonObject[]): JsonObject => ({
  ...{ resourceType: 'CodeSystem', url: 'http://example.org/CodeSystem/c', name: 'C', status: 'active' },
  ...{ content: 'complete', concept: [...concept], ...more },
})
const parent = { code: 'parent', uri: 'http://hl7.org/fhir/concept-properties#parent', type: 'code' }
const below = (code: string, above: string): JsonObject => ({ code, property: [{ code: 'parent', valueCode: above }] })

const systems: readonly Row[] = [
  ['as many concepts as it counts', system({ count: 2 }, { code: 'a', concept: [{ code: 'b' }] }), []],
  [
    'another number of concepts',
    system({ count: 5 }, { code: 'a' }),
    ['warning CodeSystem.count: It counts 5 concepts, but has 1.'],
  ],
  ['more concepts elsewhere', system({ content: 'fragment', count: 5 }, { code: 'a' }), []],
  [
    'concepts that are not present',
    system({ content: 'not-present' }, { code: 'a' }),
    ["CodeSystem.content: Its content is 'not-present', but it has 1 concepts."],
  ],
  [
    'a supplement of nothing',
    system({ content: 'supplement' }, { code: 'a' }),
    ['CodeSystem.supplements: A supplement names what it supplements.'],
  ],
  [
    'what it supplements, and concepts of its own',
    system({ supplements: genders }, { code: 'a' }),
    ["CodeSystem.supplements: It supplements another code system: its content is 'supplement'."],
  ],
  [
    'a supplement to a code that there is not',
    system({ content: 'supplement', supplements: genders }, { code: 'male' }, { code: 'zzz' }),
    [`CodeSystem.concept[1].code: ${genders} has no code 'zzz' that could be supplemented.`],
  ],
  [
    'the value set of another system',
    system({ valueSet: 'http://hl7.org/fhir/ValueSet/administrative-gender' }, { code: 'a' }),
    [
      `CodeSystem.valueSet: The value set http://hl7.org/fhir/ValueSet/administrative-gender is to be of all codes of this system, but takes those of ${genders}.`,
    ],
  ],
  [
    'codes that differ in case, which does not matter',
    system({ caseSensitive: false }, { code: 'a' }, { code: 'A' }),
    ["CodeSystem.concept: The codes 'a' and 'A' are one, since case does not matter."],
  ],
  ['codes that differ in case', system({ caseSensitive: true }, { code: 'a' }, { code: 'A' }), []],
  [
    'a property that is not defined',
    system({}, { code: 'a', property: [{ code: 'weight', valueInteger: 1 }] }),
    ["warning CodeSystem.concept[0].property[0]: The code system defines no property 'weight'."],
  ],
  ['a parent', system({ property: [parent] }, { code: 'a' }, below('b', 'a')), []],
  [
    'a parent that there is not',
    system({ property: [parent] }, below('a', 'nope')),
    ["CodeSystem.concept[0].property[0].valueCode: The parent 'nope' of 'a' is no code of this system."],
  ],
  [
    'parents in a circle',
    system({ property: [parent] }, below('a', 'b'), below('b', 'c'), below('c', 'b')),
    ['CodeSystem: These concepts are below themselves: b → c → b.'],
  ],
  [
    'a url that is a canonical with a version',
    system({ url: 'http://example.org/c|1' }, { code: 'a' }),
    [
      "warning CodeSystem.url: No canonical can mean 'http://example.org/c|1': what follows | in one is a version, what follows # a part. Leave it out.",
    ],
  ],
]

describe('A CodeSystem has', () => {
  test.each(systems)('%s', (_name, resource, told) => {
    expect(faults(validated(resource))).toEqual(told)
  })

  test('a hierarchy of any depth', () => {
    const deep = Array.from({ length: 20_000 }, (_, i) => below(`c${i}`, `c${i + 1}`))
    expect(faults(validated(system({ property: [parent] }, ...deep, { code: 'c20000' })))).toEqual([])
  })
})

test('A ConceptMap maps codes that there are', () => {
  const target: JsonObject[] = [{ code: 'x', equivalence: 'equal' }]
  const group: JsonObject[] = [
    { source: genders, target: genders, element: [{ code: 'male', target }, { code: 'blue' }] },
  ]
  const map: JsonObject = { resourceType: 'ConceptMap', name: 'M', status: 'active', group }
  expect(faults(validated(map))).toEqual([
    `warning ConceptMap.group[0].element[0].target[0].code: The code system ${genders} has no code 'x'.`,
    `warning ConceptMap.group[0].element[1].code: The code system ${genders} has no code 'blue'.`,
  ])
})

const questionnaire = (...item: readonly JsonObject[]): JsonObject => ({
  ...{ resourceType: 'Questionnaire', url: 'http://example.org/q', name: 'Q', status: 'active', item: [...item] },
})
const question = (linkId: string, type: string, more: JsonObject = {}): JsonObject => ({
  linkId,
  text: linkId,
  type,
  ...more,
})
const when = (answer: JsonObject, operator = '='): JsonObject => ({ question: 'a', operator, ...answer })

const questionnaires: readonly Row[] = [
  ['an initial value of its type', questionnaire(question('a', 'integer', { initial: [{ valueInteger: 1 }] })), []],
  [
    'an initial value of another type',
    questionnaire(question('a', 'integer', { initial: [{ valueString: 'x' }] })),
    ["Questionnaire.item[0].initial[0].value: An answer to 'a' is a Integer, not a String."],
  ],
  [
    'options',
    questionnaire(question('a', 'choice', { answerOption: [{ valueString: 'x' }, { valueInteger: 1 }] })),
    [],
  ],
  [
    'an option of another type',
    questionnaire(question('a', 'integer', { answerOption: [{ valueString: 'x' }] })),
    ["Questionnaire.item[0].answerOption[0].value: An answer to 'a' is a Integer, not a String."],
  ],
  [
    'a condition on another type of answer',
    questionnaire(question('a', 'boolean'), question('b', 'string', { enableWhen: [when({ answerString: 'x' })] })),
    ["Questionnaire.item[1].enableWhen[0].answer: An answer to 'a' is a Boolean, not a String."],
  ],
  [
    'a condition on there being an answer',
    questionnaire(
      question('a', 'string'),
      question('b', 'string', { enableWhen: [when({ answerBoolean: true }, 'exists')] }),
    ),
    [],
  ],
  [
    'two conditions, and not which of them count',
    questionnaire(
      question('a', 'string'),
      question('b', 'string', { enableWhen: [when({ answerString: 'x' }), when({ answerString: 'y' })] }),
    ),
    ["Questionnaire.item[1]: Of several conditions 'enableBehavior' tells whether all must hold or any: say which."],
  ],
]

describe('A Questionnaire has', () => {
  test.each(questionnaires)('%s', (_name, resource, told) => {
    expect(faults(validated(resource))).toEqual(told)
  })
})

/** Of what these rules do not look at: its properties and systems are wrong in themselves. */
const knownFaults: readonly RegExp[] = [
  /^CodeSystem.property\[\d+\]: There is another property /,
  /^ValueSet.compose.include\[0\].system: The system '#hacked' is not absolute\./,
]

function errorsOf(issues: readonly Issue[]): string[] {
  return faults(issues).filter((fault) => !fault.startsWith('warning ') && !knownFaults.some((one) => one.test(fault)))
}

const types = ['ValueSet', 'CodeSystem', 'ConceptMap'] as const

describe('What is published has no errors', () => {
  const validate = validatorOf()

  test.each(types)(
    '%s',
    (type) => {
      const all = publishedResources(join(tmpdir(), 'candela-test-cache')).all(type)
      expect(all.length).toBeGreaterThan(10)
      const told = all.flatMap((one) => errorsOf(validate(one).issues).map((fault) => `${one['url']} ${fault}`))
      expect(told).toEqual([])
    },
    30_000,
  )

  describe.runIf(packagesFolder())(needsFolder('US Core', packagesFolder()), () => {
    test.each(versions)('%s', async (version) => {
      const { resources } = await usCoreSources(version)
      const own = (await usCore(version)).validate
      const some = resources.filter(({ resourceType }) => types.some((type) => type === resourceType))
      expect(some.flatMap((one) => errorsOf(own(one).issues))).toEqual([])
    })
  })
})
