import { expect, test } from 'vitest'
import { ExpressionError } from '../../../server/fhir/fhirpath/expression-error.ts'

test('is an error whose message may be shown', () => {
  expect(new ExpressionError('the expression is empty')).toMatchObject({ message: 'the expression is empty' })
  expect(new ExpressionError('')).toBeInstanceOf(Error)
})
