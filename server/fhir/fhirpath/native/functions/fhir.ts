/** FHIR's own functions, those about types, and the present. https://hl7.org/fhir/R4/fhirpath.html#functions */
import type { JsonObject, JsonValue } from '../../../json.ts'
import { isJsonObject } from '../../../json.ts'
import { narrativeFault } from '../../../validation/narrative.ts'
import { spendFor } from '../budget.ts'
import type { CompileCall } from '../compiled.ts'
import { argument, booleanType, ofInput } from '../compiled.ts'
import type { Functions } from '../functions.ts'
import { memberStep, walk } from '../members.ts'
import { resolved } from '../references.ts'
import { anyType, typeOf } from '../types.ts'
import type { Item, NativeEnvironment, Plain } from '../values.ts'
import { append, collected, Element, isPrimitive, itemsOf, plain, single, textOf } from '../values.ts'

/** `extension(url)`: the extensions with that URL. */
const extension: CompileCall = (call) => {
  const { input, site } = call
  const { step } = memberStep('extension', input.types, site.definitions)
  const url = argument(call, 0)
  return {
    types: ['Extension'],
    run: (self, scope) => {
      const value = input.run(self, scope)
      if (value === undefined) return undefined
      const wanted = textOf(url.run(self, scope))
      if (wanted === undefined) return undefined
      const found = itemsOf(walk(value, step, scope.environment.spend)).filter((item) => {
        const own = plain(item)
        return isJsonObject(own) && own['url'] === wanted
      })
      return collected(found)
    },
  }
}

const getValue: CompileCall = ({ input: { types, run } }) => ({
  types,
  run: (self, scope) => {
    const items = itemsOf(run(self, scope))
    return items.length === 1 && isPrimitive(items[0]!) ? items[0] : undefined
  },
})

const resolve: CompileCall = ({ input: { run } }) => ({
  types: ['Resource'],
  run: (self, scope) => {
    const found: Item[] = []
    for (const item of itemsOf(run(self, scope))) {
      scope.environment.spend()
      append(found, resolved(plain(item), scope.environment))
    }
    return collected(found)
  },
})

/** Asks the caller about one item; empty where the caller cannot tell. */
function asked(
  answer: (environment: NativeEnvironment, value: Plain, about: string) => boolean | undefined,
): CompileCall {
  return (call) => {
    const { run } = call.input
    const about = argument(call, 0)
    return {
      types: booleanType,
      run: (self, scope) => {
        const value = plain(single(run(self, scope)))
        const canonical = textOf(about.run(self, scope))
        if (value === undefined || canonical === undefined) return undefined
        return answer(scope.environment, value, canonical)
      },
    }
  }
}

/** https://hl7.org/fhirpath/N1/#reflection */
const type: CompileCall = ({ input: { types, run } }) => ({
  types: anyType,
  run: (self, scope) => {
    const items = itemsOf(run(self, scope))
    spendFor(scope.environment.spend, 16 * items.length)
    return collected(items.map((item) => typeInfo(typeOf(item, types))))
  },
})

function typeInfo(type: string): JsonObject {
  const local = type.replace(/^System\./, '')
  return { namespace: local === type ? 'FHIR' : 'System', name: local }
}

/** A part of the present, as its type. */
function present(systemType: string, part: (instant: string) => string): CompileCall {
  return () => ({
    types: [`System.${systemType}`],
    run: (_self, { environment: { now } }) =>
      now === undefined ? undefined : new Element(part(now), `System.${systemType}`),
  })
}

/** FHIR's own functions, and those about types and the present. */
export const fhirFunctions: Functions = {
  'extension/1': extension,
  'getValue/0': getValue,
  'resolve/0': resolve,
  'memberOf/1': asked((environment, value, valueSet) => environment.memberOf?.(value as JsonValue, valueSet)),
  'conformsTo/1': asked((environment, value, profile) => environment.conformsTo?.(value as JsonValue, profile)),
  'htmlChecks/0': ofInput(booleanType, (value, scope) => {
    const text = textOf(value)
    if (text !== undefined) spendFor(scope.environment.spend, text.length)
    return text === undefined ? undefined : narrativeFault(text) === undefined
  }),
  'type/0': type,
  'now/0': present('DateTime', (instant) => instant),
  'today/0': present('Date', (instant) => instant.slice(0, 10)),
  'timeOfDay/0': present('Time', (instant) => instant.slice(11).replace(/(?:Z|[+-]\d\d:\d\d)$/, '')),
}
