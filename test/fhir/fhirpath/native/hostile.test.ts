/** Expressions and resources that would take for ever, or all of the memory. */
import { describe, expect, test } from 'vitest'
import { createBudget, FhirPathBudgetError } from '../../../../server/fhir/fhirpath/native/budget.ts'
import { compileNative } from '../../../../server/fhir/fhirpath/native/compile.ts'
import type { JsonObject } from '../../../../server/fhir/json.ts'
import { verdictOn } from '../../../support/native-expression.ts'
import { definitions } from '../../../support/validation.ts'

/** A third of what one evaluation of the full engine may take. */
const steps = 100_000
/** On a machine that is busy with other things. */
const mostMilliseconds = 4000

const long = 'a'.repeat(500_000)
const wide: JsonObject = {
  resourceType: 'Patient',
  name: Array.from({ length: 2000 }, (_, i) => ({ family: `f${i}`, given: ['a'.repeat(500)] })),
  contact: [{ name: { text: long } }, { name: { text: `${long}` } }],
  photo: [{ data: `b${long}` }, { data: `c${long}` }],
  telecom: Array.from({ length: 3000 }, () => ({ system: 'phone' })),
  extension: Array.from({ length: 2000 }, (_, i) => ({
    url: `http://example.org/${i}`,
    valueQuantity: { value: 1, system: 'http://unitsofmeasure.org', code: `m${i}/s` },
  })),
}

describe('an evaluation without end is ended by its budget', () => {
  test.each([
    "'x'.repeat($this & 'x').exists()",
    "name.repeat(family | (family & 'x')).exists()",
    '1.repeat($this + 1).exists()',
    "'x'.repeat($this | ($this & 'x').repeat($this & 'y')).exists()",
    "name.aggregate($total & $total & 'x', 'y') = 'z'",
    "name.aggregate($total.replace('x', 'xxx'), 'xxx') = 'z'",
    "name.aggregate($total.replaceMatches('x', '$&$&'), 'xxx') = 'z'",
    "name.aggregate($total + $total, 'xxx') = 'z'",
    "name.aggregate($total.combine($total).join($total), 'xxx') = 'z'",
    'name.aggregate($total.combine($total).combine(name), name).count() > 1',
    'name.aggregate(iif(true, $total.combine($total)), name).count() > 1',
    'descendants().where(descendants().where(descendants().exists()).empty()).exists()',
    'descendants().where(%resource.descendants().count() < 1).exists()',
    'descendants().all(%resource.descendants().count() > 1)',
    'descendants().where(%resource = %resource and %resource ~ %resource).empty()',
    'descendants().where(%resource.photo[0] = %resource.photo[1]).exists()',
    'descendants().where(%resource.photo[0] ~ %resource.photo[1]).exists()',
    'descendants().all(%resource.contact[0].name.text = %resource.contact[1].name.text)',
    'descendants().all(%resource.contact[0].name.text >= %resource.contact[1].name.text)',
    'descendants().all(%resource.contact[0].name.text ~ %resource.contact[1].name.text)',
    "descendants().where(%resource.contact[0].name.text.upper() = 'B').exists()",
    'descendants().where(%resource.name.given.empty()).exists()',
    'descendants().where(%resource.telecom.tail().tail().skip(1).empty()).exists()',
    'descendants().where(%resource.telecom.exclude(%resource.name).empty()).exists()',
    'descendants().where(%resource.telecom.ofType(HumanName).exists()).exists()',
    "descendants().where(%resource.name.given.join('').contains('b')).exists()",
    "descendants().where(%resource.name.given.combine('a').isDistinct()).exists()",
    "descendants().where(%resource.extension.value.first() > 1 'kg').exists()",
    "extension.where(%resource.extension.where(value > 1 'm').empty()).exists()",
    'name.select(%resource.name.select(%resource.name.select(%resource.name))).count() > 1',
    'name.select(%resource.name.select(%resource.name)).distinct().count() > 1',
    'name.select(%resource.name.given.first().toChars()).combine(name).count() = 1 or descendants().all(name.empty())',
  ])('%s', (expression) => {
    const native = compileNative(expression, { type: 'Patient', definitions })!
    const environment = { resource: wide, rootResource: wide, spend: createBudget(steps) }
    const start = process.cpuUsage()
    expect(() => {
      for (let i = 0; i < 20; i++) native.test(wide, environment)
    }).toThrow(FhirPathBudgetError)
    expect(millisecondsSince(start)).toBeLessThan(mostMilliseconds)
  })
})

