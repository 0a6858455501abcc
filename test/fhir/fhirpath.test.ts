import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { compile, createMeter, evaluate } from '../../server/fhir/fhirpath.ts'
import { numberFromText, parseJson } from '../../server/fhir/json.ts'
import { OutcomeError } from '../../server/fhir/outcome.ts'

const patient = {
  resourceType: 'Patient',
  id: 'p1',
  text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">Jim</div>' },
  contained: [{ resourceType: 'Organization', id: 'acme', name: 'Acme', partOf: { reference: '#' } }],
  name: [
    { use: 'official', family: 'Chalmers', given: ['Peter', 'James'] },
    { use: 'usual', given: ['Jim'], _given: [{ extension: [{ url: 'http://example.org/nick', valueBoolean: true }] }] },
  ],
  deceasedBoolean: false,
  managingOrganization: { reference: '#acme' },
  generalPractitioner: [
    { reference: 'Practitioner/7' },
    { reference: 'https://other.example/fhir/Organization/9/_history/2' },
    { type: 'PractitionerRole', identifier: { value: '1' } },
    { reference: 'urn:uuid:6c1f4b9e-6f5e-4b6e-9d0e-0f6c6f6b7c11' },
  ],
}

const weight = (value: string, code = 'mg') => ({
  resourceType: 'Observation',
  status: 'final',
  valueQuantity: { value: numberFromText(value), unit: code, system: 'http://unitsofmeasure.org', code },
})

/** The reason of the outcome that a use of the expression ends in. */
function refusal(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    expect(error).toBeInstanceOf(OutcomeError)
    expect((error as OutcomeError).issues[0]!.code).toBe('invalid-parameters')
    return (error as OutcomeError).message
  }
  throw new Error('nothing was refused')
}

const printed: unknown[] = []
beforeEach(() => {
  printed.length = 0
  for (const method of ['log', 'warn', 'error', 'info'] as const) {
    vi.spyOn(console, method).mockImplementation((...items) => void printed.push(...items))
  }
})
afterEach(() => {
  vi.restoreAllMocks()
  expect(printed).toEqual([])
})

describe('values', () => {
  test.each<[string, unknown[]]>([
    ['Patient.name.given', ['Peter', 'James', 'Jim']],
    ["name.where(use = 'official').family", ['Chalmers']],
    ['Patient.deceased', [false]],
    ['name.given.count() + 1', [4]],
    ["'a' & 'b'", ['ab']],
    ['@2020-01-01', ['2020-01-01']],
    ['name[1].given.extension.value', [true]],
    ['10L', ['10']],
    ['(1 | 2 | 2).count()', [2]],
    ['{}', []],
    ['deceased.type().name', ['boolean']],
    [
      "%`vs-languages` | %'ext-patient-birthTime'",
      ['http://hl7.org/fhir/ValueSet/languages', 'http://hl7.org/fhir/StructureDefinition/patient-birthTime'],
    ],
    ['%loinc | %sct | %ucum', ['http://loinc.org', 'http://snomed.info/sct', 'http://unitsofmeasure.org']],
    ['%resource.id | %rootResource.id | %context.id', ['p1']],
    ["defineVariable('n', name.given).select(%n).first()", ['Peter']],
  ])('%s yields %j', (expression, expected) => {
    expect(evaluate(expression, patient)).toEqual(expected)
  })

  test('parts of the resource are returned as they are, not as copies', () => {
    expect(evaluate('Patient.name', patient)[0]).toBe(patient.name[0])
    const measured = weight('1.10')
    expect(evaluate('Observation.value', measured)[0]).toBe(measured.valueQuantity)
  })

  test('numbers are compared as numbers and returned with their digits', () => {
    expect(evaluate("Observation.value.value = 1.1 and Observation.value > 1 'mg'", weight('1.10'))).toEqual([true])
    expect(JSON.stringify(evaluate('Observation.value.value', weight('1.10')))).toBe('[1.10]')
    const digits = '0.1234567890123456789012345678901'
    expect(JSON.stringify(evaluate('Observation.value.value', weight(digits)))).toBe(`[${digits}]`)
    expect(evaluate('Observation.value.value + 1', weight('1.10'))).toEqual([2.1])
    expect(JSON.stringify(evaluate('1.10', {}))).toBe('[1.10]')
  })

  test('the environment is given by name, and its numbers are converted too', () => {
    expect(evaluate('Observation.value.value = %n', weight('1.10'), { n: numberFromText('1.100') })).toEqual([true])
    expect(evaluate('%resource.id', patient.name[0], { resource: patient })).toEqual(['p1'])
    expect(evaluate('%list.count()', patient, { list: [1, 2, 3] })).toEqual([3])
  })

  test('a part of a resource has the type that its base gives it', () => {
    const extension = { url: 'http://example.org/x', valueBoolean: true }
    expect(compile('value is boolean', { base: 'Extension' }).evaluate(extension)).toEqual([true])
    expect(compile('value', { base: 'Extension' }).evaluate(extension)).toEqual([true])
    expect(evaluate('value', extension)).toEqual([])
  })
})

