/**
 * dom-3, whose text walks the whole resource four times for every contained one: its meaning in one walk.
 * https://hl7.org/fhir/R4/domainresource.html#invs
 */
import type { Definitions } from '../../definitions.ts'
import type { JsonObject } from '../../json.ts'
import { isJsonObject } from '../../json.ts'
import type { Compiled } from './compiled.ts'
import { childrenOf } from './members.ts'
import { anyType, typeOf } from './types.ts'
import type { Item, Scope } from './values.ts'
import { Element, plain } from './values.ts'

interface Rule {
  /** A contained resource without an id does not pass. */
  readonly needsId: boolean
  /** What may hold a link to the resource around. */
  readonly outward: ReadonlySet<string>
}

/** What may hold a link to a contained resource, besides references. */
const inward = new Set(['canonical', 'uri', 'url'])

/** Both published texts. */
const texts = new Map<string, Rule>(
  (
    [
      [false, '(', ')', 'canonical'],
      [true, '(id.exists() and (', '))', 'uri'],
    ] as const
  ).map(([needsId, open, close, last]) => [
    `contained.where((${open}'#'+id in (%resource.descendants().reference | %resource.descendants().as(canonical) | ` +
      `%resource.descendants().as(uri) | %resource.descendants().as(url))${close} or ` +
      "descendants().where(reference = '#').exists() or descendants().where(as(canonical) = '#').exists() or " +
      `descendants().where(as(${last}) = '#').exists()).not()).trace('unmatched', id).empty()`,
    { needsId, outward: new Set(['canonical', last]) },
  ]),
)

/** The invariant that the expression is the text of, if it is one. */
export function containedReferences(expression: string, definitions: Definitions): Pick<Compiled, 'run'> | undefined {
  const rule = texts.get(expression)
  if (!rule) return undefined
  return {
    run: (self, scope) => {
      const list = isJsonObject(self) ? self['contained'] : undefined
      if (list === undefined) return true
      const contained = Array.isArray(list) ? list.filter(isJsonObject) : []
      const missing = new Set(contained.map(({ id }) => (typeof id === 'string' ? `#${id}` : '')))
      if (findReferences(scope.environment.resource, missing, scope)) return true

      const found = linksIn(scope.environment.resource, inward, definitions, scope)
      return contained.every((resource) => {
        const { id } = resource
        if (id === undefined ? !rule.needsId : found.has(`#${String(id)}`)) return true
        return linksIn(resource, rule.outward, definitions, scope).has('#')
      })
    },
  }
}

/** Looks for references alone, which need no types and as a rule are enough; true once none is missing. */
function findReferences(value: object, missing: Set<string>, scope: Scope): boolean {
  scope.environment.spend()
  for (const key in value) {
    const member = (value as JsonObject)[key]!
    if (typeof member === 'object') {
      if (member !== null && findReferences(member, missing, scope)) return true
    } else if (key === 'reference' && missing.delete(member as string) && missing.size === 0) return true
  }
  return missing.size === 0
}

/** What starts with `#` in the resource: references, and values of the types. */
function linksIn(
  resource: JsonObject,
  types: ReadonlySet<string>,
  definitions: Definitions,
  scope: Scope,
): ReadonlySet<string> {
  const found = new Set<string>()
  const pending: Item[] = [resource]
  for (let item = pending.pop(); item !== undefined; item = pending.pop()) {
    scope.environment.spend()
    const value = plain(item)
    if (typeof value === 'string') {
      if (value.startsWith('#') && types.has(typeOf(item, anyType))) found.add(value)
    } else {
      const reference = isJsonObject(value) ? value['reference'] : undefined
      if (typeof reference === 'string' && reference.startsWith('#')) found.add(reference)
    }
    if (typeof value !== 'object' && !(item instanceof Element)) continue
    for (const child of childrenOf(item, anyType, definitions, scope.environment.spend)) pending.push(child)
  }
  return found
}
