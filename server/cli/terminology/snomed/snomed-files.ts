/**
 * Which files of an RF2 release are read, and what their names say of edition and version.
 * https://docs.snomed.org/snomed-ct-specifications/snomed-ct-release-file-specification, "File naming conventions"
 */
import { ReleaseError, type ReleaseFile, type TellProblem } from '../release.ts'

export type SnomedRole =
  | 'concept'
  | 'description'
  | 'textDefinition'
  | 'relationship'
  | 'concreteValue'
  | 'language'
  | 'moduleDependency'
  | 'association'
  | 'refset'

/** What is no refset of concepts, though it is named like one, stands before `refset`. */
const patterns: readonly (readonly [role: SnomedRole | undefined, name: RegExp])[] = [
  ['concept', /^x?sct2_Concept_Snapshot/i],
  ['description', /^x?sct2_Description_Snapshot/i],
  ['textDefinition', /^x?sct2_TextDefinition_Snapshot/i],
  ['relationship', /^x?sct2_Relationship_Snapshot/i],
  ['concreteValue', /^x?sct2_RelationshipConcreteValues_Snapshot/i],
  ['language', /^x?der2_cRefset_[^_]*Language[^_]*Snapshot/i],
  ['moduleDependency', /^x?der2_ssRefset_[^_]*ModuleDependency[^_]*Snapshot/i],
  [undefined, /^x?der2_[^_]*Refset_[^_]*(?:RefsetDescriptor|DescriptionType|MRCM)/i],
  ['association', /^x?der2_cRefset_[^_]*Association[^_]*Snapshot/i],
  ['refset', /^x?der2_[^_]*Refset_[^_]*Snapshot/i],
]

export interface SnomedFile {
  readonly role: SnomedRole
  readonly file: ReleaseFile
}

/** Files that every edition has, with rows in them: without one, hierarchy or names would be lost. */
export const needed: Partial<Readonly<Record<SnomedRole, string>>> = {
  concept: 'sct2_Concept_Snapshot_….txt',
  description: 'sct2_Description_Snapshot-en_….txt',
  relationship: 'sct2_Relationship_Snapshot_….txt',
  language: 'der2_cRefset_LanguageSnapshot-en_….txt',
}

/** What small editions do without, and what is lost. */
const usual: readonly (readonly [role: SnomedRole, name: string, lost: string])[] = [
  ['textDefinition', 'sct2_TextDefinition_Snapshot-en_….txt', 'concepts have no definitions'],
  ['association', 'der2_cRefset_AssociationSnapshot_….txt', 'nothing says what is in the place of concepts out of use'],
]

/** Throws where a file is missing that every edition has. */
export function snomedFiles(files: readonly ReleaseFile[], tell: TellProblem): readonly SnomedFile[] {
  const found = files.flatMap((file) => {
    const role = file.name.endsWith('.txt') ? patterns.find(([, name]) => name.test(file.name))?.[0] : undefined
    return role === undefined ? [] : [{ role, file }]
  })
  const has = (role: string) => found.some((one) => one.role === role)
  if (!has('concept')) throw noSnapshot(files)
  const missing = Object.entries(needed).find(([role]) => !has(role))
  if (missing) throw new ReleaseError(`The release is not complete: there is no file '${missing[1]}'.`)
  for (const [role, file, lost] of usual) {
    if (!has(role)) tell({ file, message: `There is no such file: ${lost}.` })
  }
  return found
}

function noSnapshot(files: readonly ReleaseFile[]): ReleaseError {
  const others = files.some(({ name }) => /^x?sct2_Concept_(Full|Delta)/i.test(name))
  return new ReleaseError(
    `This is no SNOMED CT snapshot: there is no file 'sct2_Concept_Snapshot_….txt'${
      others ? ', only other views. Give the release with its folder Snapshot' : ''
    }.`,
  )
}

/** `INT` or country and namespace, and the day of the release. */
const nameEnd = /_([A-Z]{2,3}\d*)_(\d{8})\.txt$/i

/** The modules of editions, by what their files are named with. https://confluence.ihtsdotools.org/display/DOCEXTLIB */
const modules: ReadonlyMap<string, string> = new Map([
  ['INT', '900000000000207008'],
  ['US1000124', '731000124108'],
  ['GB1000000', '999000041000000102'],
  ['AU1000036', '32506021000036107'],
  ['CA1000087', '20611000087101'],
  ['NL1000146', '11000146104'],
  ['SE1000052', '45991000052106'],
  ['DK1000005', '554471000005108'],
  ['BE1000172', '11000172109'],
  ['CH1000195', '2011000195101'],
  ['IE1000220', '11000220105'],
  ['NZ1000210', '21000210109'],
  ['NO1000202', '51000202101'],
  ['AT1000234', '11000234105'],
  ['EE1000181', '11000181102'],
])

export interface NamedVersion {
  /** Undefined where the names do not tell it. */
  readonly module?: string
  /** As `20250101`. */
  readonly day: string
}

/** An edition is made of the international release and an extension: where there are several, the extension names it. */
export function namedVersion(files: readonly SnomedFile[]): NamedVersion {
  const named = files
    .filter(({ role }) => role === 'concept')
    .map(({ file }) => nameEnd.exec(file.name))
    .map((match) => ({ owner: match?.[1]?.toUpperCase() ?? '', day: match?.[2] ?? '' }))
  const chosen = named.find(({ owner }) => owner !== 'INT' && owner !== '') ?? named[0]!
  if (chosen.day === '') {
    throw new ReleaseError(
      "The file of concepts does not end in owner and day, as in 'sct2_Concept_Snapshot_INT_20250101.txt': the version of the release is not known.",
    )
  }
  const module = modules.get(chosen.owner)
  return { day: chosen.day, ...(module !== undefined && { module }) }
}
