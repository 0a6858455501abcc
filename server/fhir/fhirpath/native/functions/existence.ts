/** https://hl7.org/fhirpath/N1/#existence */
import { spendFor } from '../budget.ts'
import type { CompileCall } from '../compiled.ts'
import { argument, booleanType, forEachItem, integerType, ofCount, ofInput, projection } from '../compiled.ts'
import type { Functions } from '../functions.ts'
import { distinct, isDistinct, keysOf } from '../sets.ts'
import type { Value } from '../values.ts'
import { countOf, isList, isPrimitive, itemsOf, truth } from '../values.ts'

const existsWhere: CompileCall = (call) => {
  const { run } = call.input
  const criteria = projection(call)
  return {
    types: booleanType,
    run: (self, scope) => {
      let found = false
      forEachItem(run(self, scope), scope, (item) => {
        found = truth(criteria.run(item, scope)) === true
        return !found
      })
      return found
    },
  }
}

const all: CompileCall = (call) => {
  const { run } = call.input
  const criteria = projection(call)
  return {
    types: booleanType,
    run: (self, scope) => {
      let holds = true
      forEachItem(run(self, scope), scope, (item) => {
        holds = truth(criteria.run(item, scope)) === true
        return holds
      })
      return holds
    },
  }
}

/** `some`: one item of that value is enough; otherwise all must have it. */
function booleans(wanted: boolean, some: boolean): CompileCall {
  return ofInput(booleanType, (value, { environment: { spend } }) => {
    spendFor(spend, countOf(value))
    const isWanted = (item: Value) => truth(item) === wanted
    return some ? itemsOf(value).some(isWanted) : itemsOf(value).every(isWanted)
  })
}

function subset(reversed: boolean): CompileCall {
  return (call) => {
    const { input } = call
    const other = argument(call, 0)
    return {
      types: booleanType,
      run: (self, scope) => {
        const mine = keysOf(input.run(self, scope), input.types, scope)
        const theirs = keysOf(other.run(self, scope), other.types, scope)
        return reversed ? theirs.isSubsetOf(mine) : mine.isSubsetOf(theirs)
      },
    }
  }
}

/** Functions that tell whether and how many. */
export const existenceFunctions: Functions = {
  'empty/0': ofCount(booleanType, 1, (count) => count === 0),
  'exists/0': ofCount(booleanType, 1, (count) => count > 0),
  'exists/1': existsWhere,
  'not/0': ofInput(booleanType, (value) => {
    const answer = truth(value)
    return answer === undefined ? undefined : !answer
  }),
  'all/1': all,
  'allTrue/0': booleans(true, false),
  'allFalse/0': booleans(false, false),
  'anyTrue/0': booleans(true, true),
  'anyFalse/0': booleans(false, true),
  'count/0': ofCount(integerType, Number.POSITIVE_INFINITY, (count) => count),
  'subsetOf/1': subset(false),
  'supersetOf/1': subset(true),
  'distinct/0': ({ input: { types, run } }) => ({
    types,
    run: (self, scope) => distinct(run(self, scope), types, scope),
  }),
  'isDistinct/0': ({ input: { types, run } }) => ({
    types: booleanType,
    run: (self, scope) => isDistinct(run(self, scope), types, scope),
  }),
  'hasValue/0': ofInput(booleanType, (value) => {
    if (typeof value !== 'object') return value !== undefined
    if (isList(value)) return value.length === 1 && isPrimitive(value[0]!)
    return isPrimitive(value)
  }),
}
