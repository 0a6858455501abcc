/**
 * Reads the files of a snapshot into memory, as tightly as they can be joined: RF2 is sorted by component, not by concept.
 * https://docs.snomed.org/snomed-ct-specifications/snomed-ct-release-file-specification, "Component release files"
 */
import { addRow, trimRows } from '../columns.ts'
import { delimited, failRow, isField, numberOf, type Row, separators, tellRow, textOf } from '../delimited-rows.ts'
import { addId, findId, type Id, type IdTable, idOf, idTable, readId } from '../id-table.ts'
import { keepField } from '../kept-field.ts'
import { ReleaseError, type TellProblem } from '../release.ts'
import { placeOfRow, visitTable } from '../table.ts'
import { needed, type SnomedFile, type SnomedRole } from './snomed-files.ts'
import { emptyGathered, flags, type Gathered } from './snomed-gathered.ts'

export const ids = {
  root: '138875005',
  isA: '116680003',
  fullySpecifiedName: '900000000000003001',
  synonym: '900000000000013009',
  defined: '900000000000073002',
  stated: '900000000000010007',
  additional: '900000000000227009',
  preferred: '900000000000548007',
} as const

/** What `type` of a description is. */
export const types = { fullySpecifiedName: 0, synonym: 1, definition: 2 } as const

export async function gatherSnomed(files: readonly SnomedFile[], tell: TellProblem): Promise<Gathered> {
  const gathered = emptyGathered()
  for (const role of order) {
    const { take } = takers[role]
    const own = files.filter((one) => one.role === role).map(({ file }) => file)
    let rows = 0
    for (const file of own) {
      gathered.before = gathered.concepts.count
      rows += await visitTable(file, formatOf(role), tell, (row) => take(gathered, row))
    }
    // Of an extension a file may be empty, of the edition as a whole it is not.
    if (rows === 0 && role in needed) throw new ReleaseError(`${own[0]!.path}: There is no row below the first.`)
    if (role === 'concept') needRoot(gathered)
    if (role === 'language') gathered.descriptionIds = idTable()
  }
  const { states, descriptions, relationships, memberships } = gathered
  for (const chain of [states, descriptions, relationships, memberships]) trimRows(chain)
  return gathered
}

/** Without it the release is an extension, whose concepts lie below those of another one. */
function needRoot({ concepts }: Gathered): void {
  if (findId(concepts, idOf(ids.root)) >= 0) return
  throw new ReleaseError(
    `The release is not complete: it does not have the concept ${ids.root} above all others. Give an extension together with the edition that it extends.`,
  )
}

function formatOf(role: SnomedRole) {
  const columns = takers[role].columns.split(' ')
  return { rows: delimited(separators.tab), columns, inOrder: true, mayBeEmpty: true }
}

/** Where a snapshot says that a concept is a kind of another. */
export function placeOfIsA(files: readonly SnomedFile[], child: string, parent: string): Promise<string | undefined> {
  const relationships = files.filter(({ role }) => role === 'relationship').map(({ file }) => file)
  return placeOfRow(
    relationships,
    formatOf('relationship'),
    (row) => isField(row, 2, '1') && isField(row, 4, child) && isField(row, 5, parent) && isField(row, 7, ids.isA),
  )
}

/** Each needs what those before it have brought. */
const order: readonly SnomedRole[] = [
  'concept',
  'description',
  'textDefinition',
  'language',
  'relationship',
  'concreteValue',
  'association',
  'refset',
  'moduleDependency',
]

interface Taker {
  /** In this order; there may be more behind them. */
  readonly columns: string
  readonly take: (gathered: Gathered, row: Row) => void
}

const component = 'id effectiveTime active moduleId'
const described = `${component} conceptId languageCode typeId term caseSignificanceId`
const related = 'relationshipGroup typeId characteristicTypeId modifierId'
const referenced = `${component} refsetId referencedComponentId`

