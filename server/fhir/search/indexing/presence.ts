/** Which paths have a value, for `:missing`. https://hl7.org/fhir/R4/search.html#modifiers */
import { isJsonObject, type JsonValue } from '../../json.ts'
import { parseReference } from '../../reference.ts'
import { forms } from '../forms.ts'
import { presenceBits } from '../index-row.ts'
import type { SearchPath } from '../path.ts'
import type { TypeIndex } from '../search-index.ts'
import type { Terms } from '../term.ts'
import type { Step } from './step.ts'

/** What a path's presence is known by: its text, and the type it resolves to. */
export function presence(path: SearchPath): string {
  return path.resolveType ? `${path.text} ${path.resolveType}` : path.text
}

/** A search path of a type, by what `presence` calls it. */
export interface NamedPath {
  readonly type: string
  readonly presence: string
}

/** The paths of a type that have a bit in `present`. */
export function namedPaths({ type, written }: TypeIndex): readonly NamedPath[] {
  const names = new Set(written.flatMap(({ paths }) => paths.map(presence)))
  return [...names].map((name) => ({ type, presence: name }))
}

/** `bit` is the path's bit in `present`; `base` is this server's own FHIR base URL. */
export function presenceStep(path: SearchPath, bit: number, terms: Terms, base: string): Step {
  const { resolveType } = path
  return ({ row, resource }) => {
    let present = false
    path.extract(resource, (value) => {
      present ||= resolveType === undefined || resolvesTo(value, resolveType, base)
    })
    if (!present) return
    if (bit < presenceBits) row.present |= 1n << BigInt(bit)
    else row.terms.push(terms.term(path.tweak, forms.present() + (resolveType ?? '')))
  }
}

/** `resolve() is Type` without resolving: by the reference's text, or its declared type. */
function resolvesTo(value: JsonValue, type: string, base: string): boolean {
  if (!isJsonObject(value)) return false
  const text = value['reference']
  const reference = typeof text === 'string' ? parseReference(text, base) : undefined
  return reference?.kind === 'relative' ? reference.type === type : value['type'] === type
}
