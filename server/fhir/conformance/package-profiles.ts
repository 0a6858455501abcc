/** The profiles that packages bring. */
import type { JsonObject } from '../json.ts'
import type { CanonicalsInForce } from './in-force.ts'

/** The canonicals of a package's profiles on resources, by resource type; none where it is not installed. */
export function profilesOfPackage(
  name: string,
  canonicals: Pick<CanonicalsInForce, 'ofPackage'>,
): ReadonlyMap<string, readonly string[]> {
  const structures = canonicals.ofPackage(name, 'StructureDefinition') ?? []
  const profiles = structures.filter(({ kind, derivation }) => kind === 'resource' && derivation === 'constraint')
  const byType = Map.groupBy(profiles, ({ type }) => String(type))
  return new Map(byType.entries().map(([type, found]) => [type, found.map(canonicalOf)]))
}

function canonicalOf({ url, version }: JsonObject): string {
  return version === undefined ? String(url) : `${url}|${version}`
}
