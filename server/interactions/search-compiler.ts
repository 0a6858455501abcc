/** Looks up what compiling criteria needs from the database: units, codes of value sets, lists. */
import type { Context } from '../context.ts'
import { type JsonObject, parseStored } from '../fhir/json.ts'
import { listedReferences } from '../fhir/list-members.ts'
import { OutcomeError } from '../fhir/outcome.ts'
import { ucumSystem, unitScale } from '../fhir/quantity.ts'
import { parseReference } from '../fhir/reference.ts'
import type { Criterion } from '../fhir/search/criterion.ts'
import { unescapedSplit, unescapeValue } from '../fhir/search/escapes.ts'
import { type Filter, parseFilter } from '../fhir/search/filter-grammar.ts'
import { aliasSource, type CodeInSystem, type Compiler } from '../fhir/search/scope.ts'
import { codesKey } from '../fhir/search/types/token.ts'
import { amongCodes } from '../fhir/terminology/among.ts'
import { type Part, partsOf, valueSetBy } from '../fhir/terminology/compose.ts'
import { codesOf } from '../fhir/terminology/expand.ts'
import { type Facts, isUnknownHere } from '../fhir/terminology/facts.ts'
import { relatedCodes } from '../fhir/terminology/related.ts'
import { type SharedValueSet, sharedValueSet } from '../fhir/terminology/resources-around.ts'
import { currentVersion } from '../store/resources.ts'
import { codesInUse, knownUnits } from '../store/search.ts'
import { askCodes, codesThat } from './terminology/external/list-codes.ts'
import { applyRule } from './terminology/terminology.ts'

export async function searchCompiler(criteria: readonly Criterion[], context: Context): Promise<Compiler> {
  const leaves = criteria.flatMap(leavesOf)
  const unitTexts = leaves.flatMap((leaf) => (leaf.quantity ? leaf.values.flatMap(unitsOf) : []))
  const dimensions = unitTexts.flatMap((code) => unitScale(code)?.dimension ?? [])
  const { terms } = context.indexes
  return {
    definitions: context.definitions,
    indexes: context.indexes,
    terms,
    access: context.access,
    base: context.base,
    now: context.now(),
    typeNumbers: context.store.typeNumbers,
    units: unitTexts.length === 0 ? [] : await knownUnits(context.store.db, unitTexts, dimensions),
    ...(await lookUpCodes(leaves, context)),
    lists: await lookUpLists(leaves, context),
    nextAlias: aliasSource(),
  }
}

interface Leaf {
  readonly name: string
  readonly modifier?: string
  readonly values: readonly string[]
  readonly quantity: boolean
  /** Its type has no codes. */
  readonly codeless?: boolean
}

/** The plain conditions inside a criterion, however deep. */
function leavesOf(criterion: Criterion): Leaf[] {
  switch (criterion.kind) {
    case 'chain':
      return criterion.next.flatMap(({ criterion: next }) => leavesOf(next))
    case 'has':
      return leavesOf(criterion.next)
    case 'any':
      return criterion.criteria.flatMap(leavesOf)
    case 'period':
      return []
    case 'special':
      return criterion.name === '_filter'
        ? filterLeaves(parseFilter(criterion.values[0]!))
        : [{ ...criterion, quantity: false }]
    case 'parameter': {
      const { name, modifier, parameter } = criterion
      const parts = parameter.composite
        ? criterion.values.flatMap((value) => unescapedSplit(value, '$'))
        : criterion.values
      const quantity = parameter.type === 'quantity' || parameter.composite !== undefined
      const codeless = parameter.type !== 'token' && parameter.composite === undefined
      return [{ name, ...(modifier && { modifier }), values: parts, quantity, codeless }]
    }
  }
}

const filterModifiers: Readonly<Record<string, string>> = { in: 'in', ni: 'in', ss: 'above', sb: 'below' }

function filterLeaves(filter: Filter): Leaf[] {
  if (filter.kind === 'not') return filterLeaves(filter.filter)
  if (filter.kind !== 'test') return filter.parts.flatMap(filterLeaves)
  const { operator, value } = filter
  const modifier = filterModifiers[operator]
  const name = modifier ? `${filter.path.code}:${modifier}` : filter.path.code
  const wheres: Leaf[] = []
  for (let path: typeof filter.path | undefined = filter.path; path; path = path.rest) {
    if (path.where) wheres.push(...filterLeaves(path.where))
  }
  return [...wheres, { name, ...(modifier && { modifier }), values: [value], quantity: true }]
}

/** System or code of `5.4|system|code`: what stored units must be spelled like. */
function unitsOf(value: string): string[] {
  const [, system = '', code = ''] = unescapedSplit(value, '|').map(unescapeValue)
  if (code === '') return system === '' ? [] : [system]
  return system === '' || system === ucumSystem ? [code] : [code, system]
}

const codeModifiers = new Set(['in', 'not-in', 'above', 'below'])

