/**
 * Binaries say nothing of whom they are about: their `securityContext` names the resource that decides who may see them.
 * A patient there makes the Binary part of that patient's record. What another resource decides can be told of single
 * Binaries alone, by looking at that resource; lists show those that surely may be seen.
 * https://hl7.org/fhir/R4/binary-definitions.html#Binary.securityContext
 */
import { isJsonObject, type JsonObject } from '../fhir/json.ts'
import { parseReference } from '../fhir/reference.ts'
import { type Terms, tweak } from '../fhir/search/term.ts'
import { type Predicate, union } from './predicate.ts'

/** What the security context of a Binary refers to. */
export type SecurityContext =
  | { readonly kind: 'none' }
  | { readonly kind: 'resource'; readonly type: string; readonly id: string }
  /** A resource of another server, or one without a literal reference. */
  | { readonly kind: 'elsewhere' }

/** `base` is this server's own FHIR base URL. */
export function securityContextOf({ securityContext }: JsonObject, base: string): SecurityContext {
  if (securityContext === undefined) return { kind: 'none' }
  const text = isJsonObject(securityContext) ? securityContext['reference'] : undefined
  const parsed = typeof text === 'string' ? parseReference(text, base) : undefined
  return parsed?.kind === 'relative' ? { kind: 'resource', type: parsed.type, id: parsed.id } : { kind: 'elsewhere' }
}

const domain = tweak('candela security context')

/**
 * The terms of Binaries with such a context: of its kind or the type of the resource, and of the resource itself. Those that
 * were indexed before there were such terms have none, and are in no list of those who do not see everything.
 */
export function contextTerms(context: SecurityContext, terms: Terms): readonly bigint[] {
  return context.kind === 'resource'
    ? [kindTerm(context.type, terms), referenceTerm(context, terms)]
    : [kindTerm(context.kind, terms)]
}

function kindTerm(kind: string, terms: Terms): bigint {
  return terms.term(domain, kind)
}

/** The term of Binaries whose context is this resource. */
export function referenceTerm({ type, id }: { readonly type: string; readonly id: string }, terms: Terms): bigint {
  return terms.term(domain, `${type}/${id}`)
}

/**
 * Binaries that surely may be seen by whoever sees all resources of these types: those of patients are judged by the
 * patient's record.
 */
export function withContextOf(types: readonly string[], terms: Terms): Predicate {
  return union({ terms: ['none', 'Patient', ...types].map((kind) => kindTerm(kind, terms)) })
}
