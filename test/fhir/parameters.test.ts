import { describe, expect, test } from 'vitest'
import { type JsonObject, parseJson } from '../../server/fhir/json.ts'
import { OutcomeError } from '../../server/fhir/outcome.ts'
import {
  booleanParameter,
  checkParameterNames,
  complexParameter,
  numberParameter,
  parameterList,
  parametersFromQuery,
  parametersResource,
  resourceParameter,
  textParameter,
  textParameters,
} from '../../server/fhir/parameters.ts'

const parameters = parametersResource([
  { name: 'mode', valueCode: 'update' },
  { name: 'limit', valueInteger: 5 },
  { name: 'exact', valueDecimal: parseJson('1.00') },
  { name: 'all', valueBoolean: true },
  { name: 'meta', valueMeta: { tag: [{ code: 'x' }] } },
  { name: 'resource', resource: { resourceType: 'Patient' } },
  { name: 'type', valueCode: 'Patient' },
  { name: 'type', valueCode: 'Observation' },
])

describe('a parameter', () => {
  test('is read as text whatever its type', () => {
    const read = (name: string) => textParameter(parameters, name)
    expect(['mode', 'limit', 'exact', 'all', 'absent'].map(read)).toEqual(['update', '5', '1.00', 'true', undefined])
  })

  test('is read as what it must be', () => {
    expect(booleanParameter(parameters, 'all')).toBe(true)
    expect(numberParameter(parameters, 'limit', 1, 10)).toBe(5)
    expect(complexParameter(parameters, 'meta', 'Meta')).toEqual({ tag: [{ code: 'x' }] })
    expect(resourceParameter(parameters, 'resource')).toEqual({ resourceType: 'Patient' })
    expect(textParameters(parameters, 'type')).toEqual(['Patient', 'Observation'])
  })

  test('may come from a query, without those that choose the form of the reply', () => {
    const fromQuery = parametersFromQuery('mode=update&limit=5&_format=json&_pretty=true')
    expect(parameterList(fromQuery).map(({ name }) => name)).toEqual(['mode', 'limit'])
    expect(numberParameter(fromQuery, 'limit', 1, 10)).toBe(5)
    expect(parametersFromQuery('')).toEqual({ resourceType: 'Parameters' })
  })

  test.each<[string, () => unknown, string]>([
    ['that is no boolean', () => booleanParameter(parameters, 'mode'), "'mode' must be true or false"],
    ['beyond its range', () => numberParameter(parameters, 'limit', 1, 4), 'from 1 to 4'],
    ['that is no number', () => numberParameter(parameters, 'mode', 1, 4), 'from 1 to 4'],
    ['without its value', () => complexParameter(parameters, 'mode', 'Meta'), 'must have a valueMeta'],
    ['without a resource', () => resourceParameter(parameters, 'mode'), 'must hold a resource'],
    ['without a simple value', () => textParameter(parameters, 'meta'), 'simple value'],
    ['that is repeated', () => textParameter(parameters, 'type'), 'once only'],
    ['that is unknown', () => checkParameterNames(parameters, ['mode']), "no parameter 'limit'. It takes mode."],
    ['in no list', () => parameterList({ parameter: 'x' } as JsonObject), 'must be a list'],
    ['without a name', () => parameterList({ parameter: [{ valueString: 'x' }] } as JsonObject), 'have a name'],
  ])('%s is refused', (_case, work, message) => {
    expect(work).toThrow(OutcomeError)
    expect(work).toThrow(message)
  })
})
