/** Concepts of a snapshot, put together. https://hl7.org/fhir/R4/snomedct.html */
import type { ConceptRow } from '../../../fhir/terminology/concept-row.ts'
import { associationProperty } from '../../../fhir/terminology/ecl/ranges-algebra.ts'
import { keptText, rowsOf } from '../columns.ts'
import { idText, idTexts, madeOnce } from '../id-table.ts'
import { ids, types } from './snomed-gather.ts'
import { flags, type Gathered } from './snomed-gathered.ts'

type Designation = NonNullable<ConceptRow['designations']>[number]
type Property = NonNullable<ConceptRow['properties']>[number]

interface Description {
  readonly text: string
  readonly type: number
  readonly language: string
  /** Bits of language refsets. */
  readonly preferred: number
}

/** In the order of the release's file. */
export function* snomedRows(gathered: Gathered): Generator<ConceptRow> {
  const lists = listsOf(gathered)
  for (let concept = 0; concept < gathered.concepts.count; concept++) yield rowOf(gathered, concept, lists)
}

interface Lists {
  /** The code of a concept. */
  readonly codeOf: (concept: number) => string
  /** There are as many days as releases. */
  readonly dayOf: (day: number) => string
  readonly languages: readonly string[]
  readonly modules: readonly string[]
  readonly attributes: readonly string[]
  readonly values: readonly string[]
  readonly refsets: readonly string[]
  /** Properties. */
  readonly associations: readonly string[]
  readonly dialects: readonly Dialect[]
  /** In which order refsets choose the display. */
  readonly displayed: readonly number[]
}

interface Dialect {
  readonly bit: number
  /** Undefined for refsets of unknown languages. */
  readonly tag?: string
}

/** Language refsets by the language tag that they stand for; the first of them choose the display. */
const dialects: ReadonlyMap<string, string> = new Map([
  ['900000000000509007', 'en-US'],
  ['900000000000508004', 'en-GB'],
  ['999001261000000100', 'en-GB'],
  ['32570271000036106', 'en-AU'],
  ['19491000087109', 'en-CA'],
  ['21000220103', 'en-IE'],
  ['271000210107', 'en-NZ'],
  ['448879004', 'es'],
  ['450828004', 'es-419'],
  ['31000146106', 'nl-NL'],
  ['21000172104', 'fr-BE'],
  ['20581000087109', 'fr-CA'],
  ['46011000052107', 'sv-SE'],
  ['554461000005103', 'da-DK'],
  ['61000202103', 'nb-NO'],
  ['722130004', 'de'],
  ['722131000', 'fr'],
])

function listsOf({ concepts, lists, languages, values }: Gathered): Lists {
  const refsets = idTexts(lists.languageRefset)
  const rank = [...dialects.keys()]
  const known = refsets.map((refset, bit) => ({ refset, bit })).filter(({ bit }) => bit < 16)
  const position = (refset: string) => (rank.includes(refset) ? rank.indexOf(refset) : rank.length)
  return {
    codeOf: madeOnce((concept) => idText(concepts, concept)),
    dayOf: memorized(dayText),
    languages: [...languages.keys()],
    modules: idTexts(lists.module),
    attributes: idTexts(lists.attribute),
    values: [...values.keys()],
    refsets: idTexts(lists.refset),
    associations: idTexts(lists.association).map(associationProperty),
    dialects: known.map(({ refset, bit }) => {
      const tag = dialects.get(refset)
      return { bit: 1 << bit, ...(tag !== undefined && { tag }) }
    }),
    displayed: known.sort((a, b) => position(a.refset) - position(b.refset)).map(({ bit }) => 1 << bit),
  }
}

function rowOf(gathered: Gathered, concept: number, lists: Lists): ConceptRow {
  const { columns } = gathered.states
  const state = columns.flags[concept]!
  const descriptions = descriptionsOf(gathered, concept, lists)
  const display = displayOf(descriptions, lists)
  const definition = definitionOf(descriptions, lists)
  const day = columns.day[concept]!
  const properties: Property[] = [
    { code: 'moduleId', value: lists.modules[columns.module[concept]!]!, type: 'code' },
    { code: 'sufficientlyDefined', value: (state & flags.defined) === 0 ? 'false' : 'true', type: 'boolean' },
  ]
  if (day > 0) properties.unshift({ code: 'effectiveTime', value: lists.dayOf(day), type: 'dateTime' })
  const parents = addRelationships(properties, gathered, concept, lists)
  addMemberships(properties, gathered, concept, lists)
  addAssociations(properties, gathered, concept, lists)
  return {
    code: lists.codeOf(concept),
    ...(display !== undefined && { display }),
    active: (state & flags.active) !== 0,
    ...(definition !== undefined && { definition }),
    parents,
    designations: designationsOf(descriptions, lists),
    properties,
  }
}

function memorized(make: (day: number) => string): (day: number) => string {
  const known = new Map<number, string>()
  return (day) => {
    const found = known.get(day) ?? make(day)
    if (!known.has(day)) known.set(day, found)
    return found
  }
}

