/** Patterns of filters, which must match the whole value. https://hl7.org/fhir/R4/valueset-filter-operator.html */

/** `(?i)` before a pattern means that case does not matter: to be said before what makes it match the whole value. */
export function splitPattern(pattern: string): { readonly body: string; readonly ignoresCase: boolean } {
  const ignoresCase = pattern.startsWith('(?i)')
  return { body: ignoresCase ? pattern.slice('(?i)'.length) : pattern, ignoresCase }
}
