/** The StructureDefinitions that the base specification is published with, checked as what a client stores is. */
import { expect, test } from 'vitest'
import { isError } from '../../../../server/fhir/outcome.ts'
import { createValidator } from '../../../../server/fhir/validation/profile/validator.ts'
import { canonicalsWith, definitions, elementsFrom, issuesAlone, terminologyOf } from '../../../cases/sources.ts'
import { publishedStructures } from '../../../support/published.ts'

const canonicals = canonicalsWith([])
const validate = createValidator({
  definitions,
  canonicals,
  terminology: terminologyOf(canonicals),
  elements: elementsFrom(canonicals),
})

/** One names a version of FHIR that came after R4. */
const newer = 'unknown-code StructureDefinition.fhirVersion'

test.each(['profiles-types', 'profiles-resources', 'profiles-others', 'extension-definitions'] as const)(
  'those of %s have no errors: HL7 has extensions where it has them, and ids stand in snapshot and differential',
  (bundle) => {
    const faults = publishedStructures(bundle).flatMap((resource) =>
      issuesAlone(validate(resource))
        .filter(isError)
        .map(({ code, expression }) => `${code} ${expression}`),
    )
    expect(faults.filter((fault) => fault !== newer)).toEqual([])
  },
  60_000,
)
