/** Looks up what compiling criteria needs from the database: units, codes of value sets, lists. */
import type { Context } from '../context.ts'
import { unitScale } from '../fhir/quantity.ts'
import { unescapedSplit, unescapeValue } from '../fhir/search/escapes.ts'
import { aliasSource, type CodeInSystem, type Compiler } from '../fhir/search/scope.ts'
import type { Criterion } from '../fhir/search/search-request.ts'
import { knownUnits } from '../store/search.ts'

export async function searchCompiler(criteria: readonly Criterion[], context: Context): Promise<Compiler> {
  const leaves = criteria.flatMap(leavesOf)
  const unitTexts = leaves.flatMap((leaf) => (leaf.quantity ? leaf.values.flatMap(unitsOf) : []))
  const dimensions = unitTexts.flatMap((code) => unitScale(code)?.dimension ?? [])
  return {
    definitions: context.definitions,
    indexes: context.indexes,
    terms: context.indexes.terms,
    access: context.access,
    base: context.base,
    now: context.now(),
    typeNumbers: context.store.typeNumbers,
    units: unitTexts.length === 0 ? [] : await knownUnits(context.store.db, unitTexts, dimensions),
    codes: new Map<string, readonly CodeInSystem[]>(),
    lists: new Map<string, readonly string[]>(),
    nextAlias: aliasSource(),
  }
}

interface Leaf {
  readonly name: string
  readonly modifier?: string
  readonly values: readonly string[]
  readonly quantity: boolean
}

/** The plain conditions inside a criterion, however deep. */
function leavesOf(criterion: Criterion): Leaf[] {
  switch (criterion.kind) {
    case 'chain':
      return criterion.next.flatMap(({ criterion: next }) => leavesOf(next))
    case 'has':
      return leavesOf(criterion.next)
    case 'special':
      return [{ ...criterion, quantity: criterion.name === '_filter' }]
    case 'parameter': {
      const { name, modifier, parameter } = criterion
      const parts = parameter.composite
        ? criterion.values.flatMap((value) => unescapedSplit(value, '$'))
        : criterion.values
      const quantity = parameter.type === 'quantity' || parameter.composite !== undefined
      return [{ name, ...(modifier && { modifier }), values: parts, quantity }]
    }
  }
}

/** System and code of `5.4|system|code`. */
function unitsOf(value: string): string[] {
  const [, system = '', code = ''] = unescapedSplit(value, '|').map(unescapeValue)
  return code === '' ? (system === '' ? [] : [system]) : [code]
}
