/**
 * From a resource to the row by which it is found: its terms, its principal values and the rows of the side tables.
 * Compiled once per resource type; runs on every write.
 */
import { type DateRange, earliest } from '../date-range.ts'
import type { JsonObject, JsonValue } from '../json.ts'
import { isJsonObject } from '../json.ts'
import { parseReference } from '../reference.ts'
import { codeOfSystem, forms, longestText, tokenCode, tokenForms } from './forms.ts'
import type { SearchPath } from './path.ts'
import type { CompositeComponent, CompositePath, TypeIndex } from './search-index.ts'
import { isSortedByText, type SortedByText, sortTexts } from './sort-texts.ts'
import type { Terms } from './term.ts'
import {
  dateValues,
  normalize,
  numberValues,
  plainTokenTypes,
  stringValues,
  type TokenValue,
  tokenTexts,
  tokenValues,
  wordsOf,
} from './values.ts'

/** A row of the side table of numbers. `code` and `system` hold the sibling code of a composite; `unit` is a hash. */
export interface NumberRow {
  readonly path: number
  readonly code: bigint | null
  readonly system: bigint | null
  readonly unit: bigint | null
  readonly low: number
  readonly high: number
}

export interface UnitRow {
  readonly unit: bigint
  readonly system: string
  readonly code: string
  readonly text: string
}

/** What is stored beside a resource's content. Dates are milliseconds; absent ones have `d0` below all dates. */
export interface IndexRow {
  patient: bigint | null
  d0: number
  d1: number | null
  code: bigint | null
  number: number | null
  unit: bigint | null
  present: bigint
  terms: bigint[]
  /** Principal codes after the first. */
  readonly codes: bigint[]
  readonly strings: { readonly path: number; readonly value: string }[]
  readonly numbers: NumberRow[]
  readonly dates: { readonly path: number; readonly range: DateRange }[]
  /** Words and uris that `:text` and `:below` look through, with the term that the row carries for them. */
  readonly texts: { readonly path: number; readonly value: string; readonly term: bigint }[]
  readonly units: UnitRow[]
  /** The words of the narrative, each once, joined by spaces. */
  narrative: string | null
}

/** `d0` of a resource without a principal date: below every date, so that such resources come last. */
export const noDate = earliest - 1

/** Bits of `present` that paths may take; further paths get a term instead. */
export const presenceBits = 62

export type IndexResource = (resource: JsonObject, key: bigint) => IndexRow

interface Indexer {
  readonly row: IndexRow
  readonly resource: JsonObject
}

type Step = (indexer: Indexer) => void

/** `presenceBit` tells a path's bit in `present`; `base` is this server's own FHIR base URL. */
export function compileIndexResource(
  index: TypeIndex,
  terms: Terms,
  presenceBit: (presence: string) => number,
  base: string,
): IndexResource {
  const compiler = new Map<string, Step>()
  for (const parameter of index.written) {
    if (parameter.type === 'special' || builtIn.has(parameter.code)) continue
    for (const composite of parameter.composite ?? []) {
      if (!composite.root) compiler.set(`composite ${compositeName(composite)}`, compositeStep(composite, terms))
    }
    for (const path of parameter.paths) {
      const kind = parameter.type
      compiler.set(`${kind} ${path.text}`, pathStep(index, path, kind, terms, base))
      compiler.set(`present ${presence(path)}`, presenceStep(path, presenceBit(presence(path)), terms, base))
    }
  }
  const near = index.standard.get('near')
  if (near) for (const path of near.paths) compiler.set(`near ${path.text}`, positionStep(path))
  const steps = [...compiler.values()]

  return (resource, key) => {
    const row = emptyRow()
    if (index.type === 'Patient') row.patient = key
    const indexer = { row, resource }
    for (const step of steps) step(indexer)
    row.narrative = narrativeWords(resource)
    row.terms = unique(row.terms)
    return row
  }
}

/**
 * Another number says that the rows which this code makes differ from those that earlier code made of the same resources:
 * what is stored then has to be indexed again.
 */
export const indexCodeVersion = '1'

/** Held in columns of their own. */
const builtIn = new Set(['_id', '_lastUpdated'])

/** What a path's presence is known by: its text, and the type it resolves to. */
export function presence(path: SearchPath): string {
  return path.resolveType ? `${path.text} ${path.resolveType}` : path.text
}

/** A search path of a type, by what `presence` calls it. */
export interface NamedPath {
  readonly type: string
  readonly presence: string
}

