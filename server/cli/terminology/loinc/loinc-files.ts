/** The files of a LOINC release that are read, and their columns. https://loinc.org/kb/users-guide/loinc-database-structure */
import { completeFile, neededFile, versionIn } from '../find-files.ts'
import { csv } from '../quoted-rows.ts'
import { ReleaseError, type ReleaseFile } from '../release.ts'

const table = <const Name extends string, const Optional extends string = never>(
  columns: readonly Name[],
  optional: readonly Optional[] = [],
) => ({
  rows: csv,
  columns: columns as readonly (Name | Optional)[],
  optional: optional as readonly (Name | Optional)[],
})

/** Properties of terms that the main table has columns for. https://hl7.org/fhir/R4/loinc.html#props */
export const termProperties = [
  'COMPONENT',
  'PROPERTY',
  'TIME_ASPCT',
  'SYSTEM',
  'SCALE_TYP',
  'METHOD_TYP',
  'CLASS',
  'STATUS',
  'CLASSTYPE',
  'ORDER_OBS',
] as const

export const moreProperties = [
  'VersionLastChanged',
  'VersionFirstReleased',
  'FORMULA',
  'EXMPL_ANSWERS',
  'SURVEY_QUEST_TEXT',
  'SURVEY_QUEST_SRC',
  'UNITSREQUIRED',
  'HL7_FIELD_SUBFIELD_ID',
  'EXTERNAL_COPYRIGHT_NOTICE',
  'EXTERNAL_COPYRIGHT_LINK',
  'EXAMPLE_UNITS',
  'EXAMPLE_UCUM_UNITS',
  'STATUS_REASON',
  'STATUS_TEXT',
  'CHANGE_REASON_PUBLIC',
  'COMMON_TEST_RANK',
  'COMMON_ORDER_RANK',
  'HL7_ATTACHMENT_STRUCTURE',
  'PanelType',
  'AskAtOrderEntry',
  'AssociatedObservations',
  'ValidHL7AttachmentRequest',
] as const

export const formats = {
  terms: table(
    ['LOINC_NUM', 'LONG_COMMON_NAME', 'SHORTNAME', ...termProperties],
    ['DefinitionDescription', 'CONSUMER_NAME', 'DisplayName', 'RELATEDNAMES2', ...moreProperties],
  ),
  hierarchy: table(['IMMEDIATE_PARENT', 'CODE', 'CODE_TEXT']),
  parts: table(['PartNumber', 'PartTypeName', 'PartName', 'PartDisplayName', 'Status']),
  partLinks: table(['LoincNumber', 'PartNumber', 'Property']),
  answers: table(['AnswerListId', 'AnswerListName', 'AnswerStringId', 'DisplayText', 'SequenceNumber']),
  answerLinks: table(['LoincNumber', 'AnswerListId']),
  groups: table(['ParentGroupId', 'GroupId']),
  groupTerms: table(['GroupId', 'LoincNumber']),
  mapTo: table(['LOINC', 'MAP_TO']),
  variant: { ...table(['LOINC_NUM', 'LONG_COMMON_NAME'], ['LinguisticVariantDisplayName']), mayBeEmpty: true },
}

/** Every release has these, with rows in them. `name`: as people know it. */
const tables = {
  terms: { pattern: /^Loinc\.csv$/i, name: 'LoincTable/Loinc.csv' },
  mapTo: { pattern: /^MapTo\.csv$/i, name: 'LoincTable/MapTo.csv' },
  // Older releases call it MultiAxialHierarchy.
  hierarchy: {
    pattern: /^(ComponentHierarchyBySystem|MultiAxialHierarchy)\.csv$/i,
    name: 'AccessoryFiles/ComponentHierarchyBySystem/ComponentHierarchyBySystem.csv',
  },
  parts: { pattern: /^Part\.csv$/i, name: 'AccessoryFiles/PartFile/Part.csv' },
  partLinks: { pattern: /^LoincPartLink_Primary\.csv$/i, name: 'AccessoryFiles/PartFile/LoincPartLink_Primary.csv' },
  answers: { pattern: /^AnswerList\.csv$/i, name: 'AccessoryFiles/AnswerFile/AnswerList.csv' },
  answerLinks: { pattern: /^LoincAnswerListLink\.csv$/i, name: 'AccessoryFiles/AnswerFile/LoincAnswerListLink.csv' },
  groups: { pattern: /^Group\.csv$/i, name: 'AccessoryFiles/GroupFile/Group.csv' },
  groupTerms: { pattern: /^GroupLoincTerms\.csv$/i, name: 'AccessoryFiles/GroupFile/GroupLoincTerms.csv' },
} as const satisfies Readonly<Record<string, { readonly pattern: RegExp; readonly name: string }>>

type LoincTable = keyof typeof tables

export interface LoincFiles extends Readonly<Record<LoincTable, ReleaseFile>> {
  readonly variants: readonly { readonly file: ReleaseFile; readonly language: string }[]
}

/** Throws where one of the tables is missing. */
export function loincFiles(files: readonly ReleaseFile[]): LoincFiles {
  const { terms, ...others } = tables
  const main = neededFile(files, terms.pattern, terms.name, 'LOINC')
  const found = Object.entries(others).map(([table, { pattern, name }]) => [table, completeFile(files, pattern, name)])
  return {
    ...(Object.fromEntries(found) as Readonly<Record<Exclude<LoincTable, 'terms'>, ReleaseFile>>),
    terms: main,
    variants: files.flatMap((file) => {
      const match = /^([a-z]{2})([A-Z]{2})\d+LinguisticVariant\.csv$/.exec(file.name)
      return match ? [{ file, language: `${match[1]}-${match[2]}` }] : []
    }),
  }
}

export function loincVersion(name: string, { terms }: LoincFiles): string {
  const version = versionIn([name, terms.path], /(?:^|\D)(\d\.\d{1,2})(?:\D|$)/)
  if (version !== undefined) return version
  throw new ReleaseError(
    `The version of the release is not known: neither '${name}' nor a folder in it names it, as 'Loinc_2.80.zip' does.`,
  )
}
