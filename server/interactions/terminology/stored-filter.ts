/** Filters of constraints on a release in the database. */
import { areKnown, describedSo } from '../../fhir/terminology/ecl/description-tests.ts'
import type { FilterTest } from '../../fhir/terminology/ecl/plan.ts'
import {
  hasNumber,
  intersect,
  numbersOf,
  type Ranges,
  rangeOf,
  rangesOf,
  subtract,
  unite,
} from '../../fhir/terminology/ranges.ts'
import { wordsOf } from '../../fhir/terminology/words.ts'
import {
  conceptsWith,
  havingConcept,
  havingText,
  numbersOfCodes,
  textsWithin,
} from '../../store/terminology/concept-sets.ts'
import { type ReleaseReader, setsOf, setsOfWords, setsOfWordsWith } from '../../store/terminology/concepts.ts'
import { decodeRanges } from '../../store/terminology/number-sets.ts'
import type { Release } from '../../store/terminology/releases.ts'
import { lists } from '../../store/terminology/tables.ts'
import { conceptOf } from './stored-concept.ts'

type Tests = readonly FilterTest<Ranges>[]

/** Undefined where a test asks for what is not kept. */
export async function storedFilter(
  release: Release,
  reader: ReleaseReader,
  on: 'description' | 'concept',
  tests: Tests,
): Promise<Ranges | undefined> {
  const all = rangeOf(0, release.concepts)
  if (on === 'description') return areKnown(tests) ? describedSets(release, reader, all, tests) : undefined
  let found = all
  for (const test of tests) {
    const passing = await conceptTest(reader, all, test)
    if (passing === undefined) return undefined
    found = intersect(found, passing)
  }
  return found
}

/** Texts that are looked at together. */
const pageSize = 5000

async function describedSets(release: Release, reader: ReleaseReader, all: Ranges, tests: Tests): Promise<Ranges> {
  const types = await numbersOfCodes(reader, typeCodes)
  const isIn = (concepts: Ranges, code: string) => {
    const number = types.get(code)
    return number !== undefined && hasNumber(concepts, number)
  }
  const mayBeDefinitions = tests.some(
    (test) => test.field === 'typeId' && (test.negated || isIn(test.concepts, definitionType)),
  )
  // Definitions are not indexed by words.
  const candidates = mayBeDefinitions ? all : await candidatesOf(reader, all, tests)
  const found: number[] = []
  for (let from = 0; ; from += pageSize) {
    const page = rangesOf(numbersOf(candidates, from, pageSize))
    if (page.length === 0) return rangesOf(found)
    for (const row of await textsWithin(reader, page)) {
      if (describedSo(conceptOf(row, release.url), tests, isIn)) found.push(row.n)
    }
  }
}

const definitionType = '900000000000550004'
/** Synonym, fully specified name, definition. */
const typeCodes = ['900000000000013009', '900000000000003001', definitionType]

/** Those that have the words of terms; of what has wildcards, words that have its letters in them. */
async function candidatesOf(reader: ReleaseReader, all: Ranges, tests: Tests): Promise<Ranges> {
  let found = all
  for (const test of tests) {
    if (test.field !== 'term' || test.negated) continue
    const each = test.terms.map(async ({ kind, text }) => {
      const looks =
        kind === 'wild'
          ? wordsOf(text.replace(/\\(.)/gsu, '$1')).map((part) => setsOfWordsWith(reader, part))
          : wordsOf(text).map((word) => setsOfWords(reader, word))
      return (await Promise.all(looks)).map(unite).reduce(intersect, all)
    })
    found = intersect(found, unite(await Promise.all(each)))
  }
  return found
}

async function conceptTest(reader: ReleaseReader, all: Ranges, test: FilterTest<Ranges>): Promise<Ranges | undefined> {
  const opposite = (ranges: Ranges, negated: boolean) => (negated ? subtract(all, ranges) : ranges)
  switch (test.field) {
    case 'active': {
      const [row] = await setsOf(reader, [{ list: lists.set, word: 'inactive' }])
      return test.active === undefined ? all : opposite(decodeRanges(row!.numbers), test.active)
    }
    case 'moduleId':
      return opposite(
        conceptsWith(await havingConcept(reader, ['moduleId'], test.concepts), () => true),
        test.negated,
      )
    case 'definitionStatusId': {
      const statuses = await numbersOfCodes(reader, [...definitionStatuses.keys()])
      const wanted = new Set(
        [...statuses].flatMap(([code, number]) =>
          hasNumber(test.concepts, number) ? definitionStatuses.get(code)! : [],
        ),
      )
      const found = conceptsWith(await havingText(reader, ['sufficientlyDefined']), (value) => wanted.has(value))
      return opposite(found, test.negated)
    }
    case 'effectiveTime': {
      const passes = dayTest(test.operator, test.days)
      return conceptsWith(await havingText(reader, ['effectiveTime']), (day) => passes(day.replaceAll('-', '')))
    }
    default:
      return undefined
  }
}

/** By the status what the property `sufficientlyDefined` is. */
const definitionStatuses: ReadonlyMap<string, string> = new Map([
  ['900000000000073002', 'true'],
  ['900000000000074008', 'false'],
])

/** Days are as long as each other, so that they compare as texts. */
const comparisons: Readonly<Record<string, (a: string, b: string) => boolean>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
}

function dayTest(operator: string, days: readonly string[]): (day: string) => boolean {
  if (operator === '!=') return (day) => !days.includes(day)
  const compare = comparisons[operator] ?? ((a: string, b: string) => a === b)
  return (day) => days.some((other) => compare(day, other))
}
