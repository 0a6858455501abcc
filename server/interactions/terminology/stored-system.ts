/** A release in the database as a code system: what was fetched answers, what was not is noted and fetched next. */
import { type JsonObject, numberFromText } from '../../fhir/json.ts'
import type { ConceptRow } from '../../fhir/terminology/concept-row.ts'
import { intersect, noConcepts, type Ranges, rangeOf, rangesOf, unite } from '../../fhir/terminology/ranges.ts'
import { type Concept, Needed, type PropertyTest, type System } from '../../fhir/terminology/system.ts'
import {
  type ConceptPlace,
  type ConceptTexts,
  conceptsByCode,
  isColumn,
  numbersAbove,
  numbersWithText,
  placesOf,
  type ReleaseReader,
  setsOf,
  setsOfPattern,
  setsOfWords,
  textsOf,
  valueKey,
} from '../../store/terminology/concepts.ts'
import { decodeNumbers, decodeRanges } from '../../store/terminology/number-sets.ts'
import type { Release } from '../../store/terminology/releases.ts'
import { designationsFrom, propertiesFrom } from '../../store/terminology/row-texts.ts'
import { flags, lists } from '../../store/terminology/tables.ts'
import type { SetCache } from './set-cache.ts'

export interface StoredSystem extends System {
  /** Fetches what was asked for in vain; false where that is nothing. */
  fetch(): Promise<boolean>
  /** A set of the answers to other questions, such as constraints: computed once for the release. */
  readonly sets: SetCache
}

/** What a set is made from when it is not in the cache. */
type MakeSet = (reader: ReleaseReader) => Promise<Ranges>

/** For one request: concepts are read anew, sets that no release changes are kept in `sets`. */
export function storedSystem(release: Release, reader: ReleaseReader, sets: SetCache): StoredSystem {
  const numbers = new Map<string, number | undefined>()
  const places = new Map<number, ConceptPlace>()
  const texts = new Map<number, Concept>()
  const asked = { codes: new Set<string>(), places: new Set<number>(), texts: new Set<number>() }
  const making = new Map<string, MakeSet>()
  // What a request has fetched it keeps, however small the cache is.
  const held = new Map<string, Ranges>()
  const setBy = (key: string) => held.get(key) ?? sets.get(key)

  const takePlace = (row: ConceptPlace) => {
    places.set(row.n, row)
    numbers.set(row.code, row.n)
  }
  const place = (number: number): ConceptPlace => {
    const known = places.get(number)
    if (known) return known
    asked.places.add(number)
    throw new Needed()
  }
  const set = (key: string, make: MakeSet): Ranges => {
    const known = setBy(key)
    if (known) return known
    making.set(key, make)
    throw new Needed()
  }
  const posting = (list: string, word: string) => set(`${list} ${word}`, (from) => onePosting(from, list, word))

  return {
    url: release.url,
    version: release.version,
    name: release.name,
    content: 'complete',
    caseSensitive: true,
    size: release.concepts,
    properties: new Set(release.properties),
    sets,
    numberOf: (code) => {
      if (numbers.has(code)) return numbers.get(code)
      asked.codes.add(code)
      throw new Needed()
    },
    concept: (number) => {
      const known = texts.get(number)
      if (known) return known
      asked.texts.add(number)
      throw new Needed()
    },
    below: (number) => {
      const { below, size } = place(number)
      return below ? decodeNumbers(below) : rangeOf(number, number + size)
    },
    above: (number) => set(`above ${number}`, async (from) => rangesOf(await numbersAbove(from, number))),
    children: (number) => {
      const { children } = place(number)
      return children ? decodeRanges(children) : noConcepts
    },
    having: (property, test) => set(`having ${property} ${JSON.stringify(test)}`, havingSet(property, test)),
    inactive: () => posting(lists.set, 'inactive'),
    abstract: () => posting(lists.set, 'abstract'),
    matching: (prefixes) => {
      const found = prefixes.map((prefix) => {
        const known = setBy(`word ${prefix}`)
        if (!known) making.set(`word ${prefix}`, async (from) => unite(await setsOfWords(from, prefix)))
        return known
      })
      if (found.includes(undefined)) throw new Needed()
      return found.length === 0 ? noConcepts : (found as Ranges[]).reduce(intersect)
    },
    weights: () => {
      if (sets.weights) return sets.weights
      making.set('weights', async (from) => {
        const [row] = await setsOf(from, [{ list: lists.set, word: 'weights' }])
        sets.weights = row!.numbers
        return noConcepts
      })
      throw new Needed()
    },
    expect: (codes) => {
      const missing = [...codes].filter((code) => !numbers.has(code))
      for (const code of missing) asked.codes.add(code)
      if (missing.length > 0) throw new Needed()
    },
    expectConcepts: (wanted) => {
      const missing = wanted.filter((number) => !texts.has(number))
      for (const number of missing) asked.texts.add(number)
      if (missing.length > 0) throw new Needed()
    },
    fetch: async () => {
      const codes = [...asked.codes]
      const placeNumbers = [...asked.places]
      const textNumbers = [...asked.texts]
      const sent: Promise<void>[] = []
      if (codes.length > 0) {
        sent.push(
          conceptsByCode(reader, codes).then((rows) => {
            for (const code of codes) numbers.set(code, undefined)
            for (const row of rows) {
              takePlace(row)
              texts.set(row.n, conceptOf(row, release.url))
            }
          }),
        )
      }
      if (placeNumbers.length > 0) sent.push(placesOf(reader, placeNumbers).then((rows) => rows.forEach(takePlace)))
      if (textNumbers.length > 0) {
        sent.push(
          textsOf(reader, textNumbers).then((rows) => {
            for (const row of rows) texts.set(row.n, conceptOf(row, release.url))
          }),
        )
      }
      for (const [key, make] of making) {
        sent.push(
          make(reader).then((ranges) => {
            held.set(key, ranges)
            sets.set(key, ranges)
          }),
        )
      }
      for (const one of [asked.codes, asked.places, asked.texts, making]) one.clear()
      await Promise.all(sent)
      return sent.length > 0
    },
  }
}

