import { expect, test } from 'vitest'
import { expressionFault, unreadable } from '../../../server/fhir/fhirpath/expression-fault.ts'
import { createBudget, FhirPathBudgetError } from '../../../server/fhir/fhirpath/native/budget.ts'
import { definitions } from '../../cases/sources.ts'

test.each([
  ['name.exists()', 'Patient', undefined],
  ['name.exists(', 'Patient', 'the expression is not complete'],
  ['name.foo()', 'Patient', 'there is no function foo() with 0 arguments'],
  ['name.where()', 'Patient', 'there is no function where() with 0 arguments'],
  ['%size > 1', 'Patient', 'there is no variable %size'],
  ['name exists', 'Patient', "'exists' is not expected there"],
  // What only the full engine knows, and what takes terminology.
  ['birthDate.lowBoundary().exists()', 'Patient', undefined],
  ["gender.memberOf('http://hl7.org/fhir/ValueSet/administrative-gender')", 'Patient', undefined],
])('%s on %s is unreadable: %s', (expression, type, fault) => {
  expect(unreadable(expression, type, definitions)).toBe(fault)
})

test.each([
  ['nmae.exists()', 'Patient', "there is no element 'nmae' in Patient"],
  ['name.where(gvien.exists())', 'Patient', "there is no element 'gvien' in HumanName"],
  ['value.unitt.exists()', 'Observation', "there is no element 'unitt' in Quantity or CodeableConcept or string or …"],
  ['value.unit.exists()', 'Observation', undefined],
  ['value.ofType(Quantity).unitt.exists()', 'Observation', "there is no element 'unitt' in Quantity"],
  ['name.first().given', 'Patient.contact', undefined],
  ['birthDate.value.exists()', 'Patient', undefined],
  ['contained.name.exists()', 'Patient', undefined],
  ['subject.resolve().colour.exists()', 'Observation', undefined],
  ['anything.at.all', '', undefined],
])('%s on %s names what is not there: %s', (expression, type, fault) => {
  expect(expressionFault(expression, type, definitions, () => {})).toBe(fault)
})

test('Many expressions take too much, those that the full engine has to read more', () => {
  const count = (expression: string) => {
    const spend = createBudget(5_000)
    for (let read = 0; ; read++) {
      try {
        expressionFault(expression, 'Patient', definitions, spend)
      } catch (error) {
        expect(error).toBeInstanceOf(FhirPathBudgetError)
        return read
      }
    }
  }
  expect(count('name.exists()')).toBe(384)
  expect(count('birthDate.lowBoundary().exists()')).toBe(4)
})
