/** What syntax is compiled to, and what compiling it needs to know. */
import type { Definitions } from '../../definitions.ts'
import { ExpressionError } from '../expression-error.ts'
import type { Spend } from './budget.ts'
import type { Syntax } from './parse.ts'
import type { Types } from './types.ts'
import type { Item, Scope, Value } from './values.ts'
import { countOf, itemsOf } from './values.ts'

/** Evaluates a part of an expression. */
export type Run = (self: Value, scope: Scope) => Value

/** Counts up to `enough`; more items than that may be counted or not. */
export type Count = (self: Value, scope: Scope, enough: number) => number

/** A compiled part of an expression. */
export interface Compiled {
  readonly types: Types
  /** `self` is `$this`, which may be any collection. */
  readonly run: Run
  /** How many items there are, where they can be counted without making them. */
  readonly count?: Count
  /** The same for every input. */
  readonly constant?: boolean
  /** The same, of a choice element, with values of some types alone. */
  readonly narrow?: (accepts: (type: string) => boolean) => Compiled | undefined
}

/** Takes a name that the items of none of the types have an element of. */
export type UnknownName = (name: string, types: Types) => void

/** Where in an expression a part of it stands. */
export interface Site {
  readonly definitions: Definitions
  /** The types of `$this`. */
  readonly types: Types
  readonly contextTypes: Types
  readonly resourceTypes: Types
  /** Types of the variables that the expression defines. */
  readonly variables: Map<string, Types>
  readonly totalTypes: Types
  /** Counts the parts that are compiled. */
  readonly spend: Spend
  readonly unknownName?: UnknownName
  /** Compiles a part; `types` are those of its `$this` where they are others. */
  readonly compile: (syntax: Syntax, types?: Types, totalTypes?: Types) => Compiled
}

/** A call of a function: `input` is what stands before the dot. */
export interface Call {
  readonly name: string
  readonly input: Compiled
  readonly args: readonly Syntax[]
  readonly site: Site
}

/** How calls of a function are compiled. */
export type CompileCall = (call: Call) => Compiled

/** Of all that answers true or false. */
export const booleanType: Types = ['System.Boolean']
/** Of counts and positions. */
export const integerType: Types = ['System.Integer']
/** Of texts that are made. */
export const stringType: Types = ['System.String']

/** An argument that is evaluated once, outside of the input's items; a fault of the expression where it is absent. */
export function argument({ args, site, name }: Call, index: number): Compiled {
  const syntax = args[index]
  if (!syntax) throw new ExpressionError(`${name}() takes more arguments`)
  return site.compile(syntax)
}

/** An argument that is evaluated for every item of the input. */
export function projection({ args, site, name, input }: Call, index = 0): Compiled {
  const syntax = args[index]
  if (!syntax) throw new ExpressionError(`${name}() takes more arguments`)
  return site.compile(syntax, input.types)
}

/** Calls `visit` for every item until it answers false; `$index` counts. */
export function forEachItem(value: Value, scope: Scope, visit: (item: Item) => boolean): void {
  if (value === undefined) return
  const outer = scope.index
  scope.index = 0
  if (!Array.isArray(value)) visit(value as Item)
  else {
    for (const item of itemsOf(value)) {
      scope.environment.spend()
      if (!visit(item)) break
      scope.index++
    }
  }
  scope.index = outer
}

/** A function of how many items the input has; `enough` is the number that makes no difference to a larger one. */
export function ofCount(types: Types, enough: number, compute: (count: number) => Value): CompileCall {
  return ({ input: { run, count } }) => ({
    types,
    run: count
      ? (self, scope) => compute(count(self, scope, enough))
      : (self, scope) => compute(countOf(run(self, scope))),
  })
}

/** A function of the input alone. */
export function ofInput(types: Types, compute: (value: Value, scope: Scope) => Value): CompileCall {
  return ({ input: { run } }) => ({ types, run: (self, scope) => compute(run(self, scope), scope) })
}
