/**
 * Reads the files of an RxNorm release into memory, as far as they are RxNorm's own: atoms, relations and attributes of a
 * concept are in different files. https://www.nlm.nih.gov/research/umls/rxnorm/docs/techdoc.html
 */
import { addRow, type Chain, chainOf, type TextStore, textStore } from '../columns.ts'
import { delimited, failRow, isField, type Row, separators, textOf, visitRows } from '../delimited-rows.ts'
import { addId, findId, type Id, type IdTable, idTable, readId } from '../id-table.ts'
import { keepField } from '../kept-field.ts'
import { ReleaseError, type ReleaseFile, type TellProblem } from '../release.ts'

export interface Gathered {
  readonly concepts: IdTable
  /** `name`: the place of a type of terms, relation or attribute among `names`. */
  readonly atoms: Chain<typeof atomColumns>
  readonly relations: Chain<typeof relationColumns>
  readonly attributes: Chain<typeof attributeColumns>
  readonly names: Map<string, number>
  readonly texts: TextStore
}

const textColumns = { name: 'short', at: 'int', length: 'int' } as const
const atomColumns = { ...textColumns, suppressed: 'byte' } as const
/** `name`: what the relation is, `kind`: of which kind that is, such as RO for has_ingredient. */
const relationColumns = { name: 'short', kind: 'short', target: 'int' } as const
const attributeColumns = textColumns

export interface RxnormFiles {
  readonly concepts: ReleaseFile
  readonly relations: ReleaseFile
  readonly attributes: ReleaseFile
  /** The subset of what can be prescribed does without. */
  readonly types: ReleaseFile | undefined
}

export async function gatherRxnorm(files: RxnormFiles, tell: TellProblem): Promise<Gathered> {
  const gathered: Gathered = {
    concepts: idTable(),
    atoms: chainOf(atomColumns),
    relations: chainOf(relationColumns),
    attributes: chainOf(attributeColumns),
    names: new Map(),
    texts: textStore(),
  }
  const read = async (file: ReleaseFile | undefined, columns: number, take: (row: Row) => void) => {
    if (!file) return
    let rows = 0
    await visitRows(file, delimited(separators.bar), tell, (row) => {
      // Each field ends with a bar, the last one, too.
      if (row.count !== columns + 1) failRow(row, `The row has ${row.count - 1} columns instead of ${columns}.`)
      rows++
      take(row)
    })
    if (rows === 0) throw new ReleaseError(`${file.path}: The file is empty.`)
  }
  await read(files.concepts, 18, (row) => takeAtom(gathered, row))
  if (gathered.concepts.count === 0) throw new ReleaseError(`${files.concepts.path}: No row is of the source ${own}.`)
  await read(files.relations, 16, (row) => takeRelation(gathered, row))
  await read(files.attributes, 13, (row) => takeAttribute(gathered, row))
  await read(files.types, 6, (row) => takeType(gathered, row))
  return gathered
}

const own = 'RXNORM'
const scratch: Id = { high: 0, low: 0 }

/** RXCUI, LAT, TS, LUI, STT, SUI, ISPREF, RXAUI, SAUI, SCUI, SDUI, SAB, TTY, CODE, STR, SRL, SUPPRESS, CVF */
function takeAtom({ concepts, atoms, names, texts }: Gathered, row: Row): void {
  if (!isField(row, 11, own)) return
  if (!readId(row, 0, scratch)) failRow(row, `'${textOf(row, 0)}' is not an RXCUI.`)
  const added = addRow(atoms, addId(concepts, scratch))
  keepField(texts, atoms.columns, added, row, 14)
  atoms.columns.name[added] = place(names, textOf(row, 12))
  atoms.columns.suppressed[added] = isField(row, 16, 'N') ? 0 : 1
}

/** RXCUI1, RXAUI1, STYPE1, REL, RXCUI2, RXAUI2, STYPE2, RELA, RUI, SRUI, SAB, …: the second has the relation to the first. */
function takeRelation({ concepts, relations, names }: Gathered, row: Row): void {
  if (!isField(row, 10, own) || !isField(row, 2, 'CUI') || !isField(row, 6, 'CUI')) return
  const target = conceptIn(concepts, row, 0)
  const source = conceptIn(concepts, row, 4)
  // Concepts without a term of RxNorm's own have relations, too.
  if (source < 0 || target < 0) return
  const added = addRow(relations, source)
  const kind = place(names, textOf(row, 3))
  const name = textOf(row, 7)
  relations.columns.kind[added] = kind
  relations.columns.name[added] = name === '' ? kind : place(names, name)
  relations.columns.target[added] = target
}

/** RXCUI, LUI, SUI, RXAUI, STYPE, CODE, ATUI, SATUI, ATN, SAB, ATV, SUPPRESS, CVF */
function takeAttribute(gathered: Gathered, row: Row): void {
  if (isField(row, 9, own)) addAttribute(gathered, row, textOf(row, 8), 10)
}

/** RXCUI, TUI, STN, STY, ATUI, CVF */
function takeType(gathered: Gathered, row: Row): void {
  addAttribute(gathered, row, 'STY', 1)
}

function addAttribute({ concepts, attributes, names, texts }: Gathered, row: Row, name: string, field: number): void {
  const concept = conceptIn(concepts, row, 0)
  if (concept < 0) return
  const added = addRow(attributes, concept)
  keepField(texts, attributes.columns, added, row, field)
  attributes.columns.name[added] = place(names, name)
}

function conceptIn(concepts: IdTable, row: Row, field: number): number {
  return readId(row, field, scratch) ? findId(concepts, scratch) : -1
}

function place(names: Map<string, number>, name: string): number {
  const known = names.get(name)
  if (known !== undefined) return known
  names.set(name, names.size)
  return names.size - 1
}
