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

const links = new Set(['canonical', 'uri', 'url'])

/** Both published texts; the later one does not let a contained resource without an id pass. */
const texts = new Map(
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
    { needsId },
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
      const found = linksIn(scope.environment.resource, definitions, scope)
      return contained.every((resource) => {
        const { id } = resource
        if (id === undefined ? !rule.needsId : found.has(`#${String(id)}`)) return true
        return linksIn(resource, definitions, scope).has('#')
      })
    },
  }
}

/** All links into the resource itself: references, canonicals and URLs that start with `#`. */
function linksIn(resource: JsonObject, definitions: Definitions, scope: Scope): ReadonlySet<string> {
  const found = new Set<string>()
  const pending: Item[] = [resource]
  for (let item = pending.pop(); item !== undefined; item = pending.pop()) {
    scope.environment.spend()
    const value = plain(item)
    if (typeof value === 'string') {
      if (value.startsWith('#') && links.has(typeOf(item, anyType))) found.add(value)
    } else {
      const reference = isJsonObject(value) ? value['reference'] : undefined
      if (typeof reference === 'string' && reference.startsWith('#')) found.add(reference)
    }
    if (typeof value === 'object' || item instanceof Element) pending.push(...childrenOf(item, anyType, definitions))
  }
  return found
}
