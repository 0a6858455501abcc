/**
 * Security labels that restrict who may see a resource. https://hl7.org/fhir/R4/security-labels.html
 */
import { forms } from '../fhir/search/forms.ts'
import type { AccessIndex } from './compartment-terms.ts'
import { not, type Predicate, union } from './predicate.ts'

/** Codes of restricting labels by their system. */
export type RestrictedLabels = ReadonlyMap<string, readonly string[]>

/** Rows of `type` that have none of the restricting labels beyond those that may be seen. */
export function withoutLabels(
  type: string,
  restricted: RestrictedLabels,
  visible: ReadonlySet<string>,
  index: AccessIndex,
): Predicate {
  if (visible.has('*')) return not(union({}))
  const withheld = [...restricted].flatMap(([system, codes]) =>
    codes.filter((code) => !visible.has(code)).map((code) => ({ system, code })),
  )
  return not(union({ terms: withheld.flatMap(({ system, code }) => labelTerms(type, system, code, index)) }))
}

/** The terms that rows of `type` with a security label have. */
export function labelTerms(type: string, system: string, code: string, { indexes }: AccessIndex): bigint[] {
  const paths = indexes.index(type).standard.get('_security')?.paths ?? []
  return paths.map((path) => indexes.terms.term(path.tweak, forms.systemAndCode(system, code.toLowerCase())))
}
