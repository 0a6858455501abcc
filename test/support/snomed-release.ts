/** Writes files in the exact format of RF2 releases, small ones by hand and large ones made up. */
import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { oneOf, randomFrom } from './random.ts'

export const snomedHeaders = {
  Concept: 'id effectiveTime active moduleId definitionStatusId',
  Description: 'id effectiveTime active moduleId conceptId languageCode typeId term caseSignificanceId',
  Relationship:
    'id effectiveTime active moduleId sourceId destinationId relationshipGroup typeId characteristicTypeId modifierId',
  RelationshipConcreteValues:
    'id effectiveTime active moduleId sourceId value relationshipGroup typeId characteristicTypeId modifierId',
  Language: 'id effectiveTime active moduleId refsetId referencedComponentId acceptabilityId',
  Association: 'id effectiveTime active moduleId refsetId referencedComponentId targetComponentId',
  Refset: 'id effectiveTime active moduleId refsetId referencedComponentId',
  ModuleDependency:
    'id effectiveTime active moduleId refsetId referencedComponentId sourceEffectiveTime targetEffectiveTime',
} as const

/** A file with a header and rows of fields, as RF2 writes them: tabs, CRLF. */
export function rf2(header: keyof typeof snomedHeaders, rows: readonly (readonly (string | number)[])[]): string {
  const head = snomedHeaders[header].split(' ')
  return [head, ...rows].map((row) => `${row.join('\t')}\r\n`).join('')
}

export function writeFiles(folder: string, files: Readonly<Record<string, string | Buffer>>): string {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
  return folder
}

const module = '900000000000207008'
const words = ['structure', 'disorder', 'procedure', 'heart', 'valve', 'lung', 'left', 'right', 'acute', 'chronic']

/** An id as SNOMED CT makes them: item, then `00` for a concept, `01` a description, `02` a relationship, and a digit. */
export function snomedId(item: number, partition: '00' | '01' | '02'): string {
  return `${item + 1000}${partition}${item % 10}`
}

/** As many files and rows a concept as the international release has, in its order: by component, not by concept. */
export async function writeLargeSnapshot(folder: string, concepts: number, seed = 1): Promise<string> {
  const random = randomFrom(seed)
  const terminology = join(folder, 'Snapshot', 'Terminology')
  const [language, content] = ['Language', 'Content'].map((name) => join(folder, 'Snapshot', 'Refset', name)) as Two
  for (const one of [terminology, language, content]) mkdirSync(one, { recursive: true })
  const day = '20250101'
  const line = (header: keyof typeof snomedHeaders) => `${snomedHeaders[header].replaceAll(' ', '\t')}\r\n`
  // The first is the concept above all others, and changes places with the one that would have its id.
  const id = (index: number) => snomedId(index === 0 ? rootItem : index === rootItem ? 0 : index, '00')
  const any = () => Math.floor(random() * concepts)
  const head = (own: string) => `${own}\t${day}\t1\t${module}`
  await writeRows(join(terminology, `sct2_Concept_Snapshot_INT_${day}.txt`), line('Concept'), concepts, (i) =>
    [id(i), day, i % 5 === 4 ? 0 : 1, module, '900000000000074008'].join('\t'),
  )
  const term = (concept: number) =>
    `${oneOf(random, words)} of "${oneOf(random, words)}" ${concept} ${random() < 0.05 ? 'Ménière' : 'finding'}`
  await writeRows(
    join(terminology, `sct2_Description_Snapshot-en_INT_${day}.txt`),
    line('Description'),
    concepts * 3,
    (i) => {
      const concept = any()
      const [own, type] =
        i < concepts ? [i, '900000000000003001'] : i < 2 * concepts ? [i - concepts, synonym] : [concept, synonym]
      return `${head(snomedId(i, '01'))}\t${id(own)}\ten\t${type}\t${term(own)}\t900000000000448009`
    },
  )
  await writeRows(
    join(language, `der2_cRefset_LanguageSnapshot-en_INT_${day}.txt`),
    line('Language'),
    concepts * 4,
    (i) =>
      `${head(uuid(i))}\t${i % 2 === 0 ? '900000000000509007' : '900000000000508004'}\t${snomedId(i >> 1, '01')}\t900000000000548007`,
  )
  await writeRows(
    join(terminology, `sct2_Relationship_Snapshot_INT_${day}.txt`),
    line('Relationship'),
    concepts * 4,
    (i) => {
      // The first has nothing above it.
      const isA = i > 0 && i < concepts
      const source = isA ? i : any()
      const type = isA ? '116680003' : `${363698007 + (i % 60)}`
      // Few concepts are values of many: sites, organisms, substances.
      const target = isA ? Math.floor(random() * source) : Math.floor(random() ** 3 * 0.02 * concepts)
      return `${head(snomedId(i, '02'))}\t${id(source)}\t${id(target)}\t${isA ? 0 : i % 4}\t${type}\t900000000000011006\t900000000000451002`
    },
  )
  // Of these there are few.
  await writeRows(
    join(terminology, `sct2_TextDefinition_Snapshot-en_INT_${day}.txt`),
    line('Description'),
    Math.ceil(concepts / 40),
    (i) =>
      `${head(snomedId(3 * concepts + i, '01'))}\t${id(i)}\ten\t900000000000550004\tWhat ${i} is.\t900000000000448009`,
  )
  await writeRows(
    join(content, `der2_cRefset_AssociationSnapshot_INT_${day}.txt`),
    line('Association'),
    Math.floor(concepts / 10),
    (i) => `${head(uuid(4 * concepts + i))}\t900000000000527005\t${id(5 * i + 4)}\t${id(5 * i + 5)}`,
  )
  return folder
}

type Two = [string, string]

/** Of `138875005`. */
const rootItem = 137_875

const synonym = '900000000000013009'

function uuid(index: number): string {
  return `80000000-0000-4000-8000-${index.toString(16).padStart(12, '0')}`
}

/** A file of lines, however many. */
export async function writeRows(
  path: string,
  header: string,
  count: number,
  row: (index: number) => string,
): Promise<void> {
  const file = createWriteStream(path)
  let text = header
  for (let i = 0; i < count; i++) {
    text += `${row(i)}\r\n`
    if (text.length < 1024 * 1024) continue
    if (!file.write(text)) await new Promise<void>((resume) => file.once('drain', () => resume()))
    text = ''
  }
  file.end(text)
  await finished(file)
}
