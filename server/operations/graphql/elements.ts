/** Values of elements: selected by the arguments of their field. https://hl7.org/fhir/R4/graphql.html#list */
import { type GraphQLNamedType, type GraphQLResolveInfo, getNamedType, isListType } from 'graphql'
import { compile } from '../../fhir/fhirpath.ts'
import { isRawNumber, type JsonObject, numberText } from '../../fhir/json.ts'
import { OutcomeError } from '../../fhir/outcome.ts'
import { hasDirective, slicePath } from './directives.ts'
import { contain, containerOf, type Execution, fieldsBelow, placeOf } from './execution.ts'
import type { Arguments } from './search-arguments.ts'

/** The values of an element, all of them or those that are asked for. */
export function resolveElement(
  source: JsonObject,
  given: Arguments,
  execution: Execution,
  info: GraphQLResolveInfo,
): unknown {
  const value = source[info.fieldName]
  if (value === undefined || value === null) return undefined
  const many = Array.isArray(value)
  const all: readonly unknown[] = many ? value : [value]
  contain(all, source, info.fieldName, execution)
  const type = fhirTypeOf(getNamedType(info.returnType))
  const place = { type, container: containerOf(source, execution) }
  const selected = shape(selectValues(all, given, place, execution), place, execution, info)
  // What single elements take is part of what the list around them took.
  if (many) execution.spend(selected.length * (1 + fieldsBelow(info, execution)))
  return many || isListType(info.returnType) ? selected : selected[0]
}

/** The FHIR name of a type that stands for a complex type or a resource type. */
export function fhirTypeOf(type: GraphQLNamedType): string | undefined {
  return type.extensions['fhirType'] as string | undefined
}

export interface ValuePlace {
  /** The FHIR type of the values; undefined for resources and primitives. */
  readonly type: string | undefined
  /** The resource that they are in; undefined for resources. */
  readonly container: JsonObject | undefined
}

/** Applies the filters, then `fhirpath`, then `_offset` and `_count`. */
export function selectValues(
  values: readonly unknown[],
  given: Arguments,
  place: ValuePlace,
  execution: Execution,
): readonly unknown[] {
  const { fhirpath, _offset, _count, ...filters } = given
  let selected = values
  for (const [name, wanted] of Object.entries(filters)) {
    if (wanted === null) continue
    selected = selected.filter((value) => hasValue((value as JsonObject | null)?.[name], String(wanted)))
  }
  if (typeof fhirpath === 'string') selected = selectByPath(selected, fhirpath, place, execution)
  const start = position('_offset', _offset) ?? 0
  const length = position('_count', _count) ?? Infinity
  return start === 0 && length >= selected.length ? selected : selected.slice(start, start + length)
}

/** Applies `@first`, and evaluates the path of `@slice` for each value. */
export function shape(
  values: readonly unknown[],
  place: ValuePlace,
  execution: Execution,
  info: GraphQLResolveInfo,
): readonly unknown[] {
  const { fieldNodes } = info
  if (fieldNodes.every((node) => node.directives === undefined || node.directives.length === 0)) return values
  const shaped = hasDirective(fieldNodes, 'first') ? values.slice(0, 1) : values
  const path = slicePath(info)
  if (path !== undefined) {
    const suffixes = shaped.map((value, i) =>
      path.trim() === '$index' ? String(i) : textAt(value, path, place, execution),
    )
    execution.slices.set(placeOf(info), suffixes)
  }
  return shaped
}

function hasValue(value: unknown, wanted: string): boolean {
  if (Array.isArray(value)) return value.some((item) => hasValue(item, wanted))
  if (typeof value === 'number' || isRawNumber(value)) {
    return numberText(value) === wanted || (wanted.trim() !== '' && Number(numberText(value)) === Number(wanted))
  }
  return value !== undefined && value !== null && String(value) === wanted
}

/** The values for which the expression is true; `$this` and `$index` are those of `where`. */
function selectByPath(
  values: readonly unknown[],
  expression: string,
  place: ValuePlace,
  execution: Execution,
): readonly unknown[] {
  // Alone first: what closes the parenthesis below and goes on is no expression.
  compileAt(expression, place, execution)
  return evaluateAt(values, `where(${expression}\n)`, place, execution)
}

function textAt(value: unknown, path: string, place: ValuePlace, execution: Execution): string {
  return evaluateAt([value], path, place, execution).map(text).join(',')
}

function text(value: unknown): string {
  if (typeof value === 'number' || isRawNumber(value)) return numberText(value)
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function evaluateAt(
  values: readonly unknown[],
  expression: string,
  place: ValuePlace,
  execution: Execution,
): unknown[] {
  const { container } = place
  const environment = container && { resource: container, rootResource: container }
  return compileAt(expression, place, execution).evaluate(values, environment)
}

function compileAt(expression: string, { type }: ValuePlace, { meter }: Execution) {
  return compile(expression, { ...(type !== undefined && { base: type }), meter })
}

function position(name: string, value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined
  if ((value as number) < 0) throw new OutcomeError('invalid-parameters', { reason: `'${name}' may not be negative.` })
  return value as number
}
