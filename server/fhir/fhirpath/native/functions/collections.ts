/** https://hl7.org/fhirpath/N1/#filtering-and-projection, #subsetting and #combining */
import { ExpressionError } from '../../expression-error.ts'
import { spendForItems } from '../budget.ts'
import { keyOf } from '../comparison.ts'
import type { Call, CompileCall, Compiled } from '../compiled.ts'
import { argument, forEachItem, projection } from '../compiled.ts'
import type { Functions } from '../functions.ts'
import { distinct, keysOf, together, unionOf } from '../sets.ts'
import { asType, isType, typeArgument } from '../type-tests.ts'
import { anyType } from '../types.ts'
import type { Item, Scope, Value } from '../values.ts'
import { append, collected, countOf, fault, isList, itemsOf, numberOf, truth } from '../values.ts'

const where: CompileCall = (call) => {
  const { types, run } = call.input
  const criteria = projection(call)
  return {
    types,
    run: (self, scope) => {
      const value = run(self, scope)
      if (value === undefined) return undefined
      const found: Item[] = []
      forEachItem(value, scope, (item) => {
        if (truth(criteria.run(item, scope)) === true) found.push(item)
        return true
      })
      return collected(found)
    },
  }
}

const select: CompileCall = (call) => {
  const { run } = call.input
  const projected = projection(call)
  return {
    types: projected.types,
    run: (self, scope) => {
      const value = run(self, scope)
      if (value === undefined) return undefined
      const found: Item[] = []
      forEachItem(value, scope, (item) => {
        const part = projected.run(item, scope)
        spendForItems(scope.environment.spend, countOf(part))
        append(found, part)
        return true
      })
      return collected(found)
    },
  }
}

/** Without items of its own, the projection is what decides: items that were found before are not followed again. */
const repeat: CompileCall = (call) => {
  const { run, types } = call.input
  const first = projection(call)
  const same = first.types.length === 1 && first.types[0] === types[0]
  const again = same ? first : call.site.compile(call.args[0]!, first.types)
  return {
    types: again.types,
    run: (self, scope) => {
      const known = new Set<string>()
      const found: Item[] = []
      const follow = (value: Value, projected: Compiled) =>
        forEachItem(value, scope, (item) => {
          for (const next of itemsOf(projected.run(item, scope))) {
            scope.environment.spend()
            const key = keyOf(next, projected.types, scope.environment.spend)
            if (!known.has(key)) found.push(next)
            known.add(key)
          }
          return true
        })
      follow(run(self, scope), first)
      for (let i = 0; i < found.length; i++) follow(found[i], again)
      return collected(found)
    },
  }
}

/** Items from one position up to another. */
function slice(bounds: (count: number) => readonly [number, number]): CompileCall {
  return ({ input: { types, run } }) => ({ types, run: (self, scope) => sliced(run(self, scope), bounds, scope) })
}

function sliceBy(bounds: (count: number, by: number) => readonly [number, number]): CompileCall {
  return (call) => {
    const { types, run } = call.input
    const by = argument(call, 0)
    return {
      types,
      run: (self, scope) => {
        const number = numberOf(by.run(self, scope))
        return number === undefined ? undefined : sliced(run(self, scope), (count) => bounds(count, number), scope)
      },
    }
  }
}

function sliced(value: Value, bounds: (count: number) => readonly [number, number], scope: Scope): Value {
  const count = countOf(value)
  const [start, end] = bounds(count)
  if (start <= 0 && end >= count) return value
  const part = itemsOf(value).slice(Math.max(0, start), Math.max(0, end))
  spendForItems(scope.environment.spend, part.length)
  return collected(part)
}

/** Keeps the items that another collection has, or those that it has not. */
function filterBy(present: boolean, once: boolean): CompileCall {
  return (call) => {
    const { types, run } = call.input
    const other = argument(call, 0)
    return {
      types,
      run: (self, scope) => {
        const keys = keysOf(other.run(self, scope), other.types, scope)
        const { spend } = scope.environment
        const kept = itemsOf(run(self, scope)).filter((item) => {
          spend()
          return keys.has(keyOf(item, types, spend)) === present
        })
        return once ? distinct(collected(kept), types, scope) : collected(kept)
      },
    }
  }
}