describe('a pattern that backtracks takes time in proportion to the text', () => {
  test.each([
    "matches('(a*)*b')",
    "matches('^(a+)+$$b')",
    "matches('(a|a)*b')",
    "matches('(a|aa)+$b')",
    "matches('a*a*a*a*a*b')",
    "matches('(a?){40}a{40}b')",
    "matches('(.*)(.*)(.*)(.*)(.*)(.*)b')",
    "matchesFull('(a+)+b')",
    "replaceMatches('(a+)+b', 'c').contains('c')",
    "replaceMatches('(a|a)*b', '').empty()",
    "matches('((((a*)*)*)*)*b')",
    "matches('(a{1,50}){1,50}b')",
  ])('%s', (call) => {
    const resource = { resourceType: 'Patient', name: [{ text: 'a'.repeat(3000) }, { text: 'a'.repeat(100) }] }
    const start = process.cpuUsage()
    for (const index of [0, 1]) {
      const native = compileNative(`name[${index}].text.${call}`, { type: 'Patient', definitions })!
      const environment = { resource, rootResource: resource, spend: createBudget(steps) }
      expect(withinBudget(() => native.test(resource, environment))).not.toBe(true)
    }
    expect(millisecondsSince(start)).toBeLessThan(mostMilliseconds)
  })
})

describe('an expression that is too large or none is not compiled', () => {
  const nested = (open: string, close: string, count: number) => `${open.repeat(count)}1${close.repeat(count)}`

  test.each([
    nested('(', ')', 100_000),
    nested('(', ')', 5000),
    nested('(1 + ', ')', 3000),
    nested('a.where(', ')', 1000),
    nested('{', '}', 100_000),
    nested('iif(', ', 1, 2)', 1000),
    '-'.repeat(5000).concat('1'),
    '/*'.repeat(9000),
    "'".concat('\\'.repeat(19_000)),
    `'${'a'.repeat(100_000)}'`,
    Array.from({ length: 5000 }, () => 'a').join('.'),
    Array.from({ length: 5000 }, () => '1').join('+'),
    Array.from({ length: 3000 }, () => 'a').join('['),
    "'a",
    'a..b',
    'a b',
    '',
    '#',
    '1 is',
    '\0',
    '\u{1f600}',
  ])('case %#', (expression) => {
    const start = process.cpuUsage()
    expect(compileNative(expression, { type: 'Patient', definitions })).toBeUndefined()
    expect(millisecondsSince(start)).toBeLessThan(mostMilliseconds)
  })

  test('an expression just as deep as is allowed is', () => {
    expect(compileNative(nested('(', ')', 100), { type: 'Patient', definitions })).toBeDefined()
  })
})

describe('a resource that is no FHIR is survived', () => {
  const broken = {
    resourceType: 'Patient',
    name: [[['a']], null, 5, 'b'],
    birthDate: { a: [] },
    active: [],
  } as JsonObject

  test('where elements are of other kinds', () => {
    const expression = 'name.given.exists() or birthDate < today() or active or descendants().empty()'
    expect(verdictOn(expression, 'Patient', broken)).toBe(undefined)
  })

  test('where it is nested deeper than the stack', () => {
    let deep: JsonObject = { resourceType: 'Patient' }
    for (let i = 0; i < 50_000; i++) deep = { resourceType: 'Patient', contained: [deep] }
    expect(verdictOn('descendants().exists()', 'Patient', deep)).toBe(true)
    expect(verdictOn('contained.isDistinct() and contained = contained', 'Patient', deep)).toBe(true)
    expect(verdictOn('contained ~ %resource.contained.contained', 'Patient', deep, deep)).toBe(undefined)
  })
})

function withinBudget(run: () => boolean | undefined): boolean | undefined {
  try {
    return run()
  } catch (error) {
    if (error instanceof FhirPathBudgetError) return undefined
    throw error
  }
}

function millisecondsSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1000
}