function dayText(day: number): string {
  const text = String(day)
  return `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`
}

function descriptionsOf({ descriptions, texts }: Gathered, concept: number, { languages }: Lists): Description[] {
  const { at, length, type, language, preferred } = descriptions.columns
  return rowsOf(descriptions, concept).map((row) => ({
    text: keptText(texts, at[row]!, length[row]!),
    type: type[row]!,
    language: languages[language[row]!]!,
    preferred: preferred[row]!,
  }))
}

/** The preferred term; of concepts without one another synonym, or the fully specified name. */
function displayOf(descriptions: readonly Description[], { displayed }: Lists): string | undefined {
  const synonyms = descriptions.filter(({ type }) => type === types.synonym)
  for (const bit of displayed) {
    const preferred = synonyms.find((one) => (one.preferred & bit) !== 0)
    if (preferred) return preferred.text
  }
  return (synonyms[0] ?? descriptions.find(({ type }) => type === types.fullySpecifiedName))?.text
}

function definitionOf(descriptions: readonly Description[], { displayed }: Lists): string | undefined {
  const definitions = descriptions.filter(({ type }) => type === types.definition)
  const preferred = displayed.map((bit) => definitions.find((one) => (one.preferred & bit) !== 0))
  return (preferred.find((one) => one !== undefined) ?? definitions[0])?.text
}

/** Preferred terms first, since the first synonym in a language is taken to be the one to show. */
function designationsOf(descriptions: readonly Description[], { dialects: all }: Lists): Designation[] {
  const preferred: Designation[] = []
  const others: Designation[] = []
  const names: Designation[] = []
  for (const { text, type, language, preferred: bits } of descriptions) {
    if (type === types.definition) continue
    if (type === types.fullySpecifiedName) {
      names.push({ language, use: ids.fullySpecifiedName, value: text })
      continue
    }
    const of = all.filter(({ tag }) => tag === undefined || tag === language || tag.startsWith(`${language}-`))
    const dialects = of.filter(({ bit }) => (bits & bit) !== 0)
    if (dialects.length === 0) others.push({ language, use: ids.synonym, value: text })
    else if (dialects.length === of.length) preferred.push({ language, use: ids.synonym, value: text })
    else {
      for (const { tag = language } of dialects) preferred.push({ language: tag, use: ids.synonym, value: text })
    }
  }
  return [...preferred, ...others, ...names]
}

/** Adds attributes, and returns the parents. */
function addRelationships(
  properties: Property[],
  { relationships }: Gathered,
  concept: number,
  { attributes, values, codeOf }: Lists,
): string[] {
  const { type, target, group } = relationships.columns
  const parents: string[] = []
  for (const row of rowsOf(relationships, concept)) {
    const code = attributes[type[row]!]!
    const to = target[row]!
    if (code === ids.isA && to >= 0) parents.push(codeOf(to))
    else properties.push(attribute(code, to < 0 ? concreteValue(values[-1 - to]!) : codeOf(to), group[row]!))
  }
  return parents
}

function attribute(code: string, target: string | Value, group: number): Property {
  // Written out: objects that are spread take several times as long, and there are millions.
  if (typeof target === 'string') {
    return group === 0 ? { code, value: target, type: 'code' } : { code, value: target, type: 'code', group }
  }
  return { code, ...target, ...(group !== 0 && { group }) }
}

type Value = Pick<Property, 'value' | 'type'>

/** `#5`, `#0.5`, `"text"`, `true`. */
function concreteValue(text: string): Value {
  if (text.startsWith('#')) return { value: text.slice(1), type: text.includes('.') ? 'decimal' : 'integer' }
  if (/^(true|false)$/i.test(text)) return { value: text.toLowerCase(), type: 'boolean' }
  return { value: text.replace(/^"([\s\S]*)"$/, '$1'), type: 'string' }
}

function addMemberships(properties: Property[], { memberships }: Gathered, concept: number, lists: Lists): void {
  for (const row of rowsOf(memberships, concept)) {
    properties.push({ code: 'refset', value: lists.refsets[memberships.columns.refset[row]!]!, type: 'code' })
  }
}

function addAssociations(properties: Property[], gathered: Gathered, concept: number, lists: Lists): void {
  const { associations } = gathered
  const { refset, target } = associations.columns
  for (const row of rowsOf(associations, concept)) {
    properties.push({
      code: lists.associations[refset[row]!]!,
      value: lists.codeOf(target[row]!),
      type: 'code',
    })
  }
}

/** Codes of the properties that lead from concepts out of use to those in their place. */
export function associationsOf({ lists }: Gathered): readonly string[] {
  return idTexts(lists.association).map(associationProperty)
}

/** Codes of the attributes that concepts have. */
export function attributesOf({ lists }: Gathered): readonly string[] {
  return idTexts(lists.attribute).filter((code) => code !== ids.isA)
}