const combine: CompileCall = (call) => {
  const other = argument(call, 0)
  const { types, of } = together(call.input, other)
  return {
    types,
    run: (self, scope) => {
      return collected(of(call.input.run(self, scope), other.run(self, scope), scope.environment.spend))
    },
  }
}

/** The branch that is not chosen is not evaluated. All see the input as `$this`. */
const iif: CompileCall = (call) => {
  const { input } = call
  const condition = projection(call)
  const yes = projection(call, 1)
  const no = call.args.length > 2 ? projection(call, 2) : undefined
  const { types, of } = together(yes, no ?? yes)
  return {
    types,
    run: (self, scope) => {
      const value = input.run(self, scope)
      const { spend } = scope.environment
      if (truth(condition.run(value, scope)) === true) return collected(of(yes.run(value, scope), undefined, spend))
      return no ? collected(of(undefined, no.run(value, scope), spend)) : undefined
    },
  }
}

/** https://hl7.org/fhirpath/N1/#aggregateaggregator-expression-init-value-value */
const aggregate: CompileCall = (call) => {
  const { input, site, args } = call
  const initial = args.length > 1 ? argument(call, 1) : undefined
  const step = site.compile(args[0]!, input.types, anyType)
  return {
    types: anyType,
    run: (self, scope) => {
      const outer = scope.total
      const value = input.run(self, scope)
      scope.total = initial?.run(self, scope)
      forEachItem(value, scope, (item) => {
        scope.total = step.run(item, scope)
        spendForItems(scope.environment.spend, countOf(scope.total))
        return true
      })
      const result = scope.total
      scope.total = outer
      return result
    },
  }
}

const defineVariable: CompileCall = (call) => {
  const { input, site, args } = call
  const [name] = args
  if (name?.kind !== 'literal' || name.type !== 'String') throw new ExpressionError('a variable needs a name')
  const value = args.length > 1 ? projection(call, 1) : input
  site.variables.set(name.text, value.types)
  return {
    types: input.types,
    run: (self, scope) => {
      const own = input.run(self, scope)
      variablesOf(scope).set(name.text, args.length > 1 ? value.run(own, scope) : own)
      return own
    },
  }
}

function variablesOf(scope: Scope): Map<string, Value> {
  scope.variables ??= new Map()
  return scope.variables
}

const passed: CompileCall = ({ input }) => input

function typed(compile: (input: Compiled, name: string, call: Call) => Compiled): CompileCall {
  return (call) => compile(call.input, typeArgument(call), call)
}

/** Functions that filter, project, take parts and combine. */
export const collectionFunctions: Functions = {
  'where/1': where,
  'select/1': select,
  'repeat/1': repeat,
  'ofType/1': typed((input, name, { site }) => asType(input, name, site.definitions)),
  'as/1': typed((input, name, { site }) => asType(input, name, site.definitions)),
  'is/1': typed((input, name, { site }) => isType(input, name, site.definitions)),
  'first/0': slice(() => [0, 1]),
  'last/0': slice((count) => [count - 1, count]),
  'tail/0': slice((count) => [1, count]),
  'skip/1': sliceBy((count, by) => [by, count]),
  'take/1': sliceBy((_count, by) => [0, by]),
  'single/0': ({ input: { types, run } }) => ({
    types,
    run: (self, scope) => {
      const value = run(self, scope)
      if (isList(value) && value.length > 1) throw fault
      return value
    },
  }),
  'intersect/1': filterBy(true, true),
  'exclude/1': filterBy(false, false),
  'union/1': (call) => unionOf(call.input, argument(call, 0)),
  'combine/1': combine,
  'iif/2': iif,
  'iif/3': iif,
  'aggregate/1': aggregate,
  'aggregate/2': aggregate,
  'defineVariable/1': defineVariable,
  'defineVariable/2': defineVariable,
  'trace/1': passed,
  'trace/2': passed,
}