const takers: Readonly<Record<SnomedRole, Taker>> = {
  concept: { columns: `${component} definitionStatusId`, take: takeConcept },
  description: { columns: described, take: takeDescription },
  textDefinition: { columns: described, take: takeDescription },
  language: { columns: `${referenced} acceptabilityId`, take: takeAcceptability },
  relationship: {
    columns: `${component} sourceId destinationId ${related}`,
    take: (gathered, row) => takeRelationship(gathered, row, false),
  },
  concreteValue: {
    columns: `${component} sourceId value ${related}`,
    take: (gathered, row) => takeRelationship(gathered, row, true),
  },
  association: { columns: `${referenced} targetComponentId`, take: takeAssociation },
  refset: { columns: referenced, take: takeMember },
  moduleDependency: { columns: referenced, take: takeDependency },
}

const scratch: Id = { high: 0, low: 0 }

/** id, effectiveTime, active, moduleId, definitionStatusId */
function takeConcept({ concepts, states, lists, before }: Gathered, row: Row): void {
  needId(row)
  const day = dayIn(row)
  const number = addId(concepts, scratch)
  // The snapshots of an extension and of what it extends may both have a concept: the later state holds.
  if (number === states.count) addRow(states, number)
  else if (number >= before) failRow(row, `The concept ${textOf(row, 0)} came before: a snapshot has each once.`)
  else if (day < states.columns.day[number]!) return
  const active = isField(row, 2, '1')
  if (!active && !isField(row, 2, '0')) tellRow(row, `'active' is '${textOf(row, 2)}', not 0 or 1; taken as 0.`)
  states.columns.flags[number] = (active ? flags.active : 0) | (isField(row, 4, ids.defined) ? flags.defined : 0)
  states.columns.day[number] = day
  states.columns.module[number] = listed(lists.module, row, 3)
}

/** id, effectiveTime, active, moduleId, conceptId, languageCode, typeId, term, caseSignificanceId */
function takeDescription({ concepts, descriptions, descriptionIds, texts, languages }: Gathered, row: Row): void {
  if (!isField(row, 2, '1')) return
  const concept = conceptIn(concepts, row, 4)
  if (concept < 0) return
  needId(row)
  const number = addId(descriptionIds, scratch)
  // Of two with the same id the first counts.
  if (number < descriptions.count) return
  const { columns } = descriptions
  const added = addRow(descriptions, concept)
  keepField(texts, columns, added, row, 7)
  columns.type[added] = typeIn(row)
  columns.language[added] = place(languages, row, 5)
}

/** `20250131` as a number; 0, and told, for what is no day. */
function dayIn(row: Row): number {
  const day = numberOf(row, 1) ?? 0
  const [year, month] = [Math.floor(day / 10_000), Math.floor(day / 100) % 100]
  // The days of a month are those up to the day before the first of the next one.
  const last = year >= 1900 && year <= 9999 && month <= 12 ? new Date(Date.UTC(year, month, 0)).getUTCDate() : 0
  if (month > 0 && day % 100 > 0 && day % 100 <= last) return day
  tellRow(row, `'${textOf(row, 1)}' is not a day such as 20250131. The concept has no effectiveTime.`)
  return 0
}

function typeIn(row: Row): number {
  if (isField(row, 6, ids.fullySpecifiedName)) return types.fullySpecifiedName
  return isField(row, 6, ids.synonym) ? types.synonym : types.definition
}

/** id, effectiveTime, active, moduleId, refsetId, referencedComponentId, acceptabilityId */
function takeAcceptability({ descriptions, descriptionIds, lists }: Gathered, row: Row): void {
  if (!isField(row, 2, '1') || !isField(row, 6, ids.preferred)) return
  const description = readId(row, 5, scratch) ? findId(descriptionIds, scratch) : -1
  // Descriptions out of use keep their members in some releases.
  if (description < 0) return
  const refset = listed(lists.languageRefset, row, 4)
  if (refset >= mostLanguageRefsets) return
  const { preferred } = descriptions.columns
  preferred[description] = preferred[description]! | (1 << refset)
}

