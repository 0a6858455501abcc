/** What `REQUIRED_PROFILES` demands of resources, by what is installed. */
import type { Context } from '../../context.ts'
import type { CanonicalsInForce } from '../../fhir/conformance/in-force.ts'
import { profilesOfPackage } from '../../fhir/conformance/package-profiles.ts'
import type { RequiredProfiles } from '../../fhir/validation/mode.ts'

/** By resource type: the profiles of each required package, of which a resource must conform to one. */
type Alternatives = ReadonlyMap<string, readonly (readonly string[])[]>

const known = new WeakMap<CanonicalsInForce, Alternatives>()

/** The lists of canonicals of which a resource of `type` must conform to one each. */
export function alternativesFor(
  type: string,
  { canonicals, config }: Pick<Context, 'canonicals' | 'config'>,
): readonly (readonly string[])[] {
  let alternatives = known.get(canonicals)
  if (!alternatives) {
    alternatives = alternativesOf(config.requiredProfiles, canonicals)
    known.set(canonicals, alternatives)
  }
  return alternatives.get(type) ?? []
}

function alternativesOf({ packages }: RequiredProfiles, canonicals: CanonicalsInForce): Alternatives {
  const byType = new Map<string, (readonly string[])[]>()
  for (const name of packages) {
    for (const [type, profiles] of profilesOfPackage(name, canonicals)) {
      byType.set(type, [...(byType.get(type) ?? []), profiles])
    }
  }
  return byType
}
