/**
 * Value sets that code systems imply by their URLs: `[system]?fhir_vs`, `?fhir_vs=isa/[code]` and the other forms of
 * SNOMED CT, and `http://loinc.org/vs/…`.
 * https://hl7.org/fhir/R4/snomedct.html#implicit, https://hl7.org/fhir/R4/loinc.html#implicit
 */
import type { JsonObject } from '../json.ts'
import { OutcomeError } from '../outcome.ts'
import { type Facts, joinCanonical, splitCanonical } from './facts.ts'
import { hasNumber } from './ranges.ts'
import type { System } from './system.ts'

/** The ValueSet that such a URL stands for; undefined for URLs of other forms, and of what the code system does not have. */
export function implicitValueSet(canonical: string, facts: Facts): JsonObject | undefined {
  const { url, version } = canonical.includes(constraintForm) ? splitConstraint(canonical) : splitCanonical(canonical)
  const include = queryForm(url, facts) ?? loincForm(url, version, facts)
  return include && valueSet(canonical, { ...include, ...(version !== undefined && { version }) })
}

const constraintForm = '?fhir_vs=ecl/'

/** Terms in expressions stand between two bars: only one that has no other is before a version. */
function splitConstraint(canonical: string): { readonly url: string; readonly version?: string } {
  const bars = canonical.split('|').length - 1
  if (bars % 2 === 0) return { url: canonical }
  const at = canonical.lastIndexOf('|')
  return { url: canonical.slice(0, at), version: canonical.slice(at + 1) }
}

function valueSet(url: string, include: JsonObject): JsonObject {
  return { resourceType: 'ValueSet', url, status: 'active', compose: { include: [include] } }
}

const snomed = 'http://snomed.info/sct'
/** The concept above all reference sets. */
const referenceSets = '900000000000455006'

/** What follows `?fhir_vs=`, as a filter. */
interface Form {
  readonly pattern: RegExp
  readonly filter: (value: string) => JsonObject
  /** Whether a code system has what the value set is named after. */
  readonly isThere?: (system: System, value: string) => boolean
  readonly ofSnomed?: true
}

const forms: readonly Form[] = [
  {
    pattern: /^isa\/(\S+)$/,
    filter: (value) => ({ property: 'concept', op: 'is-a', value }),
    isThere: (system, value) => system.numberOf(value) !== undefined,
  },
  {
    pattern: /^refset$/,
    filter: () => ({ property: 'concept', op: 'descendent-of', value: referenceSets }),
    isThere: (system) => system.numberOf(referenceSets) !== undefined,
    ofSnomed: true,
  },
  {
    pattern: /^refset\/(\S+)$/,
    filter: (value) => ({ property: 'concept', op: 'in', value }),
    isThere: isReferenceSet,
    ofSnomed: true,
  },
  {
    pattern: /^ecl\/([\s\S]+)$/,
    filter: (value) => ({ property: 'constraint', op: '=', value: decoded(value) }),
    ofSnomed: true,
  },
]

function queryForm(url: string, facts: Facts): JsonObject | undefined {
  const match = /^([^?]+)\?fhir_vs(?:=([\s\S]*))?$/.exec(url)
  if (!match) return undefined
  const [, named = '', asked] = match
  // An edition of SNOMED CT is named like a system, but is a version.
  const edition = named.startsWith(`${snomed}/`) ? named : undefined
  const system = edition === undefined ? named : snomed
  const include: JsonObject = { system, ...(edition !== undefined && { version: edition }) }
  if (asked === undefined) return include
  const form = forms.find(({ pattern }) => pattern.test(asked))
  if (!form) return undefined
  if (form.ofSnomed && system !== snomed) {
    const reason = `'${url}' cannot be used: only SNOMED CT has value sets of that form.`
    throw new OutcomeError('invalid-terminology', { reason })
  }
  const value = form.pattern.exec(asked)![1] ?? ''
  const known = facts.system(system, edition)
  // The value set of nothing would be empty, and nobody would hear of the misspelt code.
  if (known && form.isThere?.(known, value) === false) return undefined
  return { ...include, filter: [form.filter(value)] }
}

/** One that has members, or lies below all of them. */
function isReferenceSet(system: System, code: string): boolean {
  if (system.having('refset', { kind: 'value', value: code }).length > 0) return true
  const [number, top] = [system.numberOf(code), system.numberOf(referenceSets)]
  if (number === undefined || top === undefined) return false
  return hasNumber(system.below(top), number)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const loinc = 'http://loinc.org'

/** `vs` is all of LOINC, `vs/LL…` an answer list, `vs/LP…` what is below a part, `vs/LG…` a group. */
function loincForm(url: string, version: string | undefined, facts: Facts): JsonObject | undefined {
  const match = /^http:\/\/loinc\.org\/vs(?:\/(L[LPG])([\d-]+))?$/.exec(url)
  if (!match) return undefined
  const [, prefix, digits] = match
  const system = facts.system(loinc, version)
  // Without the release itself they may have been stored as resources.
  if (!system) return undefined
  if (prefix === undefined) return { system: loinc }
  const code = `${prefix}${digits}`
  const filter = codeForms[prefix as keyof typeof codeForms](code, system, () =>
    facts.resource('ValueSet', joinCanonical(url, version)),
  )
  return filter && { system: loinc, filter: [filter] }
}

type CodeForm = (code: string, system: System, resource: () => JsonObject | undefined) => JsonObject | undefined

/** As filters; undefined for what the release does not have, or has as resources. */
const codeForms: Readonly<Record<'LL' | 'LP' | 'LG', CodeForm>> = {
  // The release's own value sets have answers in their order. Lists without answers of LOINC's own have no such value set.
  LL: (code, system, resource) =>
    resource() || system.numberOf(code) === undefined ? undefined : { property: 'LIST', op: '=', value: code },
  LP: (code, system) =>
    system.numberOf(code) === undefined ? undefined : { property: 'concept', op: 'descendent-of', value: code },
  LG: (code, system) =>
    system.having('group', { kind: 'value', value: code }).length === 0
      ? undefined
      : { property: 'group', op: '=', value: code },
}