describe('the resource', () => {
  test('is not written to', () => {
    const frozen = parseJson(JSON.stringify(patient)) as object
    const freeze = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return
      Object.values(value).forEach(freeze)
      Object.freeze(value)
    }
    freeze(frozen)
    const [name] = evaluate('Patient.name.first()', frozen)
    expect(Object.getOwnPropertyNames(name)).toEqual(['use', 'family', 'given'])
  })

  test('gives the same answer after an evaluation with other variables', () => {
    const part = evaluate('Patient.name', patient, { x: 1 })[0]
    expect(() => evaluate('%x', part)).toThrow('there is no variable %x')
  })

  test('has only the elements that are in it: members of JavaScript values are none', () => {
    expect(evaluate('Patient.id.length', patient)).toEqual([])
    expect(evaluate('Patient.descendants().link', patient)).toEqual([])
    expect(evaluate('Patient.descendants().repeat', patient)).toEqual([])
    expect(evaluate('Observation.value.value.asStr | Observation.value.value.value', weight('1.10'))).toEqual([])
    expect(evaluate('@2020.asStr', {})).toEqual([])
    expect(evaluate('Patient.toString', patient)).toEqual([])
    expect(refusal(() => evaluate('Patient.constructor', patient))).toContain("'constructor' is not an element")
    expect(refusal(() => evaluate('Patient.`__proto__`', patient))).toContain("'__proto__' is not an element")
    expect(refusal(() => evaluate('%constructor', patient))).toContain("'constructor' is not an element")
  })

  test('may have a property named __proto__ without becoming something else', () => {
    const odd = JSON.parse('{"resourceType":"Basic","__proto__":{"id":"x"}}')
    odd.n = numberFromText('1.0')
    expect(evaluate('Basic.id', odd)).toEqual([])
  })

  test('is never quoted in an error', () => {
    const secret = { resourceType: 'Patient', name: [{ family: 'Topsecret' }, { family: 'Topsecret' }] }
    for (const expression of [
      'name.family + 1',
      'name.family > 5',
      'name.first().family < 5',
      'name is HumanName',
      'name.single()',
    ]) {
      expect(refusal(() => evaluate(expression, secret))).not.toContain('Topsecret')
    }
  })
})

describe('what the library cannot run', () => {
  test.each<[string, string, unknown[]]>([
    ['an element whose name is a keyword', 'Patient.text.div', [patient.text.div]],
    ['`as` on a list', '(Patient.name as HumanName).family', ['Chalmers']],
    ['`as` after a member', 'Patient.name.given as string', ['Peter', 'James', 'Jim']],
    ['as() on a list', 'Patient.name.as(HumanName).family', ['Chalmers']],
    ['`as` with a namespace', '(Patient.name as FHIR.HumanName).family', ['Chalmers']],
    ['`as` below a comparison', "Patient.name.family = 'x' or Patient.deceased as boolean", [false]],
    ['resolve() of a contained resource', 'Patient.managingOrganization.resolve().name', ['Acme']],
    ['resolve() of the container', 'Patient.contained.partOf.resolve().id', ['p1']],
    [
      'resolve() of a reference, for its type',
      'generalPractitioner.where(resolve() is Practitioner).reference',
      ['Practitioner/7'],
    ],
    ['resolve() of a versioned URL', 'generalPractitioner.resolve().ofType(Organization).id', ['9']],
    [
      'resolve() of a logical reference with a type',
      'generalPractitioner.resolve().ofType(PractitionerRole).count()',
      [1],
    ],
    ['resolve() of what names no type', 'generalPractitioner[3].resolve()', []],
  ])('%s', (_case, expression, expected) => {
    expect(evaluate(expression, patient)).toEqual(expected)
  })

  test.each([
    ['memberOf', "Patient.gender.memberOf('http://x')", 'memberOf() needs a terminology service'],
    ['conformsTo', "Patient.conformsTo('http://x')", 'conformsTo() needs a validator'],
    ['functions that do not exist', 'name.foo()', 'there is no function foo()'],
    ['names of JavaScript as functions', 'name.__lookupGetter__()', 'there is no function __lookupGetter__()'],
    ['a wrong number of arguments', 'name.exists(true, false)', 'exists() does not take 2 arguments'],
    ['arguments of functions that take none', 'name.first(1)', 'first() does not take 1 arguments'],
    ['unknown variables', '%unknown', 'there is no variable %unknown'],
    ["the library's own variables", "%factory.string('a')", 'there is no function string()'],
    ['the terminology variable', '%terminologies', 'there is no variable %terminologies'],
    ['making objects', "Coding { code: 'a' }", 'objects cannot be made here'],
    ['unknown types', 'Patient is Foo', '"Foo" cannot be resolved to a valid type identifier'],
    ['syntax errors', 'Patient.name[', 'line 1, column 13'],
    ['nothing', ' ', 'the expression is empty'],
  ])('refuses %s', (_case, expression, reason) => {
    expect(refusal(() => evaluate(expression, patient))).toContain(reason)
  })
})

