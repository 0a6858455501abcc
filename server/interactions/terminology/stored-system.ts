/** A release in the database as a code system: what was fetched answers, what was not is noted and fetched next. */
import { OutcomeError } from '../../fhir/outcome.ts'
import { intersect, noConcepts, type Ranges, rangeOf, rangesOf, unite } from '../../fhir/terminology/ranges.ts'
import { type Concept, Needed, type PropertyTest, type System } from '../../fhir/terminology/system.ts'
import {
  type ConceptPlace,
  type ConceptTexts,
  conceptsByCode,
  isColumn,
  numbersAbove,
  numbersWithAny,
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
import { lists } from '../../store/terminology/tables.ts'
import { constraintInRelease, planFor } from './constraint.ts'
import type { SetCache } from './set-cache.ts'
import { conceptOf } from './stored-concept.ts'

export interface StoredSystem extends System {
  /** Fetches what was asked for in vain. */
  fetch(): Promise<void>
  /** What an ECL expression chooses. */
  constraint(expression: string): Ranges
}

/** What a set is made from when it is not in the cache. */
type MakeSet = (reader: ReleaseReader) => Promise<Ranges>

interface State {
  readonly release: Release
  readonly reader: ReleaseReader
  readonly sets: SetCache
  /** What a request has fetched it keeps, however small the cache is. */
  readonly held: Map<string, Ranges>
  /** Sets that cannot be made, and why. */
  readonly failed: Map<string, OutcomeError>
  readonly numbers: Map<string, number | undefined>
  readonly places: Map<number, ConceptPlace>
  readonly texts: Map<number, Concept>
  /** What was asked for in vain. */
  readonly asked: {
    readonly codes: Set<string>
    readonly places: Set<number>
    readonly texts: Set<number>
    readonly sets: Map<string, MakeSet>
  }
}

/** For one request: concepts are read anew, sets that no release changes are kept in `sets`. */
export function storedSystem(release: Release, reader: ReleaseReader, sets: SetCache): StoredSystem {
  const state: State = {
    release,
    reader,
    sets,
    held: new Map(),
    failed: new Map(),
    numbers: new Map(),
    places: new Map(),
    texts: new Map(),
    asked: { codes: new Set(), places: new Set(), texts: new Set(), sets: new Map() },
  }
  return {
    url: release.url,
    version: release.version,
    name: release.name,
    content: 'complete',
    caseSensitive: true,
    size: release.concepts,
    properties: new Set(release.properties),
    ...conceptLookUps(state),
    ...setLookUps(state),
    fetch: () => fetchAsked(state),
  }
}

function conceptLookUps({ numbers, texts, places, asked }: State) {
  const place = (number: number): ConceptPlace => {
    const known = places.get(number)
    if (known) return known
    asked.places.add(number)
    throw new Needed()
  }
  return {
    numberOf: (code: string) => {
      if (numbers.has(code)) return numbers.get(code)
      asked.codes.add(code)
      throw new Needed()
    },
    concept: (number: number) => {
      const known = texts.get(number)
      if (known) return known
      asked.texts.add(number)
      throw new Needed()
    },
    below: (number: number) => {
      const { below, size } = place(number)
      return below ? decodeNumbers(below) : rangeOf(number, number + size)
    },
    children: (number: number) => {
      const { children } = place(number)
      return children ? decodeRanges(children) : noConcepts
    },
    expect: (codes: Iterable<string>) => expectAll(codes, numbers, asked.codes),
    expectConcepts: (wanted: readonly number[]) => expectAll(wanted, texts, asked.texts),
  }
}

function expectAll<K>(keys: Iterable<K>, known: ReadonlyMap<K, unknown>, asked: Set<K>): void {
  const before = asked.size
  for (const key of keys) if (!known.has(key)) asked.add(key)
  if (asked.size > before) throw new Needed()
}

function setLookUps(state: State) {
  const { sets, asked } = state
  const set = (key: string, make: MakeSet): Ranges => {
    const known = setBy(state, key)
    if (known) return known
    const failure = state.failed.get(key)
    if (failure) throw failure
    asked.sets.set(key, make)
    throw new Needed()
  }
  const posting = (list: string, word: string) => set(`${list} ${word}`, (from) => onePosting(from, list, word))
  return {
    above: (number: number) => set(`above ${number}`, async (from) => rangesOf(await numbersAbove(from, number))),
    having: (property: string, test: PropertyTest) =>
      set(`having ${property} ${JSON.stringify(test)}`, havingSet(property, test)),
    inactive: () => posting(lists.set, 'inactive'),
    abstract: () => posting(lists.set, 'abstract'),
    matching: (prefixes: readonly string[]) => matching(state, prefixes),
    constraint: (expression: string) => {
      // What cannot be read is told at once.
      planFor(expression)
      return set(`ecl ${expression}`, (from) => constraintInRelease(state.release, from, expression))
    },
    weights: () => {
      if (sets.weights) return sets.weights
      asked.sets.set('weights', async (from) => {
        const [row] = await setsOf(from, [{ list: lists.set, word: 'weights' }])
        sets.weights = row!.numbers
        return noConcepts
      })
      throw new Needed()
    },
  }
}

function setBy({ held, sets }: State, key: string): Ranges | undefined {
  return held.get(key) ?? sets.get(key)
}

/** All words are asked for together. */
function matching(state: State, prefixes: readonly string[]): Ranges {
  const found = prefixes.flatMap((prefix) => {
    const known = setBy(state, `word ${prefix}`)
    if (!known) state.asked.sets.set(`word ${prefix}`, async (from) => unite(await setsOfWords(from, prefix)))
    return known ? [known] : []
  })
  if (found.length < prefixes.length) throw new Needed()
  return found.length === 0 ? noConcepts : found.reduce(intersect)
}

async function fetchAsked(state: State): Promise<void> {
  const { reader, asked, held, sets } = state
  const [codes, places, texts, making] = [[...asked.codes], [...asked.places], [...asked.texts], [...asked.sets]]
  for (const one of [asked.codes, asked.places, asked.texts, asked.sets]) one.clear()
  await Promise.all([
    codes.length > 0 && fetchCodes(state, codes),
    places.length > 0 && placesOf(reader, places).then((rows) => rows.forEach((row) => void takePlace(state, row))),
    texts.length > 0 && textsOf(reader, texts).then((rows) => rows.forEach((row) => void takeTexts(state, row))),
    ...making.map(async ([key, make]) => {
      try {
        const ranges = await make(reader)
        held.set(key, ranges)
        sets.set(key, ranges)
      } catch (error) {
        // Of several questions that are answered together it concerns but one.
        if (!(error instanceof OutcomeError)) throw error
        state.failed.set(key, error)
      }
    }),
  ])
}

async function fetchCodes(state: State, codes: readonly string[]): Promise<void> {
  const rows = await conceptsByCode(state.reader, codes)
  for (const code of codes) state.numbers.set(code, undefined)
  for (const row of rows) {
    takePlace(state, row)
    takeTexts(state, row)
  }
}

function takePlace({ places, numbers }: State, row: ConceptPlace): void {
  places.set(row.n, row)
  numbers.set(row.code, row.n)
}

function takeTexts({ texts, release }: State, row: ConceptTexts): void {
  texts.set(row.n, conceptOf(row, release.url))
}

function havingSet(property: string, test: PropertyTest): MakeSet {
  switch (test.kind) {
    case 'present':
      if (isColumn(property)) return async (reader) => rangesOf(await numbersWithAny(reader, property))
      return (reader) => onePosting(reader, lists.present, property)
    case 'pattern':
      return async (reader) => unite(await setsOfPattern(reader, property, test.pattern))
    case 'value': {
      const { list, word } = valueKey(property, test.value)
      if (!isColumn(property)) return (reader) => onePosting(reader, list, word)
      return async (reader) => rangesOf(await numbersWithText(reader, property, test.value))
    }
  }
}

async function onePosting(reader: ReleaseReader, list: string, word: string): Promise<Ranges> {
  const [row] = await setsOf(reader, [{ list, word }])
  return row ? decodeRanges(row.numbers) : noConcepts
}