async function lookUpCodes(
  leaves: readonly Leaf[],
  context: Context,
): Promise<Required<Pick<Compiler, 'codes' | 'codeHints'>>> {
  const found = new Map<string, readonly CodeInSystem[]>()
  const hints = new Map<string, string>()
  for (const { name, modifier, values, codeless } of leaves) {
    if (!modifier || !codeModifiers.has(modifier) || codeless) continue
    for (const value of values) {
      const text = unescapeValue(value)
      const { codes, hint } = modifier.endsWith('in')
        ? await codesOfValueSet(text, context)
        : await codesAround(text, modifier === 'above' ? 'above' : 'below', context)
      if (codes) found.set(codesKey(name, value), codes)
      if (hint !== undefined) hints.set(codesKey(name, value), hint)
    }
  }
  return { codes: found, codeHints: hints }
}

/** Codes, or why an external server does not tell them either. */
interface FoundCodes {
  readonly codes?: readonly CodeInSystem[] | undefined
  readonly hint?: string
}

/** By canonical url, or by `ValueSet/id`. */
async function codesOfValueSet(text: string, context: Context): Promise<FoundCodes> {
  const reference = parseReference(text, context.base)
  const id = reference.kind === 'relative' && reference.type === 'ValueSet' ? reference.id : undefined
  const local = id === undefined ? undefined : await readResource('ValueSet', id, context)
  const valueSet = (facts: Facts) => local ?? valueSetBy(text, facts)
  return orElsewhere(
    context,
    () =>
      unlessTooMany(
        () => applyRule(context, (facts) => codesOf(valueSet(facts), facts)),
        () => amongCodesInUse((facts) => partsOf(valueSet(facts), facts), context),
      ),
    (facts) => (id !== undefined && !local ? undefined : sharedValueSet(local ?? text, facts)),
  )
}

async function codesAround(text: string, direction: 'above' | 'below', context: Context): Promise<FoundCodes> {
  const bar = text.lastIndexOf('|')
  if (bar < 0) return {}
  const code = { system: text.slice(0, bar), code: text.slice(bar + 1) }
  const op = direction === 'above' ? 'generalizes' : 'is-a'
  const filter = { property: 'concept', op, value: code.code }
  return orElsewhere(
    context,
    () =>
      unlessTooMany(
        () => applyRule(context, (facts) => relatedCodes(code, direction, facts)),
        () => amongCodesInUse(() => [{ system: code.system, expression: { kind: 'filter', filter } }], context),
      ),
    // A system that is known in full has all its codes.
    (facts) => (facts.system(code.system)?.content === 'complete' ? undefined : codesThat(code.system, filter)),
  )
}

/** `share`: the value set that an external server may know more about; undefined where it cannot. */
async function orElsewhere(
  context: Context,
  look: () => Promise<readonly CodeInSystem[] | undefined>,
  share: (facts: Facts) => SharedValueSet | undefined,
): Promise<FoundCodes> {
  const codes = await unlessUnknown(look)
  if (codes || context.config.txServer === undefined) return { codes }
  const shared = await applyRule(context, share)
  return shared ? askCodes(context, shared) : {}
}

/** More codes than a statement can list: of them those that some resource has. */
async function unlessTooMany<T>(list: () => Promise<T>, choose: () => Promise<T>): Promise<T> {
  try {
    return await list()
  } catch (error) {
    if (error instanceof OutcomeError && error.issues[0]!.code === 'query-too-costly') return choose()
    throw error
  }
}

const mostInUse = 50_000

async function amongCodesInUse(
  parts: (facts: Facts) => readonly Part[],
  context: Context,
): Promise<readonly CodeInSystem[]> {
  const systems = await applyRule(context, (facts) => [...new Set(parts(facts).map(({ system }) => system))])
  const used = await codesInUse(context.store.db, systems, mostInUse + 1)
  if (used.length > mostInUse) {
    const reason = `More than ${mostInUse} codes of ${systems.join(', ')} are in use here: ask for a smaller value set.`
    throw new OutcomeError('query-too-costly', { reason })
  }
  return applyRule(context, (facts) => amongCodes(parts(facts), used, facts))
}

async function unlessUnknown<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look()
  } catch (error) {
    if (isUnknownHere(error)) return undefined
    throw error
  }
}

async function readResource(type: string, id: string, context: Context): Promise<JsonObject | undefined> {
  const found = await currentVersion(context.store.db, context.access, type, context.indexes.terms.key(type, id))
  return found && parseStored(found.content)
}

async function lookUpLists(leaves: readonly Leaf[], context: Context): Promise<Map<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>()
  for (const leaf of leaves) {
    if (leaf.name !== '_list') continue
    for (const id of leaf.values.map(unescapeValue)) {
      const list = await readResource('List', id.replace(/^List\//, ''), context)
      found.set(id, list ? listedReferences(list) : [])
    }
  }
  return found
}
