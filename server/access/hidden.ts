/**
 * Elements that a role hides: they are taken out of what is shown, kept in what is changed, and refused in what is sent
 * and asked.
 */
import { isJsonObject, type JsonObject, type JsonValue, parseStored } from '../fhir/json.ts'
import { OutcomeError } from '../fhir/outcome.ts'
import type { IndexedParameter } from '../fhir/search/search-index.ts'
import type { Access } from './access.ts'

/** The content of a resource as the caller may see it. */
export function shown(access: Access, type: string, content: string): string {
  if (access.kind === 'open' || !access.hidesSomething) return content
  if (access.hidden(type).length === 0 && !content.includes('"contained":')) return content
  return JSON.stringify(withoutHidden(access, parseStored(content)))
}

/** The same of a resource. What it contains is a resource, too. */
export function withoutHidden(access: Access, resource: JsonObject): JsonObject {
  if (access.kind === 'open') return resource
  let seen = resource
  for (const names of access.hiddenNames(String(resource['resourceType']))) seen = without(seen, names)
  const { contained } = seen
  if (!Array.isArray(contained)) return seen
  return { ...seen, contained: contained.map((item) => (isJsonObject(item) ? withoutHidden(access, item) : item)) }
}

function without(object: JsonObject, [name, ...rest]: readonly string[]): JsonObject {
  const value = object[name!]
  if (value === undefined) return object
  if (rest.length > 0) return { ...object, [name!]: inside(value, rest) }
  const { [name!]: _hidden, ...seen } = object
  return seen
}

function inside(value: JsonValue, names: readonly string[]): JsonValue {
  if (Array.isArray(value)) return value.map((item) => inside(item, names))
  return isJsonObject(value) ? without(value, names) : value
}

/** Refuses a resource that has elements which its writer may not see. */
export function refuseHidden(access: Access, resource: JsonObject): void {
  if (access.kind === 'open' || !access.hidesSomething) return
  const type = String(resource['resourceType'])
  const found = access.hiddenNames(type).find(([name]) => resource[name!] !== undefined)
  if (found) throw new OutcomeError('element-hidden', { element: found.join('.'), type })
}

/** What a writer made of what was shown, with the elements of the stored version that were not. */
export function withHiddenOf(access: Access, stored: JsonObject, changed: JsonObject): JsonObject {
  if (access.kind === 'open') return changed
  const names = access.hiddenNames(String(stored['resourceType'])).map(([name]) => name!)
  const kept = names.flatMap((name): [string, JsonValue][] =>
    stored[name] === undefined ? [] : [[name, stored[name]]],
  )
  return kept.length === 0 ? changed : { ...changed, ...Object.fromEntries(kept) }
}

/** Whether the type has elements that the caller may not see. */
export function hidesElements(access: Access, type: string): boolean {
  return access.kind === 'grant' && access.hidden(type).length > 0
}

/** Whether a search parameter of a type looks at what the caller may not see. */
export function hidesParameter(access: Access, type: string, parameter: IndexedParameter): boolean {
  if (access.kind === 'open') return false
  const hidden = access.hidden(type)
  if (hidden.length === 0) return false
  const { paths, composite = [] } = parameter
  const all = [...paths, ...composite.flatMap(({ base, components }) => [base, ...components.flatMap((c) => c.paths)])]
  return all.some(({ text, computed }) => computed || hidden.some((path) => overlap(path, elementsOf(text, type))))
}

/** Refuses to search by such a parameter. */
export function refuseHiddenParameter(access: Access, type: string, parameter: IndexedParameter): void {
  if (!hidesParameter(access, type, parameter)) return
  throw new OutcomeError('element-hidden', { element: parameter.code, type })
}

/** Refuses what looks through whole resources of the type. */
export function refuseWholeText(access: Access, type: string, name: string): void {
  if (hidesElements(access, type)) throw new OutcomeError('element-hidden', { element: name, type })
}

/** One is the other, or inside it. A component's path begins anywhere. */
function overlap(hidden: string, elements: readonly string[] | undefined): boolean {
  if (!elements) return true
  return hidden.split('.').every((name, i) => elements[i] === undefined || elements[i] === name)
}

/** The names of the elements along a search path; undefined where it does not begin at the type. */
function elementsOf(text: string, type: string): readonly string[] | undefined {
  const plain = text.replace(/\((?:[^()]|\([^()]*\))*\)/g, '()')
  const [root, ...steps] = plain.split('.')
  if (root !== type) return undefined
  return steps.filter((step) => /^\w+(\[\d+\])?$/.test(step)).map((step) => step.replace(/\[.*$/, ''))
}
