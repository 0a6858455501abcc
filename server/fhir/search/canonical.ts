/**
 * References by url, and by the version that a resource gives itself.
 * https://hl7.org/fhir/R4/references.html#canonical, https://hl7.org/fhir/R4/search.html#versions
 */
import { type Sql, sql } from '../../sql.ts'
import { forms } from './forms.ts'
import type { SearchPath } from './path.ts'
import { type Terms, tweak } from './term.ts'

/** Types whose values are canonicals where a parameter is of type reference. */
const canonicalTypes: ReadonlySet<string> = new Set(['canonical', 'uri', 'url'])

/** Whether references along the path may be by url. */
export function leadsByUrl(path: SearchPath): boolean {
  return path.types.some((type) => canonicalTypes.has(type))
}

/** `url|version` without the version. */
export function urlOf(canonical: string): string {
  const bar = canonical.indexOf('|')
  return bar < 0 ? canonical : canonical.slice(0, bar)
}

/** The canonicals of the versions that a version belongs to: `url|1.2.3` belongs to `url|1.2` and `url|1`. */
export function widerVersions(canonical: string): string[] {
  const version = urlOf(canonical).length + 1
  const found: string[] = []
  for (let dot = canonical.indexOf('.', version); dot >= 0; dot = canonical.indexOf('.', dot + 1)) {
    found.push(canonical.slice(0, dot))
  }
  return found
}

/** The term of a canonical along a path. */
export function canonicalTerm(path: SearchPath, canonical: string, terms: Terms): bigint {
  return BigInt.asIntN(64, hash(canonical, terms) ^ constant(path, terms))
}

/**
 * The term of a name of a resource, along the path of its own url. The shift keeps apart what a resource is called and
 * what it refers to: XOR alone would take canonicals to names and names to canonicals of the same type at once.
 */
export function nameTerm(path: SearchPath, name: string, terms: Terms): bigint {
  return BigInt.asIntN(64, (hash(name, terms) << 1n) ^ constant(path, terms))
}

/** What takes the terms of canonicals along a path to the terms of names of a type, and back. */
export interface CanonicalLink {
  readonly canonical: bigint
  readonly name: bigint
}

/** `names` is the path of the names of what the canonicals lead to. Undefined where they lead there not at all. */
export function canonicalLink(
  path: SearchPath,
  names: SearchPath | undefined,
  terms: Terms,
): CanonicalLink | undefined {
  if (!names || !leadsByUrl(path)) return undefined
  return { canonical: constant(path, terms), name: constant(names, terms) }
}

/** The term of the name that a canonical leads to; for any other term one that nothing has. */
export function nameOf(term: Sql, { canonical, name }: CanonicalLink): Sql {
  return sql`((${term} # ${canonical}::bigint) << 1) # ${name}::bigint`
}

/** The term of the canonicals that lead to a name; for any other term one that nothing has. */
export function canonicalOf(term: Sql, { canonical, name }: CanonicalLink): Sql {
  return sql`(((${term} # ${name}::bigint) >> 1) & ${greatest}::bigint) # ${canonical}::bigint`
}

const domain = tweak('canonical')
const greatest = (1n << 63n) - 1n

/** 63 bits: one is left for the shift. */
function hash(text: string, terms: Terms): bigint {
  return BigInt.asUintN(63, terms.term(domain, text))
}

function constant(path: SearchPath, terms: Terms): bigint {
  return terms.term(path.tweak, forms.canonical())
}
