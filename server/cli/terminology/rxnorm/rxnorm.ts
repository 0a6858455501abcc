/** RxNorm, from the RRF files of a release. https://hl7.org/fhir/R4/rxnorm.html */
import type { ConceptRow, ReleaseSystem } from '../../../fhir/terminology/concept-row.ts'
import { keptText, rowsOf } from '../columns.ts'
import { completeFile, fileNamed, neededFile, versionIn } from '../find-files.ts'
import { idText } from '../id-table.ts'
import { type Release, ReleaseError, type ReleaseFile, type ReleaseReader } from '../release.ts'
import { type Gathered, gatherRxnorm } from './rxnorm-gather.ts'

export const rxnorm: ReleaseReader = {
  about: "RxNorm: a full release with the folder 'rrf', as a zip or unpacked.",
  read: async ({ files, name, tell }): Promise<Release> => {
    // A full release has the subset of what can be prescribed in a folder of its own.
    const whole = files.filter(({ path }) => !/(^|\/)prescribe\//i.test(path))
    const among = whole.some(({ name: own }) => /^RXNCONSO\.RRF$/i.test(own)) ? whole : files
    const concepts = neededFile(among, /^RXNCONSO\.RRF$/i, 'RXNCONSO.RRF', 'RxNorm')
    const version = versionOf(name, among)
    const tables = {
      concepts,
      relations: completeFile(among, /^RXNREL\.RRF$/i, 'RXNREL.RRF'),
      attributes: completeFile(among, /^RXNSAT\.RRF$/i, 'RXNSAT.RRF'),
      types: fileNamed(among, /^RXNSTY\.RRF$/i),
    }
    if (!tables.types) tell({ file: 'RXNSTY.RRF', message: 'There is no such file: concepts have no semantic types.' })
    const gathered = await gatherRxnorm(tables, tell)
    return { system: systemOf(gathered, version), concepts: conceptsOf(gathered) }
  },
}

/** The month, day and year of the release are in the names of its archive and of its notes alone. */
function versionOf(name: string, files: readonly ReleaseFile[]): string {
  const version = versionIn([name, ...files.map(({ path }) => path)], /(?:^|\D)((?:0\d|1[0-2])[0-3]\d20\d\d)(?:\D|$)/)
  if (version !== undefined) return version
  throw new ReleaseError(
    `The version of the release is not known: '${name}' does not name it, as 'RxNorm_full_01062025.zip' does.`,
  )
}

function systemOf({ names, relations, attributes }: Gathered, version: string): ReleaseSystem {
  // Not all of them: SY is a type of terms and a kind of relation, others are types of terms alone.
  const places = new Set<number>()
  for (const column of [relations.columns.name, relations.columns.kind]) {
    for (const place of column.subarray(0, relations.count)) places.add(place)
  }
  for (const place of attributes.columns.name.subarray(0, attributes.count)) places.add(place)
  const others = [...names].flatMap(([code, place]) => (places.has(place) ? [code] : []))
  return {
    url: 'http://www.nlm.nih.gov/research/umls/rxnorm',
    version,
    name: 'RxNorm',
    properties: ['TTY', 'SAB', ...others].map((code) => ({ code, type: 'string' })),
  }
}

/** Terms that stand beside the one that a concept is named with. */
const besides: ReadonlySet<string> = new Set(['SY', 'TMSY', 'PSN', 'ET'])

interface Term {
  readonly type: string
  readonly text: string
  readonly suppressed: boolean
}

async function* conceptsOf(gathered: Gathered): AsyncGenerator<ConceptRow> {
  const names = [...gathered.names.keys()]
  for (let concept = 0; concept < gathered.concepts.count; concept++) yield rowOf(gathered, concept, names)
}

function rowOf(gathered: Gathered, concept: number, names: readonly string[]): ConceptRow {
  const terms = termsOf(gathered, concept, names)
  const rank = ({ type, suppressed }: Term) => (suppressed ? 2 : 0) + (besides.has(type) ? 1 : 0)
  const [named, ...others] = terms.toSorted((a, b) => rank(a) - rank(b))
  const types = new Set(terms.flatMap(({ type, suppressed }) => (suppressed === named!.suppressed ? [type] : [])))
  return {
    code: idText(gathered.concepts, concept),
    display: named!.text,
    active: !named!.suppressed,
    designations: others.map(({ type, text }) => ({ language: 'en', use: type, value: text })),
    properties: [
      ...[...types].map((value) => ({ code: 'TTY', value, type: 'string' as const })),
      { code: 'SAB', value: 'RXNORM', type: 'string' },
      ...propertiesOf(gathered, concept, names),
    ],
  }
}

function termsOf({ atoms, texts }: Gathered, concept: number, names: readonly string[]): Term[] {
  const { name, at, length, suppressed } = atoms.columns
  return rowsOf(atoms, concept).map((row) => ({
    type: names[name[row]!]!,
    text: keptText(texts, at[row]!, length[row]!),
    suppressed: suppressed[row] === 1,
  }))
}

type Properties = NonNullable<ConceptRow['properties']>

/** Each once: attributes are told of atoms, of which a concept has several. */
function propertiesOf(gathered: Gathered, concept: number, names: readonly string[]): Properties {
  const { relations, attributes, concepts, texts } = gathered
  const found = new Map<string, Properties[number]>()
  for (const row of rowsOf(relations, concept)) {
    const { name, kind, target } = relations.columns
    const value = idText(concepts, target[row]!)
    for (const column of [name, kind]) {
      const code = names[column[row]!]!
      found.set(`${code} ${value}`, { code, value, type: 'code' })
    }
  }
  for (const row of rowsOf(attributes, concept)) {
    const { name, at, length } = attributes.columns
    const code = names[name[row]!]!
    const value = keptText(texts, at[row]!, length[row]!)
    found.set(`${code} ${value}`, { code, value, type: 'string' })
  }
  return [...found.values()]
}
