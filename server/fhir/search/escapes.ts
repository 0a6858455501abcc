/** `\,` `\$` `\|` `\\` in search values. https://hl7.org/fhir/R4/search.html#escaping */

/** Splits at separators that no backslash precedes; the parts stay escaped. */
export function unescapedSplit(text: string, separator: string): string[] {
  if (!text.includes('\\')) return text.split(separator)
  const parts: string[] = []
  let start = 0
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === separator) {
      parts.push(text.slice(start, i))
      start = i + 1
    }
  }
  return [...parts, text.slice(start)]
}

/** The value that an escaped part stands for. */
export function unescapeValue(text: string): string {
  return text.replace(/\\([,$|\\])/g, '$1')
}