describe('the process', () => {
  test('prints nothing for trace(), which official invariants contain', () => {
    expect(evaluate("name.family.trace('PHI').trace('x', $this)", patient)).toEqual(['Chalmers'])
  })

  test('prints nothing for units that cannot be read, and does not follow their nesting', () => {
    const nested = weight('1.0', `${'('.repeat(20_000)}mg${')'.repeat(20_000)}`)
    expect(evaluate("Observation.value = 5 'mg'", nested)).toEqual([false])
    expect(refusal(() => evaluate(`1 '${'m.'.repeat(100)}m' = 1 'g'`, {}))).toContain(
      'the unit of a quantity is too long',
    )
    const text = { resourceType: 'Basic', id: `1 '${'m.'.repeat(10_000)}'` }
    expect(refusal(() => evaluate('id.toQuantity()', text))).toContain('the text is too long for a quantity')
  })

  test('uses regular expressions in linear time', () => {
    const basic = { resourceType: 'Basic', id: `${'a'.repeat(40)}!` }
    expect(evaluate("id.matches('^(a+)+$')", basic)).toEqual([false])
    expect(evaluate("id.matchesFull('(a+)+!')", basic)).toEqual([true])
    expect(evaluate("id.matches('A!$', 'i')", basic)).toEqual([true])
    expect(evaluate("id.replaceMatches('(a+)+', 'b')", basic)).toEqual(['b!'])
    expect(evaluate("'Patient.name'.replaceMatches('\\\\..*', '')", basic)).toEqual(['Patient'])
    expect(evaluate("{}.matches('a') | id.matches({})", basic)).toEqual([])
    expect(refusal(() => evaluate("id.matches('(?=a)')", basic))).toContain('look-ahead')
    expect(refusal(() => evaluate("'a'.combine('b').matches('a')", basic))).toContain('matches() takes one text, not 2')
  })

  test('replaces and joins texts literally and within bounds', () => {
    expect(evaluate("'banana'.replace('a', '$&')", {})).toEqual(['b$&n$&n$&'])
    expect(evaluate("'abc'.replace('', '-')", {})).toEqual(['-a-b-c-'])
    expect(evaluate("name.given.join(', ')", patient)).toEqual(['Peter, James, Jim'])
    expect(evaluate('name.given.join()', patient)).toEqual(['PeterJamesJim'])
    expect(evaluate('{}.join()', patient)).toEqual([])
    const large = { resourceType: 'Binary', data: 'x'.repeat(4_000_000) }
    for (const expression of [
      "data.replace('x', 'yyyy')",
      "data.replaceMatches('x', 'y')",
      'data.combine(data).combine(data).join()',
      'data & data & data',
      'data.toChars()',
      "data.encode('hex')",
    ]) {
      expect(refusal(() => evaluate(expression, large))).toMatch(/too long|too many steps/)
    }
    expect(evaluate('data.length()', large)).toEqual([4_000_000])
  })

  const list = {
    resourceType: 'List',
    entry: Array.from({ length: 2_000 }, (_, i) => ({ item: { display: `d${i}` } })),
  }
  test.each([
    ['nested loops', 'entry.select(%resource.entry.select(%resource.entry.count()))'],
    ['comparing all with all', 'descendants() | descendants()'],
    ['comparing all with all in a function', 'descendants().distinct()'],
    ['comparing large values again and again', 'entry.select(%resource ~ %resource.where(true)).count()'],
    ['endless repetition', '(1 | 2).repeat($this + 1)'],
    ['growing numbers', '(1|2|3|4|5|6|7|8|9).aggregate(iif($total.empty(), 10L, $total * $total))'],
    [
      'costly patterns on many texts',
      "entry.item.select(display & '(a longer text)').where($this.matches('(.{1,40}){1,40}x'))",
    ],
  ])('is not held up by %s', (_case, expression) => {
    expect(refusal(() => evaluate(expression, list))).toMatch(/too many steps|overflows/)
  })

  test('may spend more steps where the caller says so', () => {
    const short = { resourceType: 'List', entry: list.entry.slice(0, 600) }
    expect(refusal(() => evaluate('descendants().distinct().count()', short))).toContain('too many steps')
    const patient = compile('descendants().distinct().count()', { meter: createMeter(1_000_000) })
    expect(patient.evaluate(short)).toEqual([1_800])
  })

  test('lets several evaluations share a meter', () => {
    const count = compile('entry.count()', { meter: createMeter(14_000) })
    expect(count.evaluate(list)).toEqual([2_000])
    expect(count.evaluate(list)).toEqual([2_000])
    expect(refusal(() => count.evaluate(list))).toContain('too many steps')
  })

  test('repeats without recursion', () => {
    let item: object = { linkId: '0' }
    for (let i = 1; i < 60; i++) item = { linkId: String(i), item: [item, { linkId: 'same' }] }
    expect(evaluate('repeat(item).linkId.count()', { resourceType: 'Questionnaire', item: [item] })).toEqual([61])
  })

  test.each([
    ['long', `'${'a'.repeat(5_000)}'`, 'longer than 4096 characters'],
    ['of many parts', Array(800).fill('a').join('|'), 'more than 1000 parts'],
    ['deeply nested', `${'('.repeat(60)}1${')'.repeat(60)}`, 'nested deeper than 50'],
    ['deeply nested by calls', `${'where('.repeat(60)}true${')'.repeat(60)}`, 'nested deeper than 50'],
    ['deeply nested by signs', `${'-'.repeat(60)}1`, 'nested deeper than 50'],
  ])('refuses an expression that is %s', (_case, expression, reason) => {
    expect(refusal(() => compile(expression))).toContain(reason)
  })

  test('keeps the longest chain that is allowed within its stack', () => {
    expect(evaluate(Array(499).fill('true').join(' or ').replaceAll('true or', 'a or'), {})).toEqual([true])
    expect(evaluate(Array(499).fill('a').join('.'), patient)).toEqual([])
  })
})

