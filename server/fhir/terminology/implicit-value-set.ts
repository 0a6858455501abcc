/**
 * Value sets that code systems imply by their URLs: `[system]?fhir_vs`, `?fhir_vs=isa/[code]` and the other forms of
 * SNOMED CT, and `http://loinc.org/vs/…`.
 * https://hl7.org/fhir/R4/snomedct.html#implicit, https://hl7.org/fhir/R4/loinc.html#implicit
 */
import type { JsonObject } from '../json.ts'
import { type Facts, splitCanonical } from './facts.ts'

/** The ValueSet that such a URL stands for; undefined for URLs of other forms. */
export function implicitValueSet(canonical: string, facts: Facts): JsonObject | undefined {
  const { url, version } = canonical.includes(constraintForm) ? splitConstraint(canonical) : splitCanonical(canonical)
  const include = queryForm(url) ?? loincForm(url, facts)
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
const forms: readonly (readonly [form: RegExp, filter: (value: string) => JsonObject])[] = [
  [/^isa\/(\S+)$/, (value) => ({ property: 'concept', op: 'is-a', value })],
  [/^refset$/, () => ({ property: 'concept', op: 'descendent-of', value: referenceSets })],
  [/^refset\/(\S+)$/, (value) => ({ property: 'concept', op: 'in', value })],
  [/^ecl\/([\s\S]+)$/, (value) => ({ property: 'constraint', op: '=', value: decoded(value) })],
]

function queryForm(url: string): JsonObject | undefined {
  const match = /^([^?]+)\?fhir_vs(?:=([\s\S]*))?$/.exec(url)
  if (!match) return undefined
  const [, system = '', form] = match
  // An edition of SNOMED CT is named like a system, but is a version.
  const edition = system.startsWith(`${snomed}/`)
  const include: JsonObject = edition ? { system: snomed, version: system } : { system }
  if (form === undefined) return include
  for (const [pattern, filter] of forms) {
    const found = pattern.exec(form)
    if (found) return { ...include, filter: [filter(found[1] ?? '')] }
  }
  return undefined
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
function loincForm(url: string, facts: Facts): JsonObject | undefined {
  const match = /^http:\/\/loinc\.org\/vs(?:\/(L[LPG][\d-]+))?$/.exec(url)
  if (!match) return undefined
  const [, code] = match
  const system = facts.system(loinc)
  // Without the release itself they may have been stored as resources.
  if (!system) return undefined
  if (code === undefined) return { system: loinc }
  if (code.startsWith('LL')) return { system: loinc, filter: [{ property: 'LIST', op: '=', value: code }] }
  if (code.startsWith('LG')) return { system: loinc, filter: [{ property: 'group', op: '=', value: code }] }
  // Parts that the release has no concepts for are still named by the property `parent`.
  const op = system.numberOf(code) === undefined ? '=' : 'descendent-of'
  return { system: loinc, filter: [{ property: op === '=' ? 'parent' : 'concept', op, value: code }] }
}
