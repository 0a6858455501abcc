/** What the rules of terminology look things up in. */
import type { JsonObject } from '../json.ts'
import { OutcomeError } from '../outcome.ts'
import type { Ranges } from './ranges.ts'
import type { System } from './system.ts'

export type TerminologyType = 'CodeSystem' | 'ValueSet' | 'ConceptMap'

/** What is not at hand is asked for by throwing `Needed`. */
export interface Facts {
  /** By `url` or `url|version`; undefined where it is unknown. */
  resource(type: TerminologyType, canonical: string): JsonObject | undefined
  /** A code system whose concepts are known; undefined where they are not. */
  system(url: string, version?: string): System | undefined
  /** Supplements of a code system. https://hl7.org/fhir/R4/codesystem.html#supplements */
  supplements(url: string): readonly System[]
  /** All ConceptMaps that may translate from or to a system or value set. */
  conceptMaps(uris: readonly string[]): readonly JsonObject[]
  /** What an ECL expression chooses in a SNOMED CT edition. */
  constraint(system: System, expression: string): Ranges
  /** Another one whenever more is known: what was made of less does not count. Absent: all is known. */
  readonly stage?: object
}

/** `url|version` in its parts. */
export function splitCanonical(canonical: string): { readonly url: string; readonly version?: string } {
  const bar = canonical.indexOf('|')
  if (bar < 0) return { url: canonical }
  const version = canonical.slice(bar + 1)
  return { url: canonical.slice(0, bar), ...(version !== '' && { version }) }
}

export function joinCanonical(url: string, version: string | undefined): string {
  return version === undefined || version === '' ? url : `${url}|${version}`
}

/** What becomes of `work`, or why nobody here can tell. */
export function orUnknown<T>(work: () => T): T | OutcomeError {
  try {
    return work()
  } catch (error) {
    if (isUnknownHere(error)) return error
    throw error
  }
}

/** Whether others may know what is not known here. */
export function isUnknownHere(error: unknown): error is OutcomeError {
  return error instanceof OutcomeError && unknown.has(error.issues[0]!.code)
}

const unknown: ReadonlySet<string> = new Set(['unknown-terminology', 'unlisted-concept'])

/** What is wrong with a code that a system does not have, or not as far as it is known. */
export function unknownConcept(system: string, code: string, content: string | undefined): OutcomeError {
  return new OutcomeError(content === 'complete' ? 'unknown-concept' : 'unlisted-concept', { system, code })
}

/** 404 for a resource or code system that nobody here knows. */
export function unknownTerminology(what: string, canonical: string): OutcomeError {
  return new OutcomeError('unknown-terminology', { what, canonical })
}
