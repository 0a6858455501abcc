/**
 * Strings and uris, and the texts that are kept beside hashes.
 * https://hl7.org/fhir/R4/search.html#string, https://hl7.org/fhir/R4/search.html#uri
 */
import { forms, longestText } from '../forms.ts'
import type { IndexRow } from '../index-row.ts'
import type { SearchPath } from '../path.ts'
import { type SortedByText, sortTexts } from '../sort-texts.ts'
import type { Terms } from '../term.ts'
import { normalize, stringValues } from '../values.ts'
import type { Step } from './step.ts'

/** A term for `:exact`, and the beginning in the side table for prefixes and order. */
export function stringStep(path: SearchPath, terms: Terms): Step {
  return ({ row, resource }) =>
    path.extract(resource, (value, type) =>
      stringValues(value, type, (text) => {
        row.terms.push(terms.term(path.tweak, forms.string(text)))
        row.strings.push({ path: path.number, value: normalize(text).slice(0, longestText) })
      }),
    )
}

/** Each uri as a term, and in the dictionary that `:below` looks through. */
export function uriStep(path: SearchPath, terms: Terms): Step {
  return ({ row, resource }) =>
    path.extract(resource, (value) => {
      if (typeof value === 'string' && value !== '') addText(row, path, terms, forms.uri(value), value)
    })
}

/** What values are sorted by that the engine computes: `order.ts` cannot read them from the content. */
export function sortTextStep(path: SearchPath, kind: SortedByText): Step {
  return ({ row, resource }) =>
    path.extract(resource, (value, type) => {
      for (const text of sortTexts[kind](value, type)) {
        row.strings.push({ path: path.number, value: text.slice(0, longestText) })
      }
    })
}

/** A text that the dictionary lists with the term that the row carries for it. */
export function addText(row: IndexRow, path: SearchPath, terms: Terms, form: string, value: string): void {
  if (value === '') return
  const term = terms.term(path.tweak, form)
  row.terms.push(term)
  row.texts.push({ path: path.number, value: value.slice(0, longestText), term })
}