/** The paths of a type that have a bit in `present`. */
export function namedPaths({ type, written }: TypeIndex): readonly NamedPath[] {
  const names = new Set(written.flatMap(({ paths }) => paths.map(presence)))
  return [...names].map((name) => ({ type, presence: name }))
}

/** Names a composite path: its base and its components' paths. */
export function compositeName(composite: CompositePath): string {
  return `${composite.base.text} $ ${composite.components.map((c) => c.paths.map((p) => p.text).join('|')).join(' $ ')}`
}

function emptyRow(): IndexRow {
  return {
    patient: null,
    d0: noDate,
    d1: null,
    code: null,
    number: null,
    unit: null,
    present: 0n,
    terms: [],
    codes: [],
    strings: [],
    numbers: [],
    dates: [],
    texts: [],
    units: [],
    narrative: null,
  }
}

function pathStep(index: TypeIndex, path: SearchPath, kind: string, terms: Terms, base: string): Step {
  const step = plainPathStep(index, path, kind, terms, base)
  return path.computed && isSortedByText(kind) ? both(step, textStep(path, kind)) : step
}

function both(first: Step, second: Step): Step {
  return (indexer) => {
    first(indexer)
    second(indexer)
  }
}

function textStep(path: SearchPath, kind: SortedByText): Step {
  return ({ row, resource }) =>
    path.extract(resource, (value, type) => {
      for (const text of sortTexts[kind](value, type)) {
        row.strings.push({ path: path.number, value: text.slice(0, longestText) })
      }
    })
}

function plainPathStep(index: TypeIndex, path: SearchPath, kind: string, terms: Terms, base: string): Step {
  const { principal } = index
  switch (kind) {
    case 'token':
      return tokenStep(path, terms, principal.code?.text === path.text)
    case 'reference':
      return referenceStep(path, terms, base, principal.patient?.text === path.text)
    case 'date':
      return principal.date.some((p) => p.text === path.text) ? principalDateStep(path) : dateStep(path)
    case 'string':
      return stringStep(path, terms)
    case 'uri':
      return uriStep(path, terms)
    case 'number':
    case 'quantity':
      return numberStep(path, terms, principal.number?.text === path.text)
    default:
      return () => {}
  }
}

function tokenStep(path: SearchPath, terms: Terms, principal: boolean): Step {
  // Where all values are without a system, `|code` and `code` are one search.
  const plain = path.types.every((type) => plainTokenTypes.has(type))
  return ({ row, resource }) =>
    path.extract(resource, (value, type) => {
      tokenValues(value, type, (token) => {
        if (plain) {
          row.terms.push(terms.term(path.tweak, forms.code(tokenCode(token))))
          return
        }
        addToken(row, path, terms, token)
        if (principal && token.code !== undefined) addCode(row, terms.term(path.tweak, forms.code(tokenCode(token))))
      })
      tokenTexts(value, type, (text) => addText(row, path, terms, forms.text(normalize(text)), normalize(text)))
      if (type === 'Identifier') addOfType(row, path, terms, value as JsonObject)
    })
}

/**
 * Searches for all codes of a system are rare: they find them in the dictionary, where a code stands once, rather than
 * by a term in every row. Identifiers are as many as rows.
 */
function addToken(row: IndexRow, path: SearchPath, terms: Terms, token: TokenValue): void {
  const { system, code, exact } = token
  const value = system === undefined || code === undefined ? undefined : codeOfSystem(system, tokenCode(token))
  const listed = !exact && value !== undefined && value.length <= longestText
  for (const form of tokenForms(token)) {
    if (!listed || form !== forms.system(system!)) row.terms.push(terms.term(path.tweak, form))
  }
  if (!listed) return
  const term = terms.term(path.tweak, forms.systemAndCode(system!, tokenCode(token)))
  row.texts.push({ path: path.number, value, term })
}

function addCode(row: IndexRow, code: bigint): void {
  if (row.code === null) row.code = code
  else if (row.code !== code && !row.codes.includes(code)) row.codes.push(code)
}

function addText(row: IndexRow, path: SearchPath, terms: Terms, form: string, value: string): void {
  if (value === '') return
  const term = terms.term(path.tweak, form)
  row.terms.push(term)
  row.texts.push({ path: path.number, value: value.slice(0, longestText), term })
}

