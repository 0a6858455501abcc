import { GraphQLSchema, isInterfaceType, isObjectType, validateSchema } from 'graphql'
import { describe, expect, test } from 'vitest'
import { schemasFor } from '../../../server/operations/graphql/schema.ts'
import { definitions, indexes, schemas } from './test-schema.ts'

const { system, instance } = schemas

function fieldsOf(name: string) {
  const type = system.getType(name)
  if (!isObjectType(type) && !isInterfaceType(type)) throw new Error(`${name} has no fields`)
  return type.getFields()
}

const argumentsOf = (type: string, field: string) =>
  Object.fromEntries(fieldsOf(type)[field]!.args.map((argument) => [argument.name, String(argument.type)]))

describe('the schema', () => {
  test.each([
    ['for the system', system],
    ['for a patient', instance('Patient')],
  ])('%s is valid GraphQL', (_case, schema) => {
    expect(validateSchema(new GraphQLSchema({ ...schema.toConfig(), assumeValid: false }))).toEqual([])
  })

  test('is made once', () => {
    expect(schemasFor(definitions, indexes)).toBe(schemas)
    expect(instance('Patient')).toBe(instance('Patient'))
  })

  test('has every resource type, three ways', () => {
    const names = Object.keys(fieldsOf('Query'))
    expect(names).toHaveLength(3 * definitions.resourceTypes.length)
    for (const type of definitions.resourceTypes) {
      expect(names).toEqual(expect.arrayContaining([type, `${type}List`, `${type}Connection`]))
    }
  })

  test.each([
    ['Patient', 'resourceType', 'code'],
    ['Patient', 'id', 'ID'],
    ['Patient', 'name', '[HumanName]'],
    ['Patient', '_birthDate', 'ElementBase'],
    ['Patient', 'deceasedBoolean', 'Boolean'],
    ['Patient', 'contact', '[PatientContact]'],
    ['Patient', 'contained', '[Resource]'],
    ['Patient', 'ConditionList', '[Condition]'],
    ['Patient', 'ConditionConnection', 'ConditionConnection'],
    ['PatientContact', 'telecom', '[ContactPoint]'],
    ['HumanName', 'given', '[String]'],
    ['HumanName', '_given', '[ElementBase]'],
    ['Observation', 'valueQuantity', 'Quantity'],
    ['Observation', 'valueInteger', 'Int'],
    ['ObservationComponent', 'referenceRange', '[ObservationReferenceRange]'],
    ['Quantity', 'value', 'decimal'],
    ['Reference', 'resource', 'Resource'],
    ['BundleEntry', 'resource', 'Resource'],
    ['SubstanceAmount', 'amountText', 'String'],
    ['PatientEdge', 'resource', 'Patient'],
  ])('gives %s.%s the type %s', (type, field, expected) => {
    expect(String(fieldsOf(type)[field]!.type)).toBe(expected)
  })

  test.each([
    ['Narrative', '_div'],
    ['Patient', '_id'],
    ['Patient', 'OrganizationList'],
    ['HumanName', 'ConditionList'],
    ['Meta', 'project'],
  ])('has no %s.%s', (type, field) => {
    expect(fieldsOf(type)[field]).toBeUndefined()
  })

  test('names search parameters without dashes', () => {
    expect(argumentsOf('Query', 'ConditionList')).toMatchObject({
      clinical_status: '[token]',
      recorded_date: '[date]',
      subject: '[reference]',
      onset_info: '[String]',
      _id: '[token]',
      _lastUpdated: '[date]',
      _filter: 'String',
      _sort: 'String',
      _count: 'Int',
      fhirpath: 'String',
    })
    const observation = argumentsOf('Query', 'ObservationList')
    expect(observation).toMatchObject({ value_quantity: '[quantity]', code_value_quantity: '[composite]' })
    expect(argumentsOf('Query', 'LocationList')).toMatchObject({ near: '[special]' })
  })

  test.each([
    ['Query', 'ConditionList', [], ['_reference', '_cursor', '_include', '_query']],
    ['Query', 'ConditionConnection', ['_cursor', 'cursor'], ['_reference']],
    ['Patient', 'ConditionList', ['_reference', 'code'], ['_cursor']],
    ['Patient', 'ConditionConnection', ['_reference', 'code'], ['_cursor']],
    ['Patient', 'name', ['use', 'family', 'given', 'fhirpath', '_offset', '_count'], ['period']],
    ['Patient', 'maritalStatus', ['text', 'fhirpath'], ['_offset', '_count']],
    ['Patient', 'extension', ['url', 'fhirpath'], ['valueString']],
    ['Patient', 'contained', ['id', 'fhirpath'], []],
    ['HumanName', 'given', [], ['fhirpath', '_count']],
    ['Reference', 'resource', ['optional', 'type'], ['fhirpath']],
  ])('gives %s.%s its arguments', (type, field, present, absent) => {
    const names = Object.keys(argumentsOf(type, field))
    expect(names).toEqual(expect.arrayContaining(present))
    for (const name of absent) expect(names).not.toContain(name)
  })
})
