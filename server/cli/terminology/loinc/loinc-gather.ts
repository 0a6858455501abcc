/** What the smaller files of a LOINC release say of terms, parts and answers, by numbers instead of codes. */
import { addRow, type Chain, chainOf, type TextStore, textStore } from '../columns.ts'
import { failRow, type Row, textOf } from '../delimited-rows.ts'
import { addId, type Id, type IdTable, idTable } from '../id-table.ts'
import { keepField } from '../kept-field.ts'
import type { TellProblem } from '../release.ts'
import { type Places, visitTable } from '../table.ts'
import { readLoinc } from './loinc-codes.ts'
import { formats, type LoincFiles } from './loinc-files.ts'

type Links = Chain<{ readonly target: 'int' }>
type NamedLinks = Chain<{ readonly target: 'int'; readonly name: 'byte' }>

export interface Gathered {
  readonly codes: IdTable
  readonly parents: Links
  /** From terms to their parts, by the property that each is the value of. */
  readonly parts: NamedLinks
  readonly partProperties: Map<string, number>
  /** From terms to the lists that answer them. */
  readonly answerLists: Links
  /** From answers to the lists that they are in. */
  readonly lists: Links
  readonly groups: Links
  readonly mapTo: Links
  /** Names in other languages. */
  readonly variants: Chain<{ readonly at: 'int'; readonly length: 'short'; readonly language: 'byte' }>
  readonly texts: TextStore
}

export async function gatherLoinc(files: LoincFiles, tell: TellProblem): Promise<Gathered> {
  const gathered = emptyGathered()
  const { codes, parents, answerLists, lists, mapTo } = gathered
  const link = (links: Links, row: Row, from: number, to: number) => {
    const owner = needCode(codes, row, from)
    links.columns.target[addRow(links, owner)] = needCode(codes, row, to)
  }
  await visitTable(files.hierarchy, formats.hierarchy, tell, (row, at) => {
    // The root has nothing above it.
    if (textOf(row, at.IMMEDIATE_PARENT) !== '') link(parents, row, at.CODE, at.IMMEDIATE_PARENT)
  })
  await visitTable(files.partLinks, formats.partLinks, tell, (row, at) => takePart(gathered, row, at))
  await visitTable(files.answerLinks, formats.answerLinks, tell, (row, at) =>
    link(answerLists, row, at.LoincNumber, at.AnswerListId),
  )
  await visitTable(files.answers, formats.answers, tell, (row, at) => {
    // Lists of other systems' codes have rows without an answer of LOINC's own.
    if (textOf(row, at.AnswerStringId) !== '') link(lists, row, at.AnswerStringId, at.AnswerListId)
  })
  const above = chainOf({ target: 'int' })
  await visitTable(files.groups, formats.groups, tell, (row, at) => {
    if (textOf(row, at.ParentGroupId) !== '') link(above, row, at.GroupId, at.ParentGroupId)
  })
  await visitTable(files.groupTerms, formats.groupTerms, tell, (row, at) => takeGroup(gathered, above, row, at))
  await visitTable(files.mapTo, formats.mapTo, tell, (row, at) => link(mapTo, row, at.LOINC, at.MAP_TO))
  for (const [i, { file }] of files.variants.entries()) {
    await visitTable(file, formats.variant, tell, (row, at) => takeVariant(gathered, row, at, i))
  }
  return gathered
}

/** Once all is told: what made the rows may outlive them. */
export function forget(gathered: Gathered): void {
  Object.assign(gathered, emptyGathered())
}

function emptyGathered(): Gathered {
  const links = () => chainOf({ target: 'int' })
  return {
    codes: idTable(),
    parents: links(),
    parts: chainOf({ target: 'int', name: 'byte' }),
    partProperties: new Map(),
    answerLists: links(),
    lists: links(),
    groups: links(),
    mapTo: links(),
    variants: chainOf({ at: 'int', length: 'short', language: 'byte' }),
    texts: textStore(),
  }
}

const scratch: Id = { high: 0, low: 0 }

/** The number of a code, a new one where it had none. */
export function needCode(codes: IdTable, row: Row, field: number): number {
  if (!readLoinc(row, field, scratch)) failRow(row, `'${textOf(row, field)}' is not a code of LOINC.`)
  return addId(codes, scratch)
}

/** `http://loinc.org/property/COMPONENT` */
function takePart(
  { codes, parts, partProperties }: Gathered,
  row: Row,
  at: Places<'LoincNumber' | 'PartNumber' | 'Property'>,
) {
  const property = textOf(row, at.Property).split('/').at(-1)!
  const name = partProperties.get(property) ?? partProperties.size
  partProperties.set(property, name)
  const added = addRow(parts, needCode(codes, row, at.LoincNumber))
  parts.columns.name[added] = name
  parts.columns.target[added] = needCode(codes, row, at.PartNumber)
}

/** A term of a group is one of the groups above it, too. */
function takeGroup({ codes, groups }: Gathered, above: Links, row: Row, at: Places<'GroupId' | 'LoincNumber'>): void {
  const term = needCode(codes, row, at.LoincNumber)
  const group = needCode(codes, row, at.GroupId)
  const parent = group < above.first.length ? above.first[group]! : -1
  const all = parent < 0 ? [group] : [group, above.columns.target[parent]!]
  for (const one of all) groups.columns.target[addRow(groups, term)] = one
}

type VariantColumn = 'LOINC_NUM' | 'LONG_COMMON_NAME' | 'LinguisticVariantDisplayName'

function takeVariant(
  { codes, variants, texts }: Gathered,
  row: Row,
  at: Places<VariantColumn>,
  language: number,
): void {
  const own = at.LinguisticVariantDisplayName
  const field = own >= 0 && textOf(row, own) !== '' ? own : at.LONG_COMMON_NAME
  if (textOf(row, field) === '') return
  const added = addRow(variants, needCode(codes, row, at.LOINC_NUM))
  const { columns } = variants
  columns.language[added] = language
  keepField(texts, columns, added, row, field)
}
