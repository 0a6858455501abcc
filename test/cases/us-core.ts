/** US Core's own examples, and the patients that show all that its profiles ask for, must be without errors. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { type JsonObject, parseStored } from '../../server/fhir/json.ts'
import { entriesOf } from '../../server/fhir/validation/profile/resolve.ts'
import { createValidator, type Validate } from '../../server/fhir/validation/profile/validator.ts'
import { sharedFolder } from '../support/shared-data.ts'
import { readPackage } from './package-files.ts'
import { isError, shownIssue } from './run-check.ts'
import { canonicalsWith, definitions, elementsFrom, terminologyOf } from './sources.ts'

/** A version of US Core together with the base specification. */
export async function usCoreSources(version: string) {
  const folder = join(sharedFolder('us-core')!, '..', '..', 'packages')
  const { resources, examples } = await readPackage(join(folder, `hl7.fhir.us.core-${version}.tgz`))
  return { canonicals: canonicalsWith(resources), examples, resources }
}

/** A validator of a version of US Core, with its examples. */
export async function usCore(version: string) {
  const { canonicals, examples } = await usCoreSources(version)
  const validate: Validate = createValidator({
    definitions,
    canonicals,
    terminology: terminologyOf(canonicals),
    elements: elementsFrom(canonicals),
  })
  return { validate, examples }
}

/** The patients of the fixture. */
export function patients(): JsonObject[] {
  const folder = sharedFolder('us-core')!
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json.gz'))
    .map((file) => parseStored(gunzipSync(readFileSync(join(folder, file))).toString()))
}

if (import.meta.main) {
  for (const version of ['6.1.0', '8.0.1']) {
    const { validate, examples } = await usCore(version)
    const sets = { examples, patients: patients() }
    for (const [name, list] of Object.entries(sets)) {
      const faulty = list
        .map((one) => ({
          one,
          errors: validate(one, { transaction: one['resourceType'] === 'Bundle' }).issues.filter(isError),
        }))
        .filter(({ errors }) => errors.length > 0)
      console.log(
        `US Core ${version}: ${list.length} ${name}, ${faulty.length} with errors; ${list.flatMap((one) => entriesOf(one)).length} entries`,
      )
      for (const { one, errors } of faulty.slice(0, 60)) {
        console.log(`  ${one['resourceType']}/${one['id']}`)
        for (const error of errors.slice(0, 4)) console.log(`    ${shownIssue(error)}`.slice(0, 260))
      }
    }
  }
}
