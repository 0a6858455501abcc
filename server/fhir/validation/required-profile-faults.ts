/** Which of the profiles that are required of types no resource could ever meet. */
import type { CanonicalList } from '../conformance/canonicals.ts'
import type { Definitions } from '../definitions.ts'
import type { JsonObject } from '../json.ts'
import { didYouMean, nearest } from '../nearest.ts'
import type { RequiredProfiles } from './mode.ts'
import { text } from './profile/element-tree.ts'
import { snapshotOf } from './snapshot.ts'

/** One sentence for each, with the name that was probably meant. */
export function requiredProfileFaults(
  { byType }: RequiredProfiles,
  definitions: Definitions,
  canonicals: CanonicalList,
): readonly string[] {
  return [...byType].flatMap(([type, profiles]) => {
    if (!definitions.isResourceType(type)) {
      return [`'${type}' is not a FHIR R4 resource type.${didYouMean(type, definitions.resourceTypes)}`]
    }
    return profiles.flatMap((profile) => faultOf(profile, type, canonicals) ?? [])
  })
}

function faultOf(canonical: string, type: string, canonicals: CanonicalList): string | undefined {
  const profile = canonicals.find('StructureDefinition', canonical)
  if (!profile) return `The profile ${canonical} is not known here.${meant(canonical, type, canonicals)}`
  const actual = text(profile['type'])
  if (actual !== type) return `${canonical} is a profile of ${actual}, not of ${type}.`
  const { elements, issues } = snapshotOf(profile, canonicals)
  return elements.length > 0 ? undefined : `The profile ${canonical} cannot be used: ${issues.join('; ')}.`
}

/** The end of a canonical tells profiles of one publisher apart, the beginning publishers. */
function meant(canonical: string, type: string, canonicals: CanonicalList): string {
  const url = canonical.split('|', 1)[0]!
  const urls = canonicals
    .all('StructureDefinition')
    .filter((one) => isProfileOf(one, type))
    .map((one) => text(one['url']))
  const name = nearest(lastPart(url), urls.map(lastPart))
  const found = urls.find((one) => lastPart(one) === name)
  return found === undefined ? ' Install its package, or store it, before it is required.' : ` Did you mean '${found}'?`
}

function isProfileOf({ type, derivation }: JsonObject, wanted: string): boolean {
  return type === wanted && derivation === 'constraint'
}

function lastPart(url: string): string {
  return url.slice(url.lastIndexOf('/') + 1)
}
