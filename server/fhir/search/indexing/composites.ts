/** Values that must match on one instance. https://hl7.org/fhir/R4/search.html#combining */
import { isJsonObject, type JsonObject } from '../../json.ts'
import { parseReference } from '../../reference.ts'
import { forms, tokenCode, tokenForms } from '../forms.ts'
import type { IndexRow } from '../index-row.ts'
import type { CompositeComponent, CompositePath } from '../search-index.ts'
import type { Terms, Tweak } from '../term.ts'
import { type NumberValue, normalize, numberValues, stringValues, type TokenValue, tokenValues } from '../values.ts'
import { unitOf } from './numbers.ts'
import type { Step } from './step.ts'

/**
 * Composites whose components must match on one instance: pairs of discrete components become terms, numbers are stored
 * with the discrete component as context.
 */
export function compositeStep(composite: CompositePath, terms: Terms): Step {
  const name = compositeName(composite)
  const { tweak } = composite.base
  const discrete = composite.components.filter((c) => !isNumeric(c))
  const numeric = composite.components.filter(isNumeric)
  return ({ row, resource }) =>
    composite.base.extract(resource, (instance) => {
      if (!isJsonObject(instance)) return
      if (numeric.length === 0) addPairs(row, name, tweak, discrete, instance, resource, terms)
      else addNumbers(row, composite, discrete[0]!, numeric, instance, resource, terms)
    })
}

/** Names a composite path: its base and its components' paths. */
export function compositeName(composite: CompositePath): string {
  return `${composite.base.text} $ ${composite.components.map((c) => c.paths.map((p) => p.text).join('|')).join(' $ ')}`
}

/** What names a composite in the side table of numbers. */
export function compositeNumber(composite: CompositePath): number {
  return (
    composite.base.number ^ 0x5a5a5a5a ^ (composite.components.length << 8) ^ composite.components[0]!.paths[0]!.number
  )
}

/** Hashes of a sibling code and of its system. */
export function contextOf(token: TokenValue, terms: Terms): { code: bigint | null; system: bigint | null } {
  return {
    code: token.code === undefined ? null : terms.term(contextTweak, forms.code(tokenCode(token))),
    system: token.system === undefined ? null : terms.term(contextTweak, forms.system(token.system)),
  }
}

const contextTweak = { low: 0x63747874, high: 0 }

function isNumeric(component: CompositeComponent): boolean {
  return component.type === 'quantity' || component.type === 'number'
}

function addPairs(
  row: IndexRow,
  name: string,
  tweak: Tweak,
  [first, second]: readonly CompositeComponent[],
  instance: JsonObject,
  resource: JsonObject,
  terms: Terms,
): void {
  const seconds = componentForms(second!, instance, resource, terms)
  for (const a of componentForms(first!, instance, resource, terms)) {
    for (const b of seconds) row.terms.push(terms.term(tweak, forms.pair(`${name} ${a}`, b)))
  }
}

/** The forms under which a component of an instance can be named in a search. */
function componentForms(
  component: CompositeComponent,
  instance: JsonObject,
  resource: JsonObject,
  terms: Terms,
): string[] {
  const found: string[] = []
  for (const path of component.paths) {
    path.extract(component.fromResource ? resource : instance, (value, type) => {
      if (component.type === 'reference') {
        const text = type === 'Reference' ? (value as JsonObject)['reference'] : value
        const reference = typeof text === 'string' ? parseReference(text, '') : undefined
        if (reference?.kind === 'relative') found.push(String(terms.key(reference.type, reference.id)))
        else if (typeof text === 'string') found.push(forms.uri(text))
      } else if (component.type === 'string')
        stringValues(value, type, (text) => found.push(forms.string(normalize(text))))
      else tokenValues(value, type, (token) => found.push(...tokenForms(token)))
    })
  }
  return found
}

function addNumbers(
  row: IndexRow,
  composite: CompositePath,
  discrete: CompositeComponent,
  numeric: readonly CompositeComponent[],
  instance: JsonObject,
  resource: JsonObject,
  terms: Terms,
): void {
  const contexts: { code: bigint | null; system: bigint | null }[] = []
  for (const path of discrete.paths) {
    path.extract(discrete.fromResource ? resource : instance, (value, type) =>
      tokenValues(value, type, (token) => contexts.push(contextOf(token, terms))),
    )
  }
  const ranges = numeric.map((component) => componentNumbers(component, instance, resource))
  const [first = [], second] = ranges
  for (const { code, system } of contexts) {
    for (const number of first) {
      const unit = unitOf(row, terms, number)
      // Two numbers (start and end of a coordinate) share a row: the first as `low`, the second as `high`.
      for (const { high } of second ?? [number]) {
        row.numbers.push({ path: compositeNumber(composite), code, system, unit, low: number.low, high })
      }
    }
  }
}

function componentNumbers(component: CompositeComponent, instance: JsonObject, resource: JsonObject): NumberValue[] {
  const numbers: NumberValue[] = []
  for (const path of component.paths) {
    path.extract(component.fromResource ? resource : instance, (value, type) =>
      numberValues(value, type, (number) => numbers.push(number)),
    )
  }
  return numbers
}
