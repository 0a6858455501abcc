/**
 * The texts that terms are made of. Indexing and searching must agree on them to the letter, so both take them here.
 * NUL and the other control characters cannot occur in FHIR strings: they keep the forms apart.
 */
import type { TokenValue } from './values.ts'

export const forms = {
  systemAndCode: (system: string, code: string) => `${system}\u0000${code}`,
  code: (code: string) => `\u0000${code}`,
  system: (system: string) => `${system}\u0000`,
  codeWithoutSystem: (code: string) => `\u0000\u0000${code}`,
  ofType: (system: string, code: string, value: string) => `\u0001${system}\u0000${code}\u0000${value}`,
  text: (normalized: string) => `\u0002${normalized}`,
  referenceIdentifier: (tokenForm: string) => `\u0003${tokenForm}`,
  uri: (uri: string) => `\u0004${uri}`,
  string: (text: string) => `\u0005${text}`,
  present: () => '\u0006',
  pair: (first: string, second: string) => `${first}\u0007${second}`,
  target: (type: string) => `\u0008${type}`,
  canonical: () => '\u000e',
  belowVersion: (canonical: string) => `\u000f${canonical}`,
} as const

/** Longest text of a dictionary entry: what an index can hold. */
export const longestText = 500

/** How the dictionary of texts lists the codes of a system: no words and no uri begin with a control character. */
export function codeOfSystem(system: string, code: string): string {
  return `${codesOfSystem(system)}${code}`
}

/** What the entries of all codes of a system begin with. */
export function codesOfSystem(system: string): string {
  return `\u0001${system}\u0001`
}

/** How the dictionary lists the systems of a code: empty for none. */
export function systemOfCode(code: string, system: string): string {
  return `${systemsOfCode(code)}${system}`
}

/** What the entries of all systems of a code begin with. */
export function systemsOfCode(code: string): string {
  return `\u0002${code}\u0002`
}

/** Every form under which a token can be found. */
export function tokenForms(token: TokenValue): string[] {
  const code = token.code === undefined ? undefined : tokenCode(token)
  if (token.system === undefined) {
    return code === undefined ? [] : [forms.code(code), forms.codeWithoutSystem(code)]
  }
  if (code === undefined) return [forms.system(token.system)]
  return [forms.systemAndCode(token.system, code), forms.code(code), forms.system(token.system)]
}

/** Codes match without regard to case, identifier values exactly (see CLARIFICATIONS.md). */
export function tokenCode(token: TokenValue): string {
  return token.exact ? token.code! : token.code!.toLowerCase()
}
