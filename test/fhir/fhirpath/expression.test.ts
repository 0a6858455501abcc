import { expect, test } from 'vitest'
import { prepareExpression, splitLastName } from '../../../server/fhir/fhirpath/expression.ts'
import { ExpressionError } from '../../../server/fhir/fhirpath/expression-error.ts'

test.each([
  ['Patient.name.given', 'Patient.name.given'],
  ['text.div', 'text.`div`'],
  ['text.div.exists() and a.day = 1 day', 'text.`div`.exists() and a.`day` = 1 day'],
  ['10 div 3', '10 div 3'],
  ['(value as Quantity).unit', '(value .ofType(Quantity)).unit'],
  ['value as FHIR.Quantity', 'value .ofType(FHIR.Quantity)'],
  ['value.as(Quantity)', 'value.ofType(Quantity)'],
  ['a | b as string', 'a | b .ofType(string)'],
  ["a = 'as' and b as string", "a = 'as' and b .ofType(string)"],
  ['a[0] as string', 'a[0] .ofType(string)'],
  ['where(b as string).c', 'where(b .ofType(string)).c'],
  ['a + b as string', 'a + b as string'],
  ['(a + b) as string', '(a + b) .ofType(string)'],
  ['a + b contains c as string', 'a + b contains c .ofType(string)'],
  ['as.as as string', 'as.as .ofType(string)'],
  ["'x as T' // y as T", "'x as T' // y as T"],
])('%s is compiled as %s', (expression, text) => {
  expect(prepareExpression(expression).text.replace('ofType( ', 'ofType(')).toBe(text)
})

test.each<[string, string[]]>([
  ["%a + %`b-c` + %'d'", ['a', 'b-c', 'd']],
  ["defineVariable('a', 1).select(%a + %b)", ['b']],
  ["'%a' // %b", []],
])('the variables of %s are %j', (expression, variables) => {
  expect(prepareExpression(expression).variables).toEqual(variables)
})

test.each([
  ['a.contains(b)', undefined],
  ['a contains (b)', undefined],
  ['a and (b or (c))', undefined],
  ['a.where(is(Patient))', undefined],
  ['coalesce(a, b, c, d, e)', undefined],
  ['a.sort(b, -c, d, e desc)', undefined],
  ['{}', undefined],
  ['a.contains()', 'contains() does not take 0 arguments'],
  ['a.where(b, c)', 'where() does not take 2 arguments'],
  ['a.where(f(g(1, 2), 3))', 'there is no function g()'],
  ['a.`where`(b, c)', 'where() does not take 2 arguments'],
  ['hasOwnProperty', "'hasOwnProperty' is not an element"],
  ["1 'mg'", undefined],
  [`1 '${'m'.repeat(80)}'`, 'the unit of a quantity is too long'],
])('%s is used or refused: %s', (expression, reason) => {
  if (reason === undefined) expect(() => prepareExpression(expression)).not.toThrow()
  else expect(() => prepareExpression(expression)).toThrow(new ExpressionError(reason))
})

test.each([
  ['Patient.name.given', { parent: 'Patient.name', name: 'given' }],
  ["Patient.name.where(use = 'official') . given", { parent: "Patient.name.where(use = 'official') ", name: 'given' }],
  ['Patient.text.`div`', { parent: 'Patient.text', name: 'div' }],
  ['identifier', { parent: '$this', name: 'identifier' }],
  ['Patient.name[0]', undefined],
  ['Patient.name.first()', undefined],
  ['a | b', undefined],
])('%s ends in %j', (expression, expected) => {
  expect(splitLastName(expression)).toEqual(expected)
})
