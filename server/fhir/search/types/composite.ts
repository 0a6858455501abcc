/** https://hl7.org/fhir/R4/search.html#combining */
import { all, any, type Sql, sql } from '../../../sql.ts'
import { OutcomeError } from '../../outcome.ts'
import { isId, parseReference } from '../../reference.ts'
import { unescapedSplit, unescapeValue } from '../escapes.ts'
import { forms } from '../forms.ts'
import { compositeName, compositeNumber, contextOf } from '../indexing/composites.ts'
import type { Scope } from '../scope.ts'
import type { CompositeComponent, CompositePath, IndexedParameter } from '../search-index.ts'
import { normalize } from '../values.ts'
import { parseNumber, sideCondition } from './number.ts'
import { hasAnyTerm } from './terms.ts'
import { parseToken, queryForms } from './token.ts'

/** Compiles a plain parameter's condition; handed in because composites contain parameters. */
export type ConditionOf = (parameter: IndexedParameter, values: readonly string[], name: string, scope: Scope) => Sql

export function compositeCondition(
  parameter: IndexedParameter,
  values: readonly string[],
  name: string,
  scope: Scope,
  conditionOf: ConditionOf,
): Sql {
  return any(
    values.flatMap((value) => {
      const parts = unescapedSplit(value, '$')
      return parameter.composite!.map((composite) => {
        if (parts.length !== composite.components.length || parts.includes('')) {
          const expected = `It takes ${composite.components.length} values joined by $.`
          throw new OutcomeError('invalid-search-value', { name, value, type: 'composite', expected })
        }
        return composite.root
          ? rootCondition(parameter, composite, parts, name, scope, conditionOf)
          : instanceCondition(composite, parts, name, scope)
      })
    }),
  )
}

/** On the resource itself the components have one value each: all must match. */
function rootCondition(
  parameter: IndexedParameter,
  composite: CompositePath,
  parts: readonly string[],
  name: string,
  scope: Scope,
  conditionOf: ConditionOf,
): Sql {
  return all(
    composite.components.map((component, i) => {
      const { type, paths } = component
      return conditionOf(
        { code: parameter.code, url: parameter.url, targets: [], type, paths },
        [parts[i]!],
        name,
        scope,
      )
    }),
  )
}

/** All components on one instance of the base. */
function instanceCondition(composite: CompositePath, parts: readonly string[], name: string, scope: Scope): Sql {
  const numeric = composite.components.flatMap((c, i) => (c.type === 'quantity' || c.type === 'number' ? [i] : []))
  return numeric.length === 0
    ? pairCondition(composite, parts, name, scope)
    : numbersCondition(composite, parts, numeric, name, scope)
}

function pairCondition(composite: CompositePath, parts: readonly string[], name: string, scope: Scope): Sql {
  const { terms } = scope.compiler
  const [first, second] = composite.components.map((c, i) => componentForms(c, parts[i]!, name, scope))
  const prefix = compositeName(composite)
  return hasAnyTerm(
    scope,
    first!.flatMap((a) => second!.map((b) => terms.term(composite.base.tweak, forms.pair(`${prefix} ${a}`, b)))),
  )
}

function componentForms(component: CompositeComponent, text: string, name: string, scope: Scope): string[] {
  const { terms, base, definitions } = scope.compiler
  if (component.type === 'reference') {
    const value = unescapeValue(text)
    const reference = parseReference(value, base)
    if (reference.kind === 'relative') return [String(terms.key(reference.type, reference.id))]
    if (!isId(value)) return [forms.uri(value)]
    return definitions.resourceTypes.map((type) => String(terms.key(type, value)))
  }
  if (component.type === 'string') return [forms.string(normalize(unescapeValue(text)))]
  const query = parseToken(text, name)
  return [...new Set(component.paths.flatMap((path) => queryForms(path, query)))]
}

function numbersCondition(
  composite: CompositePath,
  parts: readonly string[],
  numeric: readonly number[],
  name: string,
  scope: Scope,
): Sql {
  const contextIndex = composite.components.findIndex((_, i) => !numeric.includes(i))
  const component = composite.components[contextIndex]!
  const { system, code } = parseToken(parts[contextIndex]!, name)
  const exact = component.paths.some((path) => path.types.includes('Identifier'))
  const context = contextOf(
    { ...(system && { system }), ...(code !== undefined && { code }), exact },
    scope.compiler.terms,
  )
  const conditions = [sql`path = ${compositeNumber(composite)}`]
  if (context.code !== null) conditions.push(sql`code = ${context.code}`)
  if (context.system !== null) conditions.push(sql`system = ${context.system}`)
  if (system === '') conditions.push(sql`system is null`)
  const [start, end] = numeric.map((i) => parseNumber(parts[i]!, name, scope))
  conditions.push(end === undefined ? sideCondition(start!) : coordinates(start!, end))
  return sql`${scope.alias}.pk in (select pk from x_number where ${all(conditions)})`
}

/** Two numbers share a row: the first as its low, the second as its high. */
function coordinates(start: Parameters<typeof sideCondition>[0], end: Parameters<typeof sideCondition>[0]): Sql {
  const point = (column: 'low' | 'high', queries: typeof start) =>
    sql`exists (select from (select ${sql`x_number`}.${column === 'low' ? sql`low` : sql`high`} as low,
      x_number.${column === 'low' ? sql`low` : sql`high`} as high, x_number.unit) as n where ${sideCondition(queries)})`
  return all([point('low', start), point('high', end)])
}
