/** LOINC, from the archive of a release. https://hl7.org/fhir/R4/loinc.html */
import type { ReleaseSystem } from '../../../fhir/terminology/concept-row.ts'
import { isField } from '../delimited-rows.ts'
import type { Release, ReleaseReader } from '../release.ts'
import { placeOfRow } from '../table.ts'
import { answerLists } from './answer-lists.ts'
import { formats, loincFiles, loincVersion, moreProperties, termProperties } from './loinc-files.ts'
import { type Gathered, gatherLoinc } from './loinc-gather.ts'
import { loincRows } from './loinc-rows.ts'

export const loinc: ReleaseReader = {
  about: "LOINC: the archive 'Loinc_2.80.zip', or unpacked.",
  read: async ({ files, name, tell }): Promise<Release> => {
    const chosen = loincFiles(files)
    const version = loincVersion(name, chosen)
    const gathered = await gatherLoinc(chosen, tell)
    return {
      system: systemOf(gathered, version),
      concepts: loincRows(chosen, gathered, tell),
      valueSets: answerLists(chosen, version),
      placeOfLink: (child, parent) =>
        placeOfRow([chosen.hierarchy], formats.hierarchy, (row, at) => {
          return isField(row, at.CODE, child) && isField(row, at.IMMEDIATE_PARENT, parent)
        }),
    }
  },
}

function systemOf({ partProperties }: Gathered, version: string): ReleaseSystem {
  const strings = [...termProperties, ...moreProperties, 'copyright', 'PartTypeName']
  const codings = ['answer-list', 'LIST', 'group', 'MAP_TO', ...partProperties.keys()]
  const types = new Map([
    ...codings.map((code) => [code, 'Coding'] as const),
    ...strings.map((code) => [code, 'string'] as const),
  ])
  return {
    url: 'http://loinc.org',
    version,
    name: 'LOINC',
    hierarchyMeaning: 'is-a',
    properties: [...types].map(([code, type]) => ({ code, type })),
  }
}
