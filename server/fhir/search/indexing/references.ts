/** References to resources, canonicals, and references by identifier. https://hl7.org/fhir/R4/search.html#reference */
import { isJsonObject, type JsonObject } from '../../json.ts'
import { parseReference } from '../../reference.ts'
import { canonicalTerm, nameTerm, urlOf, widerVersions } from '../canonical.ts'
import { forms, tokenForms } from '../forms.ts'
import type { IndexRow } from '../index-row.ts'
import type { SearchPath } from '../path.ts'
import type { Terms } from '../term.ts'
import { tokenValues } from '../values.ts'
import type { Step } from './step.ts'

/** `principal`: the patient along the path is in a column of its own; `base` is this server's own FHIR base URL. */
export function referenceStep(path: SearchPath, terms: Terms, base: string, principal: boolean): Step {
  const constants = new Map<string, bigint>()
  const constant = (type: string) => {
    const known = constants.get(type) ?? targetConstant(path, type, terms)
    constants.set(type, known)
    return known
  }
  const addTarget = (row: IndexRow, text: string) => {
    const reference = parseReference(text, base)
    if (reference.kind === 'relative') {
      const key = terms.key(reference.type, reference.id)
      if (principal && reference.type === 'Patient') row.patient = key
      else row.terms.push(BigInt.asIntN(64, key ^ constant(reference.type)))
    } else if (reference.kind === 'absolute') row.terms.push(terms.term(path.tweak, forms.uri(text)))
  }
  return ({ row, resource }) =>
    path.extract(resource, (value, type) => {
      if (typeof value === 'string') addCanonical(row, path, terms, value)
      else if (type === 'Reference') {
        const { reference, identifier } = value as JsonObject
        if (typeof reference === 'string') addTarget(row, reference)
        if (isJsonObject(identifier)) addReferenceIdentifier(row, path, terms, identifier)
      } else if (isJsonObject(value) && typeof value['id'] === 'string')
        addTarget(row, `${value['resourceType']}/${value['id']}`)
    })
}

/** XOR of a target's key with this constant is the term of a reference to it along the path. */
export function targetConstant(path: SearchPath, type: string, terms: Terms): bigint {
  return terms.term(path.tweak, forms.target(type))
}

/** The names by which canonicals find a resource: its url, and its url with its version. */
export function canonicalStep(path: SearchPath, terms: Terms): Step {
  return ({ row, resource: { url, version } }) => {
    if (typeof url !== 'string') return
    row.terms.push(nameTerm(path, url, terms))
    if (typeof version === 'string') row.terms.push(nameTerm(path, `${url}|${version}`, terms))
  }
}

/** As it is, without its version, and for `:below` with each version that its own belongs to. */
function addCanonical(row: IndexRow, path: SearchPath, terms: Terms, canonical: string): void {
  const url = urlOf(canonical)
  row.terms.push(canonicalTerm(path, canonical, terms))
  if (url === canonical) return
  row.terms.push(terms.term(path.tweak, forms.uri(url)))
  for (const wider of widerVersions(canonical)) row.terms.push(terms.term(path.tweak, forms.belowVersion(wider)))
}

function addReferenceIdentifier(row: IndexRow, path: SearchPath, terms: Terms, identifier: JsonObject): void {
  tokenValues(identifier, 'Identifier', (token) => {
    for (const form of tokenForms(token)) row.terms.push(terms.term(path.tweak, forms.referenceIdentifier(form)))
  })
}
