/** Plain names and meanings of common tests by their LOINC codes. Our own words, for people without medical training. */
import type { Code } from '../../../server/fhir/results/reading.ts'
import type { Language } from '../../shared/words/language.ts'
import { bloodCount } from './meanings-blood-count.ts'
import { chemistry } from './meanings-chemistry.ts'
import { otherTests } from './meanings-other.ts'

export interface Meaning {
  /** What people call it: `Blood sugar`. */
  readonly name: string
  /** What it is for, in two or three sentences; it does not judge a value. */
  readonly about: string
}

/** A test or a panel under all the codes it comes with. */
export type MeaningEntry = { readonly codes: readonly string[] } & Readonly<Record<Language, Meaning>>

const loinc = 'http://loinc.org'

const entries: readonly MeaningEntry[] = [...chemistry, ...bloodCount, ...otherTests]

const byCode = new Map(entries.flatMap((entry) => entry.codes.map((code) => [code, entry] as const)))

/** Undefined for what is not in our library. */
export function meaningOf(codes: readonly Code[], language: Language): Meaning | undefined {
  const known = codes.find(({ system, code }) => system === loinc && byCode.has(code))
  return known && byCode.get(known.code)![language]
}
