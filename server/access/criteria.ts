/**
 * Criteria of scopes and policies as predicates. They take what is a set of terms whatever the data are: tokens, references
 * and uris with plain values, by the base specification's own parameters.
 */
import { OutcomeError } from '../fhir/outcome.ts'
import { isId, parseReference } from '../fhir/reference.ts'
import { canonicalTerm, leadsByUrl } from '../fhir/search/canonical.ts'
import { unescapeValue } from '../fhir/search/escapes.ts'
import { forms } from '../fhir/search/forms.ts'
import { targetConstant } from '../fhir/search/indexing/references.ts'
import type { SearchPath } from '../fhir/search/path.ts'
import type { IndexedParameter } from '../fhir/search/search-index.ts'
import { parseToken, queryForms } from '../fhir/search/types/token.ts'
import type { AccessIndex } from './compartment-terms.ts'
import { allOf, anyOf, noRow, type Predicate, union } from './predicate.ts'
import type { ScopeCriterion } from './scope.ts'

/** Rows of `type` that meet all criteria; none where the type has no such parameter, or cannot be asked in this way. */
export function meetsCriteria(type: string, criteria: readonly ScopeCriterion[], index: AccessIndex): Predicate {
  return allOf(
    criteria.map((criterion) => (criterionProblem(type, criterion, index) ? noRow : meets(type, criterion, index))),
  )
}

/** Why a criterion cannot restrict access to `type`; undefined where it can. */
export function criterionProblem(
  type: string,
  { name, values }: ScopeCriterion,
  index: AccessIndex,
): string | undefined {
  if (name === '_id') return values.every(isId) ? undefined : `'${name}' takes ids.`
  const parameter = parameterNamed(type, name, index)
  if (!parameter) return `${type} has no search parameter '${name}' that scopes may have, or it has a modifier.`
  if (!kinds[parameter.type]) return `'${name}' is a ${parameter.type} parameter; scopes take token, reference and uri.`
  const wrong = values.find((value) => !isUsable(parameter, value, index))
  return wrong === undefined ? undefined : `'${wrong}' is no plain value of '${name}'.`
}

function isUsable(parameter: IndexedParameter, value: string, index: AccessIndex): boolean {
  try {
    return parameter.paths.some((path) => kinds[parameter.type]!(path, parameter, value, index) !== undefined)
  } catch (error) {
    if (error instanceof OutcomeError) return false
    throw error
  }
}

function meets(type: string, { name, values }: ScopeCriterion, index: AccessIndex): Predicate {
  if (name === '_id') return union({ keys: values.map((id) => index.indexes.terms.key(type, id)) })
  const parameter = parameterNamed(type, name, index)!
  const found = values.flatMap((value) =>
    parameter.paths.flatMap((path) => kinds[parameter.type]!(path, parameter, value, index) ?? []),
  )
  const { principal } = index.indexes.index(type)
  return anyOf(
    found.map(({ path, patient, term }) =>
      patient !== undefined && principal.patient?.text === path.text
        ? union({ patients: [patient] })
        : union({ terms: [term] }),
    ),
  )
}

function parameterNamed(type: string, name: string, { indexes }: AccessIndex): IndexedParameter | undefined {
  const parameter = indexes.index(type).standard.get(name)
  // Computed values may be of types that are indexed in other ways.
  return parameter?.paths.length && parameter.paths.every(({ computed }) => !computed) ? parameter : undefined
}

/** A term that a value has along a path; with the patient's key where it is a reference to one. */
interface PathTerm {
  readonly path: SearchPath
  readonly term: bigint
  readonly patient?: bigint
}

type Kind = (path: SearchPath, parameter: IndexedParameter, value: string, index: AccessIndex) => PathTerm[] | undefined

/** By type of parameter: the terms of a value along a path; undefined for what no set of terms can tell. */
const kinds: Readonly<Partial<Record<IndexedParameter['type'], Kind>>> = {
  token: (path, parameter, value, { indexes }) => {
    const query = parseToken(value, parameter.code)
    // The codes of a whole system are in no term but those of identifiers.
    if (query.code === undefined && !path.types.every((type) => type === 'Identifier')) return undefined
    return queryForms(path, query).map((form) => ({ path, term: indexes.terms.term(path.tweak, form) }))
  },
  reference: (path, { targets }, value, { indexes, base }) => {
    const text = unescapeValue(value)
    const only = path.resolveType ? [path.resolveType] : targets
    const reference = parseReference(isId(text) && only.length === 1 ? `${only[0]}/${text}` : text, base)
    if (reference.kind === 'relative') {
      if (!only.includes(reference.type)) return []
      const key = indexes.terms.key(reference.type, reference.id)
      const term = BigInt.asIntN(64, key ^ targetConstant(path, reference.type, indexes.terms))
      return [{ path, term, ...(reference.type === 'Patient' && { patient: key }) }]
    }
    if (reference.kind !== 'absolute') return undefined
    const plain = { path, term: indexes.terms.term(path.tweak, forms.uri(text)) }
    return leadsByUrl(path) ? [plain, { path, term: canonicalTerm(path, text, indexes.terms) }] : [plain]
  },
  uri: (path, _parameter, value, { indexes }) => [
    { path, term: indexes.terms.term(path.tweak, forms.uri(unescapeValue(value))) },
  ],
}
