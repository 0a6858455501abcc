/** `is`, `as` and `ofType()`. https://hl7.org/fhirpath/N1/#types */
import type { Definitions } from '../../definitions.ts'
import { ExpressionError } from '../expression-error.ts'
import { spendFor } from './budget.ts'
import type { Call, Compiled } from './compiled.ts'
import { booleanType } from './compiled.ts'
import type { Syntax } from './parse.ts'
import { narrowed, onlyType, typeOf, typeTest } from './types.ts'
import { collected, isList, single } from './values.ts'

/** `x is T` */
export function isType({ types, run }: Compiled, name: string, definitions: Definitions): Compiled {
  const test = typeTest(name, definitions)
  return {
    types: booleanType,
    run: (self, scope) => {
      const item = single(run(self, scope))
      return item === undefined ? undefined : test(typeOf(item, types))
    },
  }
}

/** `x as T` and `x.ofType(T)`, which are one: R4's invariants apply `as` to collections. */
export function asType(input: Compiled, name: string, definitions: Definitions): Compiled {
  const test = typeTest(name, definitions)
  const direct = input.narrow?.(test)
  if (direct) return direct
  const { types, run } = input
  const only = onlyType(types)
  if (only !== undefined && test(only) && definitions.types.get(only)?.kind !== 'primitive') return input
  return {
    types: narrowed(types, name, definitions),
    run: (self, scope) => {
      const value = run(self, scope)
      if (value === undefined) return undefined
      if (isList(value)) {
        spendFor(scope.environment.spend, value.length)
        return collected(value.filter((item) => test(typeOf(item, types))))
      }
      return test(typeOf(value, types)) ? value : undefined
    },
  }
}

/** The type that an argument names: `Patient`, `FHIR.Patient`. */
export function typeArgument({ args, name }: Call): string {
  const found = args[0] && typeNameOf(args[0])
  if (found === undefined) throw new ExpressionError(`${name}() takes a type`)
  return found
}

function typeNameOf(syntax: Syntax): string | undefined {
  if (syntax.kind !== 'member') return undefined
  if (!syntax.target) return syntax.name
  const outer = typeNameOf(syntax.target)
  return outer === 'FHIR' || outer === 'System' ? `${outer}.${syntax.name}` : undefined
}
