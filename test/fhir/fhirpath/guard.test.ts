import { describe, expect, test } from 'vitest'
import type { PathNode, SyntaxNode } from '../../../server/fhir/fhirpath/guard.ts'
import { comparedOperands, createGuard, createSpend, unwrap } from '../../../server/fhir/fhirpath/guard.ts'

const node = (data: unknown, parent: PathNode | null = null, propName: string | null = null): PathNode => ({
  data,
  _data: null,
  parentResNode: parent,
  propName,
  index: null,
  path: null,
})
const member: SyntaxNode = { type: 'MemberInvocation', text: 'a', start: { line: 1, column: 1 } }
const call = (name: string): SyntaxNode => ({ type: 'Functn', text: name })
const guardWith = (steps: number) =>
  createGuard(
    createSpend(steps),
    () => false,
    () => false,
  )

test('spending ends in an error', () => {
  const spend = createSpend(10)
  spend(10)
  expect(() => spend(1)).toThrow('too many steps')
})

describe('after a step', () => {
  test('every item of the result is paid for, long texts more', () => {
    expect(() => guardWith(3)(undefined, [], [1, 2], member)).not.toThrow()
    expect(() => guardWith(2)(undefined, [], [1, 2], member)).toThrow('too many steps')
    expect(() => guardWith(1_000)(undefined, [], ['x'.repeat(1_000_000)], member)).toThrow('too many steps')
  })

  test('what is no element of the resource is removed from the result', () => {
    const resource = node({ id: 'p1', constructor: 'own' })
    const id = node('p1', resource, 'id')
    const result = [
      resource,
      id,
      node(2, id, 'length'),
      node(Object, resource, 'toString'),
      node('own', resource, 'constructor'),
    ]
    guardWith(100)(undefined, [], result, member)
    expect(result.map(unwrap)).toEqual([resource.data, 'p1', 'own'])
  })

  test('extensions of a primitive are elements', () => {
    const id = { ...node('p1', node({}), 'id'), _data: { extension: [] } }
    const result = [node({ url: 'x' }, id, 'extension')]
    guardWith(100)(undefined, [], result, member)
    expect(result).toHaveLength(1)
  })

  test('a Long that no longer fits is refused', () => {
    expect(() => guardWith(100)(undefined, [], [2n ** 64n], member)).toThrow('a Long number overflows')
  })
})

describe('before a call', () => {
  test.each([
    ['distinct', Array(100).fill('x'), 1_000],
    ['encode', ['x'.repeat(2_000)], 1_000],
    ['sort', Array(100).fill('x'), 1_000],
  ])('%s is paid for by the size of its input', (name, focus, steps) => {
    expect(() => guardWith(steps)(undefined, focus, [name], call(name))).toThrow('too many steps')
    expect(() => guardWith(3 * steps)(undefined, focus, [name], call(name))).not.toThrow()
  })

  test('other functions cost nothing in advance', () => {
    expect(() => guardWith(0)(undefined, Array(100).fill('x'), ['first'], call('first'))).not.toThrow()
  })
})

test('operands of a comparison are paid for by pairs', () => {
  const literal = (column: number): SyntaxNode => ({ type: 'LiteralTerm', start: { line: 1, column } })
  const union: SyntaxNode = {
    type: 'UnionExpression',
    start: { line: 1, column: 3 },
    children: [literal(1), literal(5)],
  }
  const compared = comparedOperands({ type: 'EntireExpression', children: [union] })
  expect([1, 5, 9].map((column) => compared(literal(column)))).toEqual([true, true, false])
  const guard = createGuard(createSpend(1_000), compared, () => false)
  expect(() => guard(undefined, [], Array(100).fill(1), literal(9))).not.toThrow()
  expect(() => guard(undefined, [], Array(100).fill(1), literal(5))).toThrow('too many steps')
})
