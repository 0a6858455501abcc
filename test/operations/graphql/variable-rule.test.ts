import { parse, validate } from 'graphql'
import { expect, test } from 'vitest'
import { variablesFit } from '../../../server/operations/graphql/variable-rule.ts'
import { schemas } from './test-schema.ts'

test.each([
  ['ID!', 'Patient(id: $v)', true],
  ['String!', 'Patient(id: $v)', true],
  ['code!', 'Patient(id: $v)', true],
  ['String = "x"', 'Patient(id: $v)', true],
  ['String', 'Patient(id: $v)', false],
  ['Boolean!', 'Patient(id: $v)', false],
  ['[String!]!', 'Patient(id: $v)', false],
  ['String', 'PatientList(name: $v)', true],
  ['[String!]', 'PatientList(name: $v)', true],
  ['[ID]!', 'PatientList(gender: $v)', true],
  ['date', 'PatientList(gender: $v)', true],
  ['String', 'PatientList(birthdate: [$v, "ge2020"])', true],
  ['Int', 'PatientList(birthdate: $v)', false],
  ['Int', 'PatientList(_count: $v)', true],
  ['Int!', 'PatientList(_count: $v)', true],
  ['String', 'PatientList(_count: $v)', false],
  ['[Int]', 'PatientList(_count: $v)', false],
  ['Missing', 'PatientList(_count: $v)', true],
])('a variable of type %s in %s: %s', (type, field, allowed) => {
  const document = parse(`query ($v: ${type}) { ${field} { id } }`)
  expect(validate(schemas.system, document, [variablesFit]).length === 0).toBe(allowed)
})