/** Bits of `preferred`. */
const mostLanguageRefsets = 16

/** id, effectiveTime, active, moduleId, sourceId, destinationId or value, relationshipGroup, typeId, characteristicTypeId, … */
function takeRelationship({ concepts, relationships, lists, values }: Gathered, row: Row, concrete: boolean): void {
  if (!isField(row, 2, '1') || isField(row, 8, ids.stated) || isField(row, 8, ids.additional)) return
  const source = conceptIn(concepts, row, 4)
  if (source < 0) return
  const target = concrete ? -1 - place(values, row, 5) : conceptIn(concepts, row, 5)
  if (!concrete && target < 0) return
  const { columns } = relationships
  const added = addRow(relationships, source)
  columns.type[added] = listed(lists.attribute, row, 7)
  columns.target[added] = target
  columns.group[added] = numberOf(row, 6) ?? 0
}

/** id, effectiveTime, active, moduleId, refsetId, referencedComponentId, targetComponentId */
function takeAssociation(gathered: Gathered, row: Row): void {
  takeMember(gathered, row)
  const { concepts, associations, lists } = gathered
  if (!isField(row, 2, '1') || !readId(row, 5, scratch)) return
  const concept = findId(concepts, scratch)
  const target = readId(row, 6, scratch) ? findId(concepts, scratch) : -1
  // Descriptions out of use have successors, too.
  if (concept < 0 || target < 0) return
  const { columns } = associations
  const added = addRow(associations, concept)
  columns.refset[added] = listed(lists.association, row, 4)
  columns.target[added] = target
}

/** id, effectiveTime, active, moduleId, refsetId, referencedComponentId, … */
function takeMember({ concepts, memberships, lists }: Gathered, row: Row): void {
  if (!isField(row, 2, '1') || !readId(row, 5, scratch)) return
  const concept = findId(concepts, scratch)
  // Refsets may have descriptions and relationships, too: digits 2 and 3 from the right tell what an id is of.
  if (concept < 0) {
    if (isOfConcept(scratch)) tellRow(row, `There is no concept ${textOf(row, 5)}. The row is left out.`)
    return
  }
  const refset = listed(lists.refset, row, 4)
  const { columns } = memberships
  const last = memberships.first[concept]
  // Association and map refsets have several rows for a concept.
  if (last !== undefined && last >= 0 && columns.refset[last] === refset) return
  columns.refset[addRow(memberships, concept)] = refset
}

function isOfConcept({ low }: Id): boolean {
  const partition = Math.floor(low / 10) % 100
  return partition === 0 || partition === 10
}

/** id, effectiveTime, active, moduleId, refsetId, referencedComponentId, … */
function takeDependency({ dependencies, dependedOn }: Gathered, row: Row): void {
  if (!isField(row, 2, '1')) return
  dependencies.add(textOf(row, 3))
  dependedOn.add(textOf(row, 5))
}

function needId(row: Row): void {
  if (!readId(row, 0, scratch)) failRow(row, `'${textOf(row, 0)}' is not an id.`)
}

/** The number of a concept that was read; -1, and told, where there is none. */
function conceptIn(concepts: IdTable, row: Row, field: number): number {
  const concept = readId(row, field, scratch) ? findId(concepts, scratch) : -1
  if (concept < 0) tellRow(row, `There is no concept '${textOf(row, field)}'. The row is left out.`)
  return concept
}

function listed(list: IdTable, row: Row, field: number): number {
  if (readId(row, field, scratch)) return addId(list, scratch)
  tellRow(row, `'${textOf(row, field)}' is not an id; taken as 0.`)
  return addId(list, zero)
}

const zero: Id = { high: 0, low: 0 }

function place(names: Map<string, number>, row: Row, field: number): number {
  const name = textOf(row, field)
  const known = names.get(name)
  if (known !== undefined) return known
  names.set(name, names.size)
  return names.size - 1
}