describe('locations', () => {
  test.each<[string, unknown]>([
    ['Patient', [[]]],
    ['$this', [[]]],
    ['Patient.name[1]', [[{ name: 'name', index: 1 }]]],
    [
      "name.where(use = 'usual').given.first()",
      [
        [
          { name: 'name', index: 1 },
          { name: 'given', index: 0 },
        ],
      ],
    ],
    ['Patient.deceased', [[{ name: 'deceased' }]]],
    ['Patient.deceased.ofType(boolean)', [[{ name: 'deceased' }]]],
    [
      'name.last().given[0].extension.value',
      [[{ name: 'name', index: 1 }, { name: 'given', index: 0 }, { name: 'extension', index: 0 }, { name: 'value' }]],
    ],
    [
      "name.given.extension('http://example.org/nick')",
      [
        [
          { name: 'name', index: 1 },
          { name: 'given', index: 0 },
          { name: 'extension', index: 0 },
        ],
      ],
    ],
    [
      "descendants().where($this = 'James')",
      [
        [
          { name: 'name', index: 0 },
          { name: 'given', index: 1 },
        ],
      ],
    ],
    [
      'name.select(given[0])',
      [
        [
          { name: 'name', index: 0 },
          { name: 'given', index: 0 },
        ],
        [
          { name: 'name', index: 1 },
          { name: 'given', index: 0 },
        ],
      ],
    ],
    [
      '%resource.name[0].family | name[0].use',
      [
        [{ name: 'name', index: 0 }, { name: 'family' }],
        [{ name: 'name', index: 0 }, { name: 'use' }],
      ],
    ],
    ['managingOrganization.resolve().name', [[{ name: 'contained', index: 0 }, { name: 'name' }]]],
    ['contained[0].partOf', [[{ name: 'contained', index: 0 }, { name: 'partOf' }]]],
    [
      'iif(deceased, name[0], name[1]).family | repeat(name).use',
      [
        [{ name: 'name', index: 0 }, { name: 'use' }],
        [{ name: 'name', index: 1 }, { name: 'use' }],
      ],
    ],
    ["'text'", [undefined]],
    ['name.count()', [undefined]],
    ['generalPractitioner[0].resolve().id', [undefined]],
    ['Patient.photo', []],
  ])('of %s', (expression, expected) => {
    expect(compile(expression).locate(patient)).toEqual(expected)
  })

  test('are found in a resource whose numbers keep their digits', () => {
    expect(compile('Observation.value.value').locate(weight('1.10'))).toEqual([[{ name: 'value' }, { name: 'value' }]])
  })
})
