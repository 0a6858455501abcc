/** A release in the database as a graph, on which constraints are evaluated. */
import type { AttributeRow, AttributeValue, ConceptGraph } from '../../fhir/terminology/ecl/graph.ts'
import { valuePasses } from '../../fhir/terminology/ecl/match.ts'
import type { ValueTest } from '../../fhir/terminology/ecl/plan.ts'
import { associationsAmong, isAttribute, rangesAlgebra } from '../../fhir/terminology/ecl/ranges-algebra.ts'
import { hasNumber, intersect, type Ranges, rangeOf, rangesOf, subtract } from '../../fhir/terminology/ranges.ts'
import {
  ancestorsOf,
  childrenOf,
  conceptsWith,
  descendantsOf,
  havingConcept,
  havingText,
  numbersOfCodes,
  parentsOf,
  propertiesWithin,
  valuesHeldBy,
} from '../../store/terminology/concept-sets.ts'
import { type ReleaseReader, setsOf } from '../../store/terminology/concepts.ts'
import { decodeRanges } from '../../store/terminology/number-sets.ts'
import type { Release } from '../../store/terminology/releases.ts'
import { propertiesFrom } from '../../store/terminology/row-texts.ts'
import { lists } from '../../store/terminology/tables.ts'
import { storedFilter } from './stored-filter.ts'

/** What a graph is made of: statements, and the attributes by their codes. */
interface Source {
  readonly release: Release
  readonly reader: ReleaseReader
  /** The numbers of the concepts that attributes are. */
  readonly attributes: () => Promise<ReadonlyMap<string, number>>
}

export function storedGraph(release: Release, reader: ReleaseReader): ConceptGraph<Ranges, number> {
  let attributes: Promise<ReadonlyMap<string, number>> | undefined
  const source: Source = {
    release,
    reader,
    attributes: () => {
      attributes ??= numbersOfCodes(reader, release.properties.filter(isAttribute))
      return attributes
    },
  }
  return {
    ...hierarchyOf(reader),
    all: async () => subtract(rangeOf(0, release.concepts), await inactive(reader)),
    concepts: async (codes) => rangesOf((await numbersOfCodes(reader, codes)).values()),
    members: async (refsets) => conceptsWith(await havingConcept(reader, ['refset'], refsets), () => true),
    ...attributesOf(source),
    replacedBy: async (of, associations) => {
      const properties = associationsAmong(release.properties, associations)
      return conceptsWith(await havingConcept(reader, properties, of), () => true)
    },
    filtered: (on, tests) => storedFilter(release, reader, on, tests),
    ...rangesAlgebra,
  }
}

async function inactive(reader: ReleaseReader): Promise<Ranges> {
  const [row] = await setsOf(reader, [{ list: lists.set, word: 'inactive' }])
  return row ? decodeRanges(row.numbers) : rangesAlgebra.none()
}

function hierarchyOf(reader: ReleaseReader) {
  return {
    descendants: (of: Ranges, self: boolean) => descendantsOf(reader, of, self),
    ancestors: async (of: Ranges, self: boolean) => ancestorsOf(reader, self ? of : await parentsOf(reader, of)),
    children: (of: Ranges) => childrenOf(reader, of),
    parents: (of: Ranges) => parentsOf(reader, of),
  }
}

type AttributeQuestions = Pick<
  ConceptGraph<Ranges, number>,
  'withAttribute' | 'attributeValues' | 'attributesFrom' | 'attributesTo'
>

function attributesOf(source: Source): AttributeQuestions {
  const { reader } = source
  return {
    withAttribute: async (names, test) => withAttribute(reader, await codesOf(source, names), test),
    attributeValues: async (of, names) => {
      const found = await havingConcept(reader, await codesOf(source, names), 'any')
      return valuesHeldBy(found, (concepts) => of === 'any' || intersect(concepts, of).length > 0)
    },
    attributesFrom: (concepts) => rowsOf(source, concepts),
    attributesTo: async (concepts) => {
      const sources = await havingConcept(reader, await codesOf(source, 'any'), concepts)
      const rows = await rowsOf(
        source,
        conceptsWith(sources, () => true),
      )
      return rows.filter(({ value }) => 'concept' in value && hasNumber(concepts, value.concept))
    },
  }
}

async function codesOf({ attributes }: Source, names: Ranges | 'any'): Promise<string[]> {
  const all = [...(await attributes())]
  return all.flatMap(([code, number]) => (names === 'any' || hasNumber(names, number) ? [code] : []))
}

async function withAttribute(
  reader: ReleaseReader,
  codes: readonly string[],
  test: ValueTest<Ranges | 'any'>,
): Promise<Ranges> {
  if (test.kind !== 'concepts') {
    const found = await havingText(reader, codes)
    // Of what type a text is, sets do not tell: an attribute's values are all of one.
    const fits = (text: string) => test.kind !== 'number' || numeric.test(text)
    return conceptsWith(found, (text) => fits(text) && valuePasses(test, { text, type: test.kind }, hasNumber))
  }
  const { values, negated } = test
  const found = await havingConcept(reader, codes, negated ? 'any' : values)
  return conceptsWith(found, (value) => (values === 'any' || hasNumber(values, value)) !== negated)
}

const numeric = /^[-+]?\d+(?:\.\d+)?$/

async function rowsOf({ reader, attributes }: Source, of: Ranges): Promise<AttributeRow<number>[]> {
  const names = await attributes()
  const found = (await propertiesWithin(reader, of)).map(({ n, properties }) => ({
    source: n,
    own: propertiesFrom(properties).filter(({ code }) => names.has(code)),
  }))
  const codes = new Set(found.flatMap(({ own }) => own.flatMap(({ type, value }) => (type === 'code' ? [value] : []))))
  const numbers = codes.size === 0 ? new Map<string, number>() : await numbersOfCodes(reader, [...codes])
  return found.flatMap(({ source, own }) =>
    own.map(({ code, value, type, group = 0 }) => ({
      source,
      name: names.get(code)!,
      group,
      value: attributeValue(value, type, numbers),
    })),
  )
}

const textTypes: Readonly<Record<string, 'number' | 'boolean'>> = {
  integer: 'number',
  decimal: 'number',
  boolean: 'boolean',
}

function attributeValue(text: string, type: string, numbers: ReadonlyMap<string, number>): AttributeValue<number> {
  const concept = type === 'code' ? numbers.get(text) : undefined
  return concept === undefined ? { text, type: textTypes[type] ?? 'string' } : { concept }
}
