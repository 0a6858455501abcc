/**
 * Locks on search criteria: of several requests that create or change what one search finds, each sees what the one
 * before it did. Held until the transaction ends.
 */
import { unescapedSplit, unescapeValue } from '../fhir/search/escapes.ts'
import type { Terms, Tweak } from '../fhir/search/term.ts'
import { tweak } from '../fhir/search/term.ts'
import { sql } from '../sql.ts'
import type { Transaction } from './database.ts'

/** PostgreSQL's table of locks is small: all criteria share so many, and seldom meet. */
const locks = 2048n
const space = 0x63726974
const domain: Tweak = tweak('lock of criteria')

/**
 * Waits for the locks of `criteria` (`Type?query`), always in one order. To be a statement of its own before the search:
 * at READ COMMITTED only a later statement sees what the former holder committed.
 */
export async function lockCriteria(tx: Transaction, terms: Terms, criteria: readonly string[]): Promise<void> {
  if (criteria.length === 0) return
  const numbers = new Set(
    criteria.flatMap(lockedTexts).map((text) => Number(BigInt.asUintN(64, terms.term(domain, text)) % locks)),
  )
  const sorted = [...numbers].sort((a, b) => a - b)
  await tx.query(sql`select pg_advisory_xact_lock(${space}::int, n) from unnest(${sorted}::int[]) n`)
}

/**
 * What a search is locked by: the value of each identifier that it asks for, with or without a system and whatever else it
 * asks; only where it asks for none all of it. Other values may be in many searches, which would wait for each other.
 */
function lockedTexts(criteria: string): string[] {
  const mark = criteria.indexOf('?')
  const type = criteria.slice(0, mark)
  const parameters = [...new URLSearchParams(criteria.slice(mark + 1))]
  const identifiers = parameters.flatMap(([name, value]) => (byIdentifier.has(name) ? identifierValues(value) : []))
  if (identifiers.length > 0) return identifiers.map((value) => `${type} identifier ${value}`)
  // The same search, however its parameters are ordered and encoded.
  const texts = parameters.map((pair) => pair.join('=')).sort()
  return [`${type}?${texts.join('&')}`]
}

const byIdentifier: ReadonlySet<string> = new Set(['identifier', 'identifier:of-type'])

/** The values among alternatives; `system|` has none. */
function identifierValues(text: string): string[] {
  return unescapedSplit(text, ',')
    .map((part) => unescapeValue(unescapedSplit(part, '|').at(-1)!))
    .filter((value) => value !== '')
}
