/** Tokens: codes, identifiers and their texts. https://hl7.org/fhir/R4/search.html#token */
import { isJsonObject, type JsonObject } from '../../json.ts'
import { codeOfSystem, forms, longestText, systemOfCode, tokenCode, tokenForms } from '../forms.ts'
import type { IndexRow } from '../index-row.ts'
import type { SearchPath } from '../path.ts'
import type { Terms } from '../term.ts'
import { normalize, plainTokenTypes, type TokenValue, tokenTexts, tokenValues } from '../values.ts'
import type { Step } from './step.ts'
import { addText } from './strings.ts'

/** `principal`: the codes along the path are in a column of their own too. */
export function tokenStep(path: SearchPath, terms: Terms, principal: boolean): Step {
  // Where all values are without a system, `|code` and `code` are one search.
  const plain = path.types.every((type) => plainTokenTypes.has(type))
  return ({ row, resource }) =>
    path.extract(resource, (value, type) => {
      tokenValues(value, type, (token) => {
        if (plain) {
          row.terms.push(terms.term(path.tweak, forms.code(tokenCode(token))))
          return
        }
        addToken(row, path, terms, token)
        if (principal && token.code !== undefined) addPrincipal(row, path, terms, token)
      })
      tokenTexts(value, type, (text) => addText(row, path, terms, forms.text(normalize(text)), normalize(text)))
      if (type === 'Identifier') addOfType(row, path, terms, value as JsonObject)
    })
}

/**
 * Searches for all codes of a system are rare: they find them in the dictionary, where a code stands once, rather than
 * by a term in every row. Identifiers are as many as rows.
 */
function addToken(row: IndexRow, path: SearchPath, terms: Terms, token: TokenValue): void {
  const { system, code, exact } = token
  const value = system === undefined || code === undefined ? undefined : codeOfSystem(system, tokenCode(token))
  const listed = !exact && value !== undefined && value.length <= longestText
  for (const form of tokenForms(token)) {
    if (!listed || form !== forms.system(system!)) row.terms.push(terms.term(path.tweak, form))
  }
  if (!listed) return
  const term = terms.term(path.tweak, forms.systemAndCode(system!, tokenCode(token)))
  row.texts.push({ path: path.number, value, term })
}

/** The dictionary tells a count which systems a code has: of one that has one system, the column says enough. */
function addPrincipal(row: IndexRow, path: SearchPath, terms: Terms, token: TokenValue): void {
  const code = tokenCode(token)
  addCode(row, terms.term(path.tweak, forms.code(code)))
  const value = systemOfCode(code, token.system ?? '').slice(0, longestText)
  row.texts.push({ path: path.number, value, term: terms.term(path.tweak, value) })
}

function addCode(row: IndexRow, code: bigint): void {
  if (row.code === null) row.code = code
  else if (row.code !== code && !row.codes.includes(code)) row.codes.push(code)
}

function addOfType(row: IndexRow, path: SearchPath, terms: Terms, identifier: JsonObject): void {
  const value = identifier['value']
  const type = identifier['type']
  if (typeof value !== 'string' || !isJsonObject(type)) return
  tokenValues(type, 'CodeableConcept', ({ system, code }) => {
    if (code !== undefined)
      row.terms.push(terms.term(path.tweak, forms.ofType(system ?? '', code.toLowerCase(), value)))
  })
}
