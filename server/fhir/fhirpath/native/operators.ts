/** Operators between two operands. https://hl7.org/fhirpath/N1/#operations */

import { arithmetic, joined } from './arithmetic.ts'
import { compareItems, equal, equivalent } from './comparison.ts'
import type { Compiled, Run } from './compiled.ts'
import { booleanType, stringType } from './compiled.ts'
import { compareMoments } from './moments.ts'
import { inSet, unionOf } from './sets.ts'
import { familyOf, onlyType } from './types.ts'
import type { Value } from './values.ts'
import { countOf, itemsOf, single, textOf, truth } from './values.ts'

type CompileOperator = (left: Compiled, right: Compiled) => Compiled

/** How an operator is compiled; undefined for one that does not exist. */
export function operatorOf(name: string): CompileOperator | undefined {
  return operators.get(name)
}

/** https://hl7.org/fhirpath/N1/#boolean-logic */
const and: CompileOperator = ({ run: left }, { run: right }) =>
  logical((self, scope) => {
    const first = truth(left(self, scope))
    if (first === false) return false
    const second = truth(right(self, scope))
    if (second === false) return false
    return first === undefined || second === undefined ? undefined : true
  })

const or: CompileOperator = ({ run: left }, { run: right }) =>
  logical((self, scope) => {
    const first = truth(left(self, scope))
    if (first === true) return true
    const second = truth(right(self, scope))
    if (second === true) return true
    return first === undefined || second === undefined ? undefined : false
  })

const xor: CompileOperator = ({ run: left }, { run: right }) =>
  logical((self, scope) => {
    const first = truth(left(self, scope))
    const second = truth(right(self, scope))
    return first === undefined || second === undefined ? undefined : first !== second
  })

const implies: CompileOperator = ({ run: left }, { run: right }) =>
  logical((self, scope) => {
    const first = truth(left(self, scope))
    if (first === false) return true
    const second = truth(right(self, scope))
    if (second === true) return true
    return first === undefined || second === undefined ? undefined : false
  })

const equality: CompileOperator = (left, right) => {
  const fast = sameText(left, right) ?? sameText(right, left)
  if (fast) return logical(fast)
  return logical((self, scope) => {
    const first = left.run(self, scope)
    const second = right.run(self, scope)
    if (typeof first === 'boolean' && typeof second === 'boolean') return first === second
    return equal(first, left.types, second, right.types, scope.environment.spend)
  })
}

/** Most comparisons are of a code with a literal. */
function sameText({ types, run }: Compiled, other: Compiled): Run | undefined {
  if (!other.constant || onlyType(other.types) !== 'System.String') return undefined
  const expected = other.run(undefined, undefined as never)
  const only = onlyType(types)
  if (only === undefined || familyOf(only) !== 'text') return undefined
  return (self, scope) => {
    const value = run(self, scope)
    if (typeof value === 'string') return value === expected
    return value === undefined ? undefined : equal(value, types, expected, other.types, scope.environment.spend)
  }
}

const inequality: CompileOperator = (left, right) => negated(equality(left, right))

const equivalence: CompileOperator = (left, right) =>
  logical((self, scope) =>
    equivalent(left.run(self, scope), left.types, right.run(self, scope), right.types, scope.environment.spend),
  )

function comparison(accepts: (order: number) => boolean): CompileOperator {
  return (left, right) => {
    const moments = isMoment(left) && isMoment(right)
    return logical((self, scope) => {
      const first = single(left.run(self, scope))
      const second = single(right.run(self, scope))
      if (first === undefined || second === undefined) return undefined
      if (typeof first === 'number' && typeof second === 'number') return accepts(first - second)
      const order =
        moments && typeof first === 'string' && typeof second === 'string'
          ? compareMoments(first, second)
          : compareItems(first, left.types, second, right.types, scope.environment.spend)
      return order === undefined ? undefined : accepts(order)
    })
  }
}

function isMoment({ types }: Compiled): boolean {
  const only = onlyType(types)
  return only !== undefined && familyOf(only) === 'moment'
}

const membership: CompileOperator = (left, right) => {
  const contains = inSet(right)
  return logical((self, scope) => {
    const item = single(left.run(self, scope))
    return item === undefined ? undefined : contains(item, left.types, self, scope)
  })
}

const concatenation: CompileOperator = ({ run: left }, { run: right }) => ({
  types: stringType,
  run: (self, scope) => {
    return joined(textOf(left(self, scope)) ?? '', textOf(right(self, scope)) ?? '', scope.environment.spend)
  },
})

const union: CompileOperator = (left, right) => {
  const { types, run } = unionOf(left, right)
  if (!left.constant || !right.constant) return { types, run }
  const value = run(undefined, { environment: { spend: () => {} } } as never)
  return { types, constant: true, run: () => value }
}

const operators = new Map<string, CompileOperator>(
  Object.entries({
    and,
    or,
    xor,
    implies,
    '=': equality,
    '!=': inequality,
    '~': equivalence,
    '!~': (left, right) => negated(equivalence(left, right)),
    '<': comparison((order) => order < 0),
    '>': comparison((order) => order > 0),
    '<=': comparison((order) => order <= 0),
    '>=': comparison((order) => order >= 0),
    in: membership,
    contains: (left, right) => membership(right, left),
    '|': union,
    '&': concatenation,
    '+': arithmetic('+'),
    '-': arithmetic('-'),
    '*': arithmetic('*'),
    '/': arithmetic('/'),
    div: arithmetic('div'),
    mod: arithmetic('mod'),
  }),
)

function logical(run: Run): Compiled {
  return { types: booleanType, run }
}

function negated({ run }: Compiled): Compiled {
  return logical((self, scope) => {
    const answer = run(self, scope)
    return answer === undefined ? undefined : !answer
  })
}

/** The items from `index` on, as many as `count`. https://hl7.org/fhirpath/N1/#index-integer-collection */
export function itemAt(value: Value, index: number): Value {
  if (countOf(value) <= index || index < 0) return undefined
  return itemsOf(value)[index]
}
