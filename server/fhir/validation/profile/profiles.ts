/** StructureDefinitions by canonical, each made into a tree when it is first asked for. */
import type { Canonicals } from '../../conformance/canonicals.ts'
import type { JsonObject } from '../../json.ts'
import type { ElementNode, Profile } from './element-tree.ts'
import { profileOf } from './element-tree.ts'

const core = 'http://hl7.org/fhir/StructureDefinition/'

export interface Profiles {
  /**
   * By canonical; undefined where it is unknown or has no elements. Of several versions the one that `from` means, a profile
   * that names the canonical.
   */
  find(canonical: string, from?: Profile): Profile | undefined
  /** The definition of a FHIR type by its name. */
  type(name: string): Profile | undefined
  /** The element of a type (`Patient`, `Patient.contact`, `HumanName`) in the base specification. */
  baseElement(type: string, name: string): ElementNode | undefined
}

/** The elements that a StructureDefinition stands for. */
export type Elements = (profile: JsonObject) => readonly JsonObject[]

/** Canonicals of packages, which may be there in several versions. */
export interface NearCanonicals extends Canonicals {
  /** As a resource of a package means them. */
  near?(resource: JsonObject): Canonicals
  /** `name@version` of the package that a resource comes from. */
  packageOf?(resource: JsonObject): string | undefined
  /** Whether a client stored it. */
  isStored?(resource: JsonObject): boolean
}

export function createProfiles(canonicals: NearCanonicals, elements: Elements): Profiles {
  const meant = new Map<Profile | undefined, Map<string, Profile | undefined>>()
  const byResource = new Map<JsonObject, Profile | undefined>()

  const find = (canonical: string, from?: Profile): Profile | undefined => {
    let byCanonical = meant.get(from)
    if (!byCanonical) {
      byCanonical = new Map()
      meant.set(from, byCanonical)
    }
    if (byCanonical.has(canonical)) return byCanonical.get(canonical)
    const source = (from && canonicals.near?.(from.resource)) ?? canonicals
    const resource = source.find('StructureDefinition', canonical)
    if (resource && !byResource.has(resource)) byResource.set(resource, profileOf(resource, elements(resource)))
    const profile = resource && byResource.get(resource)
    byCanonical.set(canonical, profile)
    return profile
  }
  const type = (name: string) => find(core + name)
  return {
    find,
    type,
    baseElement: (holder, name) => {
      const [root, ...below] = holder.split('.')
      let node = type(root!)?.root
      for (const step of below) node = node?.children.get(step)
      return node?.children.get(name)
    },
  }
}

/** `Patient` for the definition of a type of the base specification by its canonical; undefined for a profile's. */
export function coreType(canonical: string): string | undefined {
  const [url] = canonical.split('|')
  const name = url!.startsWith(core) ? url!.slice(core.length) : ''
  return /^[A-Za-z0-9]+$/.test(name) ? name : undefined
}