function addOfType(row: IndexRow, path: SearchPath, terms: Terms, identifier: JsonObject): void {
  const value = identifier['value']
  const type = identifier['type']
  if (typeof value !== 'string' || !isJsonObject(type)) return
  tokenValues(type, 'CodeableConcept', ({ system, code }) => {
    if (code !== undefined)
      row.terms.push(terms.term(path.tweak, forms.ofType(system ?? '', code.toLowerCase(), value)))
  })
}

function referenceStep(path: SearchPath, terms: Terms, base: string, principal: boolean): Step {
  const constants = new Map<string, bigint>()
  const constant = (type: string) => {
    const known = constants.get(type) ?? targetConstant(path, type, terms)
    constants.set(type, known)
    return known
  }
  const addTarget = (row: IndexRow, text: string) => {
    const reference = parseReference(text, base)
    if (reference.kind === 'relative') {
      const key = terms.key(reference.type, reference.id)
      if (principal && reference.type === 'Patient') row.patient = key
      else row.terms.push(BigInt.asIntN(64, key ^ constant(reference.type)))
    } else if (reference.kind === 'absolute') row.terms.push(terms.term(path.tweak, forms.uri(text)))
  }
  return ({ row, resource }) =>
    path.extract(resource, (value, type) => {
      if (typeof value === 'string') addCanonical(row, path, terms, value)
      else if (type === 'Reference') {
        const { reference, identifier } = value as JsonObject
        if (typeof reference === 'string') addTarget(row, reference)
        if (isJsonObject(identifier)) addReferenceIdentifier(row, path, terms, identifier)
      } else if (isJsonObject(value) && typeof value['id'] === 'string')
        addTarget(row, `${value['resourceType']}/${value['id']}`)
    })
}

/** XOR of a target's key with this constant is the term of a reference to it along the path. */
export function targetConstant(path: SearchPath, type: string, terms: Terms): bigint {
  return terms.term(path.tweak, forms.target(type))
}

function addCanonical(row: IndexRow, path: SearchPath, terms: Terms, canonical: string): void {
  const [url] = canonical.split('|')
  row.terms.push(terms.term(path.tweak, forms.uri(canonical)))
  if (url !== canonical) row.terms.push(terms.term(path.tweak, forms.uri(url!)))
}

function addReferenceIdentifier(row: IndexRow, path: SearchPath, terms: Terms, identifier: JsonObject): void {
  tokenValues(identifier, 'Identifier', (token) => {
    for (const form of tokenForms(token)) row.terms.push(terms.term(path.tweak, forms.referenceIdentifier(form)))
  })
}

function principalDateStep(path: SearchPath): Step {
  return ({ row, resource }) =>
    path.extract(resource, (value, type) =>
      dateValues(value, type, ({ low, high }) => {
        row.d0 = low
        row.d1 = high
      }),
    )
}

function dateStep(path: SearchPath): Step {
  return ({ row, resource }) =>
    path.extract(resource, (value, type) =>
      dateValues(value, type, (range) => row.dates.push({ path: path.number, range })),
    )
}

function stringStep(path: SearchPath, terms: Terms): Step {
  return ({ row, resource }) =>
    path.extract(resource, (value, type) =>
      stringValues(value, type, (text) => {
        row.terms.push(terms.term(path.tweak, forms.string(text)))
        row.strings.push({ path: path.number, value: normalize(text).slice(0, longestText) })
      }),
    )
}

function uriStep(path: SearchPath, terms: Terms): Step {
  return ({ row, resource }) =>
    path.extract(resource, (value) => {
      if (typeof value === 'string' && value !== '') addText(row, path, terms, forms.uri(value), value)
    })
}

function numberStep(path: SearchPath, terms: Terms, principal: boolean): Step {
  return ({ row, resource }) =>
    path.extract(resource, (value, type) =>
      numberValues(value, type, (number) => {
        const unit = unitOf(row, terms, number)
        if (principal && number.low === number.high) {
          row.number = number.low
          row.unit = unit
        } else {
          row.numbers.push({ path: path.number, code: null, system: null, unit, low: number.low, high: number.high })
        }
      }),
    )
}

function unitOf(
  row: IndexRow,
  terms: Terms,
  { system = '', code = '', unit = '' }: { system?: string; code?: string; unit?: string },
): bigint | null {
  if (system === '' && code === '' && unit === '') return null
  const hash = terms.term(unitTweak, `${system}\u0000${code}\u0000${unit}`)
  row.units.push({ unit: hash, system, code, text: unit })
  return hash
}

