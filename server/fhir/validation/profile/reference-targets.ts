/** What references may refer to. https://hl7.org/fhir/R4/references.html */
import type { Definitions } from '../../definitions.ts'
import { isJsonObject } from '../../json.ts'
import type { Profile } from './element-tree.ts'
import { text } from './element-tree.ts'
import { resourceItem } from './items.ts'
import { targetOf } from './paths.ts'
import { conforms } from './profile-check.ts'
import { coreType } from './profiles.ts'
import { resolveReference } from './resolve.ts'
import type { Item, Visit } from './visit.ts'
import { tell, tellNoProfile } from './visit.ts'

/** A check that a reference's target is of one of these types or conforms to one of these profiles. */
export function referenceTargetCheck(targets: readonly string[], profile: Profile) {
  return (visit: Visit, item: Item): void => {
    const target = targetOf(visit, item)
    if (!target || (isStub(target) && visit.tools.policy.unresolvedTargets === 'ignore')) return
    const type = text(target['resourceType'])
    const { definitions, profiles } = visit.tools
    const told = { rule: 'target', profile } as const
    let matched = false
    let unsure = false
    for (const canonical of targets) {
      const core = coreTypeOf(definitions, canonical)
      const wanted = core === undefined ? profiles.find(canonical, profile) : undefined
      if (core === undefined && !wanted) unsure = true
      else if (core !== undefined) matched ||= core === type || core === 'Resource'
      // Of a target that is not here nothing but its type is known.
      else if (wanted!.type === type) matched ||= isStub(target) || conforms(visit, resourceItem(target), wanted!)
      if (matched) return
    }
    if (unsure) {
      const missing = targets.find((one) => coreTypeOf(definitions, one) === undefined && !profiles.find(one, profile))!
      tellNoProfile(visit, missing, { ...told, severity: 'warning' })
      return
    }
    const isWanted = targets.some((canonical) => profiles.find(canonical)?.type === type)
    const article = /^[AEIO]/.test(type) ? 'an' : 'a'
    const actual = `${article} ${type}${isWanted ? ' that does not conform' : ''}`
    const expected = targets.map((canonical) => coreTypeOf(definitions, canonical) ?? canonical).join(' or ')
    tell(visit, 'wrong-target', { reference: shown(item), actual, expected }, told)
  }
}

function shown({ value }: Item): string {
  return isJsonObject(value) ? text(value['reference']) : text(value)
}

function isStub(target: object): boolean {
  return Object.keys(target).length === 1
}

/** The type that a canonical of the base specification names. */
export function coreTypeOf(definitions: Definitions, canonical: string): string | undefined {
  const type = coreType(canonical)
  return type !== undefined && definitions.types.has(type) ? type : undefined
}

/** How a reference may reach its target. https://hl7.org/fhir/R4/valueset-resource-aggregation-mode.html */
export function aggregationCheck(modes: readonly string[], profile: Profile) {
  return (visit: Visit, { value }: Item): void => {
    const reference = isJsonObject(value) ? text(value['reference']) : ''
    if (reference === '') return
    const mode = reference.startsWith('#') ? 'contained' : isBundled(visit, reference) ? 'bundled' : 'referenced'
    if (modes.includes(mode)) return
    const places = modes.map((one) => aggregations[one] ?? one).join(' or ')
    const reason = `'${reference}' must refer to a resource ${places}.`
    tell(visit, 'rule-violated', { reason }, { rule: 'aggregation', profile })
  }
}

const aggregations: Readonly<Record<string, string>> = {
  contained: 'contained in this one',
  bundled: 'in the same Bundle',
  referenced: 'that is stored elsewhere',
}

function isBundled(visit: Visit, reference: string): boolean {
  return resolveReference({ ...visit, resolve: () => undefined }, reference) !== undefined
}
