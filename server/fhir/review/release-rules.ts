/**
 * When patients see results: at once, or after somebody has reviewed them. Rules are data of whoever runs the server
 * (`RELEASE_RULES`), by category or code and by practice.
 */
import type { JsonObject } from '../json.ts'
import { parseReference } from '../reference.ts'
import { categoryCodes, type ResultCategory } from '../results/categories.ts'
import { codesIn, objectsIn, referenceIn } from '../results/reading.ts'

export type Release = 'immediate' | 'after-review'

export interface ReleaseRule {
  /** `system|code`, one of which a result has in its category or code. */
  readonly codes: ReadonlySet<string>
  /** Names a single code, and goes before those of a category. */
  readonly isExact: boolean
  /** Of the one who performed it, `Organization/…`; any when absent. */
  readonly practice: string | undefined
  readonly release: Release
}

/** What rules see of a result. */
interface Traits {
  readonly codes: readonly string[]
  readonly performers: readonly string[]
}

/** `pathology=after-review,laboratory@Organization/east=immediate,http://loinc.org|4548-4=after-review`. */
export function parseReleaseRules(text: string): readonly ReleaseRule[] | undefined {
  const rules = text.split(',').map((part) => parseRule(part.trim()))
  return rules.every((rule) => rule !== undefined) ? rules : undefined
}

function parseRule(text: string): ReleaseRule | undefined {
  const parts = /^([^@=]+)(?:@(Organization\/[A-Za-z0-9.-]{1,64}))?=(immediate|after-review)$/.exec(text)
  if (!parts) return undefined
  const [, of, practice, release] = parts
  const isExact = of!.includes('|')
  const codes = isExact ? [of!] : codesOf(of!)
  return codes && { codes: new Set(codes), isExact, practice, release: release as Release }
}

function codesOf(category: string): readonly string[] | undefined {
  if (!Object.hasOwn(categoryCodes, category)) return undefined
  const bySystem: Readonly<Record<string, readonly string[]>> = categoryCodes[category as ResultCategory]
  return Object.entries(bySystem).flatMap(([system, codes]) => codes.map((code) => `${system}|${code}`))
}

/** The nearest rule decides: of its practice, then of its code. Of equally near ones the stricter. */
export function releaseOf(resource: JsonObject, rules: readonly ReleaseRule[], base: string): Release {
  if (rules.length === 0 || !resultTypes.has(String(resource['resourceType']))) return 'immediate'
  const traits = traitsOf(resource, base)
  // What people say of themselves waits for nobody.
  if (traits.performers.length > 0 && traits.performers.every((performer) => /^(?:Patient|Related)/.test(performer))) {
    return 'immediate'
  }
  const fitting = rules.filter((rule) => fits(rule, traits))
  const nearest = Math.max(...fitting.map(nearness))
  const isHeld = fitting.some((rule) => nearness(rule) === nearest && rule.release === 'after-review')
  return isHeld ? 'after-review' : 'immediate'
}

const resultTypes: ReadonlySet<string> = new Set(['DiagnosticReport', 'Observation'])

function traitsOf(resource: JsonObject, base: string): Traits {
  const concepts = [...objectsIn(resource['category']), resource['code']]
  return {
    codes: concepts.flatMap((concept) => codesIn(concept).map(({ system, code }) => `${system}|${code}`)),
    performers: objectsIn(resource['performer']).flatMap((one) => localName(referenceIn(one), base) ?? []),
  }
}

/** `Organization/1`, whatever version of it and however it is written. */
function localName(reference: string | undefined, base: string): string | undefined {
  const parsed = reference === undefined ? undefined : parseReference(reference, base)
  return parsed?.kind === 'relative' ? `${parsed.type}/${parsed.id}` : parsed && reference
}

function fits({ codes, practice }: ReleaseRule, traits: Traits): boolean {
  const isTheirs = practice === undefined || traits.performers.includes(practice)
  return isTheirs && traits.codes.some((code) => codes.has(code))
}

function nearness({ practice, isExact }: ReleaseRule): number {
  return (practice === undefined ? 0 : 2) + (isExact ? 1 : 0)
}
