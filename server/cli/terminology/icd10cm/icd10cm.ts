/** ICD-10-CM: the tabular list in XML, or the order file. https://www.cdc.gov/nchs/icd/icd-10-cm */
import type { ReleaseSystem } from '../../../fhir/terminology/concept-row.ts'
import { fileNamed, neededFile, versionIn } from '../find-files.ts'
import { type Release, ReleaseError, type ReleaseFile, type ReleaseReader } from '../release.ts'
import { xmlEvents } from '../xml-events.ts'
import { orderRows } from './order.ts'
import { noteProperties, tabularRows } from './tabular.ts'

export const icd10cm: ReleaseReader = {
  about: "ICD-10-CM: the CDC's 'icd10cm-tabular-2025.xml', or 'icd10cm-order-2025.txt'.",
  read: async ({ files, name, tell }): Promise<Release> => {
    // The list says more, and has chapters and sections.
    const list = fileNamed(files, /tabular(?!.*addenda).*\.xml$/i)
    if (list) return { system: systemOf(await versionOf(list, name)), concepts: tabularRows(list) }
    const file = neededFile(files, /^icd10cm[-_]order[-_]?(?!.*addenda).*\.txt$/i, 'icd10cm-order-….txt', 'ICD-10-CM')
    const version = versionIn([file.name, file.path, name], /(20\d\d)/)
    if (version === undefined) throw yearless(file)
    return { system: systemOf(version), concepts: orderRows(file, tell) }
  },
}

function systemOf(version: string): ReleaseSystem {
  return {
    url: 'http://hl7.org/fhir/sid/icd-10-cm',
    version,
    name: 'ICD-10-CM',
    hierarchyMeaning: 'is-a',
    properties: [
      { code: 'billable', type: 'boolean' },
      { code: 'notSelectable', type: 'boolean' },
      ...noteProperties.map((code) => ({ code, type: 'string' })),
    ],
  }
}

/** The list tells its year before its first chapter. */
async function versionOf(file: ReleaseFile, name: string): Promise<string> {
  for await (const { kind, element } of xmlEvents(file)) {
    if (element.name === 'chapter') break
    if (element.name === 'version' && kind === 'close' && element.text !== '') return element.text
  }
  const version = versionIn([file.name, name], /(20\d\d)/)
  if (version === undefined) throw yearless(file)
  return version
}

function yearless({ path }: ReleaseFile): ReleaseError {
  return new ReleaseError(`The year of the release is not known: '${path}' does not name it.`)
}
