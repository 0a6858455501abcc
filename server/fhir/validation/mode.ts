/** How much is demanded of what is stored. */
import { defaultPolicy } from './profile/validator.ts'
import type { Policy } from './profile/visit.ts'

export const validationModes = ['strict', 'profiles', 'base', 'off'] as const

/**
 * - `off`: only what storage and search rely on: names, types, cardinalities, primitives, codes of required bindings.
 * - `base`: and the rest of the base specification: invariants, bindings, extensions, Bundles, Questionnaires.
 * - `profiles`: and the profiles that a resource claims or its type requires.
 * - `strict`: and nothing that cannot be checked: unknown profiles, extensions and codes are errors.
 */
export type ValidationMode = (typeof validationModes)[number]

/** What is left to choose, by mode; `off` has no validator. */
export const policies: Readonly<Record<Exclude<ValidationMode, 'off'>, Policy>> = {
  base: defaultPolicy,
  profiles: defaultPolicy,
  strict: {
    ...defaultPolicy,
    unknownExtension: 'error',
    unknownProfile: 'error',
    unknownCode: 'error',
    unknownBinding: 'error',
    wrongDisplay: 'error',
  },
}

/** Profiles that the resources of a type must conform to. */
export interface RequiredProfiles {
  /** Canonicals by resource type: all of them are required. */
  readonly byType: ReadonlyMap<string, readonly string[]>
  /** Packages as `name@version`: one of their profiles for the type is required, where they have any. */
  readonly packages: readonly string[]
}

export const noRequiredProfiles: RequiredProfiles = { byType: new Map(), packages: [] }

/**
 * `Patient=http://…/my-patient|1.0,hl7.fhir.us.core@6.1.0`; undefined where an item is neither a profile for a type nor a
 * package.
 */
export function parseRequiredProfiles(text: string): RequiredProfiles | undefined {
  const byType = new Map<string, string[]>()
  const packages: string[] = []
  for (const item of items(text)) {
    const [, type, canonical] = /^([A-Z][A-Za-z]+)=(\S+:\S+)$/.exec(item) ?? []
    if (type !== undefined) byType.set(type, [...(byType.get(type) ?? []), canonical!])
    else if (/^[a-z][\w.-]*@[\w.-]+$/i.test(item)) packages.push(item)
    else return undefined
  }
  return { byType, packages }
}

/** `lab-feed=base,registry=strict`: modes by client; undefined where an item is something else. */
export function parseClientModes(text: string): ReadonlyMap<string, ValidationMode> | undefined {
  const modes = new Map<string, ValidationMode>()
  for (const item of items(text)) {
    const [, client, name] = /^(.+)=(\w+)$/.exec(item) ?? []
    const mode = validationModes.find((one) => one === name)
    if (client === undefined || mode === undefined) return undefined
    modes.set(client, mode)
  }
  return modes
}

function items(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}