const unitTweak = { low: 0x756e6974, high: 0 }

/** Latitude and longitude as two numbers; the second under the path's number plus one. */
function positionStep(path: SearchPath): Step {
  return ({ row, resource }) =>
    path.extract(resource, (value) => {
      const position = value as JsonObject
      for (const [offset, name] of ['latitude', 'longitude'].entries()) {
        numberValues(position[name] ?? null, 'decimal', ({ low, high }) =>
          row.numbers.push({ path: path.number + offset, code: null, system: null, unit: null, low, high }),
        )
      }
    })
}

function presenceStep(path: SearchPath, bit: number, terms: Terms, base: string): Step {
  const { resolveType } = path
  return ({ row, resource }) => {
    let present = false
    path.extract(resource, (value) => {
      present ||= resolveType === undefined || resolvesTo(value, resolveType, base)
    })
    if (!present) return
    if (bit < presenceBits) row.present |= 1n << BigInt(bit)
    else row.terms.push(terms.term(path.tweak, forms.present() + (resolveType ?? '')))
  }
}

/** `resolve() is Type` without resolving: by the reference's text, or its declared type. */
function resolvesTo(value: JsonValue, type: string, base: string): boolean {
  if (!isJsonObject(value)) return false
  const text = value['reference']
  const reference = typeof text === 'string' ? parseReference(text, base) : undefined
  return reference?.kind === 'relative' ? reference.type === type : value['type'] === type
}

/**
 * Composites whose components must match on one instance: pairs of discrete components become terms, numbers are stored
 * with the discrete component as context.
 */
function compositeStep(composite: CompositePath, terms: Terms): Step {
  const name = compositeName(composite)
  const tweak = { low: composite.base.tweak.low, high: composite.base.tweak.high }
  const discrete = composite.components.filter((c) => !isNumeric(c))
  const numeric = composite.components.filter(isNumeric)
  return ({ row, resource }) =>
    composite.base.extract(resource, (instance) => {
      if (!isJsonObject(instance)) return
      if (numeric.length === 0) addPairs(row, name, tweak, discrete, instance, resource, terms)
      else addNumbers(row, composite, discrete[0]!, numeric, instance, resource, terms)
    })
}

function isNumeric(component: CompositeComponent): boolean {
  return component.type === 'quantity' || component.type === 'number'
}

function addPairs(
  row: IndexRow,
  name: string,
  tweak: { low: number; high: number },
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

/** What names a composite in the side table of numbers. */
export function compositeNumber(composite: CompositePath): number {
  return (
    composite.base.number ^ 0x5a5a5a5a ^ (composite.components.length << 8) ^ composite.components[0]!.paths[0]!.number
  )
}

/** Hashes of a sibling code and of its system. */
export function contextOf(
  token: { system?: string; code?: string; exact?: boolean },
  terms: Terms,
): { code: bigint | null; system: bigint | null } {
  return {
    code: token.code === undefined ? null : terms.term(contextTweak, forms.code(tokenCode(token))),
    system: token.system === undefined ? null : terms.term(contextTweak, forms.system(token.system)),
  }
}

const contextTweak = { low: 0x63747874, high: 0 }

function componentNumbers(component: CompositeComponent, instance: JsonObject, resource: JsonObject) {
  const numbers: { low: number; high: number; system?: string; code?: string; unit?: string }[] = []
  for (const path of component.paths) {
    path.extract(component.fromResource ? resource : instance, (value, type) =>
      numberValues(value, type, (number) => numbers.push(number)),
    )
  }
  return numbers
}

/** The narrative's words without its markup, each once. */
function narrativeWords(resource: JsonObject): string | null {
  const text = resource['text']
  const div = isJsonObject(text) ? text['div'] : undefined
  if (typeof div !== 'string') return null
  const words = wordsOf(plainText(div))
  return words.length === 0 ? null : words.join(' ')
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&', nbsp: ' ' }

function plainText(div: string): string {
  return div
    .replace(/<[^>]*>/g, ' ')
    .replace(/&#(\d{1,7});/g, (_, digits: string) => String.fromCodePoint(Math.min(Number(digits), 0x10ffff)))
    .replace(/&(\w{1,8});/g, (entity, name: string) => entities[name] ?? entity)
}

function unique(terms: bigint[]): bigint[] {
  return terms.length < 2 ? terms : [...new Set(terms)]
}