function havingSet(property: string, test: PropertyTest): MakeSet {
  switch (test.kind) {
    case 'present':
      return (reader) => onePosting(reader, lists.present, property)
    case 'pattern':
      return async (reader) => unite(await setsOfPattern(reader, property, test.pattern))
    case 'value': {
      const { list, word } = valueKey(property, test.value)
      if (property === 'inactive' && test.value === 'true') return (reader) => onePosting(reader, lists.set, 'inactive')
      if (!isColumn(property)) return (reader) => onePosting(reader, list, word)
      return async (reader) => rangesOf(await numbersWithText(reader, property, test.value))
    }
  }
}

async function onePosting(reader: ReleaseReader, list: string, word: string): Promise<Ranges> {
  const [row] = await setsOf(reader, [{ list, word }])
  return row ? decodeRanges(row.numbers) : noConcepts
}

function conceptOf(row: ConceptTexts, url: string): Concept {
  return {
    code: row.code,
    ...(row.display !== null && { display: row.display }),
    ...(row.definition !== null && { definition: row.definition }),
    active: (row.flags & flags.active) !== 0,
    abstract: (row.flags & flags.abstract) !== 0,
    designations: designationsFrom(row.designations).map(({ language, use, value }) => ({
      ...(language !== undefined && { language }),
      // The uses that releases have are codes of the system itself.
      ...(use !== undefined && { use: { system: url, code: use } }),
      value,
    })),
    properties: propertiesFrom(row.properties).map((property) => propertyOf(property, url)),
    parents: row.parents ?? [],
  }
}

type Properties = NonNullable<ConceptRow['properties']>

const valueElement: Readonly<Record<Properties[number]['type'], (value: string, url: string) => JsonObject>> = {
  code: (value) => ({ valueCode: value }),
  string: (value) => ({ valueString: value }),
  boolean: (value) => ({ valueBoolean: value === 'true' }),
  integer: (value) => ({ valueInteger: Number(value) }),
  decimal: (value) => ({ valueDecimal: numberFromText(value) }),
  dateTime: (value) => ({ valueDateTime: value }),
  Coding: (value, url) => ({ valueCoding: { system: url, code: value } }),
}

function propertyOf({ code, type, value }: Properties[number], url: string): JsonObject {
  return { code, ...valueElement[type](value, url) }
}
