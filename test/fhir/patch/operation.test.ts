import { expect, test } from 'vitest'
import { createMeter } from '../../../server/fhir/fhirpath.ts'
import { readPatchOperations } from '../../../server/fhir/patch/operation.ts'
import { parameters } from '../../support/patch-cases.ts'

test('operations are read in order, with their parts', () => {
  const patch = parameters(
    { type: 'move', path: 'Patient.name', source: 2, destination: 1 },
    { type: 'insert', path: 'Patient.name', index: { valueUnsignedInt: 3 }, value: { valueHumanName: { text: 'x' } } },
    { type: { valueString: 'add' }, path: 'Patient', name: { valueCode: 'name' }, value: { part: [] } },
  )
  expect(readPatchOperations(patch, createMeter())).toMatchObject([
    { type: 'move', path: 'Patient.name', source: 2, destination: 1 },
    { type: 'insert', index: 3, value: { name: 'value', valueHumanName: { text: 'x' } } },
    { type: 'add', name: 'name', path: 'Patient', value: { part: [] } },
  ])
})

test('a patch without operations changes nothing', () => {
  expect(readPatchOperations({ resourceType: 'Parameters' }, createMeter())).toEqual([])
})

test('faults carry the code, the position, the type and the path', () => {
  const [, second] = readPatchOperations(
    parameters({ type: 'delete', path: 'Patient.name' }, { type: 'delete', path: 'Patient.photo' }),
    createMeter(),
  )
  expect(second!.failed('it is so').issues).toEqual([
    { code: 'patch-failed', params: { reason: 'Operation 1 (delete): it is so.' }, expression: 'Patient.photo' },
  ])
  expect(second!.invalid('it is so').status).toBe(400)
  expect(second!.failed('it is so').status).toBe(422)
})
