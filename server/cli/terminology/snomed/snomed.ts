/** SNOMED CT, from the snapshot of an RF2 release. https://hl7.org/fhir/R4/snomedct.html */
import type { ConceptRow, ReleaseSystem } from '../../../fhir/terminology/concept-row.ts'
import { type Release, ReleaseError, type ReleaseReader } from '../release.ts'
import { namedVersion, snomedFiles } from './snomed-files.ts'
import { gatherSnomed, placeOfIsA } from './snomed-gather.ts'
import { forget, type Gathered } from './snomed-gathered.ts'
import { associationsOf, attributesOf, snomedRows } from './snomed-rows.ts'

const url = 'http://snomed.info/sct'

export const snomed: ReleaseReader = {
  about: "SNOMED CT: an RF2 release with the folder 'Snapshot', as a zip or unpacked.",
  read: async ({ files, tell }): Promise<Release> => {
    const chosen = snomedFiles(files, tell)
    const { module, day } = namedVersion(chosen)
    const gathered = await gatherSnomed(chosen, tell)
    const edition = module ?? independentModule(gathered)
    return {
      system: systemOf(gathered, `${url}/${edition}/version/${day}`),
      concepts: conceptsOf(gathered),
      placeOfLink: (child, parent) => placeOfIsA(chosen, child, parent),
    }
  },
}

/** The module of the edition is the one that no other builds on. */
function independentModule({ dependencies, dependedOn }: Gathered): string {
  const roots = [...dependencies].filter((module) => !dependedOn.has(module))
  if (roots.length === 1) return roots[0]!
  throw new ReleaseError(
    "The edition is not known: the names of the files do not tell it, and 'der2_ssRefset_ModuleDependencySnapshot_….txt' has not one module that builds on all others.",
  )
}

function systemOf(gathered: Gathered, version: string): ReleaseSystem {
  return {
    url,
    version,
    name: 'SNOMED CT',
    hierarchyMeaning: 'is-a',
    properties: [
      { code: 'effectiveTime', type: 'dateTime' },
      { code: 'moduleId', type: 'code' },
      { code: 'sufficientlyDefined', type: 'boolean' },
      { code: 'refset', type: 'code' },
      ...[...attributesOf(gathered), ...associationsOf(gathered)].map((code) => ({ code, type: 'code' })),
    ],
  }
}

async function* conceptsOf(gathered: Gathered): AsyncGenerator<ConceptRow> {
  yield* snomedRows(gathered)
  forget(gathered)
}
