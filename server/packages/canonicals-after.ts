/** What packages would bring, before they are installed. */
import type { CanonicalsInForce } from '../fhir/conformance/in-force.ts'
import type { EntryProblem } from '../fhir/packages/entry.ts'
import { snapshotOf } from '../fhir/validation/snapshot.ts'
import type { PackageRow } from '../store/packages.ts'
import { packagesInForce, placesOf } from './conformance-source.ts'
import type { OpenedPackage } from './open-package.ts'

/** All conformance resources as they will be; `present` are the packages that are installed. */
export function canonicalsAfter(
  packages: readonly OpenedPackage[],
  before: CanonicalsInForce,
  present: readonly PackageRow[],
): CanonicalsInForce {
  const rows = packages.map(({ manifest, resources }) => ({
    ...manifest,
    manifest: JSON.stringify(manifest),
    digest: resources.digest,
  }))
  const places = new Map(packages.map(({ resources }) => [resources.digest, placesOf(resources)]))
  return before.plus(packagesInForce([...present, ...rows], places).slice(present.length))
}

/** The package with what its profiles contradict among its problems. */
export function withSnapshotProblems(opened: OpenedPackage, after: CanonicalsInForce): OpenedPackage {
  const { resources, problems } = opened
  const found = resources.places
    .filter(({ type }) => type === 'StructureDefinition')
    .flatMap((place): EntryProblem[] => {
      const profile = after.find(place.type, `${place.url}|${place.version}`) ?? resources.resource(place)
      const { issues } = snapshotOf(profile, after.near(profile))
      return issues.length === 0 ? [] : [{ file: place.file, reason: issues.join('; '), installed: true }]
    })
  const all = [...problems, ...found]
  return { ...opened, problems: all.sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0)) }
}
