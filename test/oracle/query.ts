/** Query strings taken apart. https://hl7.org/fhir/R4/search.html#escaping */

export interface Parameter {
  readonly name: string
  readonly value: string
}

/** One step of a parameter's name: `code`, `code:not`, a chain `subject:Patient.name`, or `_has:Observation:patient:code`. */
export type Name =
  | { readonly kind: 'plain'; readonly code: string; readonly modifier: string }
  | { readonly kind: 'chain'; readonly code: string; readonly type: string; readonly rest: Name }
  | { readonly kind: 'has'; readonly type: string; readonly code: string; readonly rest: Name }

/** A search that is wrong in itself, whatever the data. */
export class RefusedSearch extends Error {}

/** The parameters of a query string in their order. */
export function parseParameters(query: string): Parameter[] {
  return [...new URLSearchParams(query)].map(([name, value]) => ({ name, value }))
}

/** The structure of a parameter's name. */
export function parseName(name: string): Name {
  if (name.startsWith('_has:')) {
    const [, type = '', code = '', ...rest] = name.split(':')
    if (rest.length === 0) throw new RefusedSearch(`'${name}' names no parameter after the reference`)
    return { kind: 'has', type, code, rest: parseName(rest.join(':')) }
  }
  const dot = name.indexOf('.')
  const [code = '', modifier = ''] = (dot < 0 ? name : name.slice(0, dot)).split(':')
  if (dot < 0) return { kind: 'plain', code, modifier }
  return { kind: 'chain', code, type: modifier, rest: parseName(name.slice(dot + 1)) }
}

/** Splits at a separator that is not escaped; the escapes stay. */
export function splitAt(text: string, separator: ',' | '$' | '|'): string[] {
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

/** Removes the escapes `\,` `\$` `\|` `\\`. */
export function unescaped(text: string): string {
  return text.replace(/\\([,$|\\])/g, '$1')
}

/** Protects a literal value from being split. */
export function escaped(text: string): string {
  return text.replace(/[,$|\\]/g, '\\$&')
}

const prefix = /^(eq|ne|gt|lt|ge|le|sa|eb|ap)(?=[-+\d])/

/** Separates the prefix of a number, date or quantity; `eq` where there is none. */
export function splitPrefix(text: string): { prefix: string; rest: string } {
  const found = prefix.exec(text)?.[1]
  return found ? { prefix: found, rest: text.slice(2) } : { prefix: 'eq', rest: text }
}
