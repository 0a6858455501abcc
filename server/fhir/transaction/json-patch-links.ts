/**
 * The links in the values of a JSON Patch. A value is looked at in the place where the patch puts it, so that a text is a
 * link only where a link belongs. https://hl7.org/fhir/R4/http.html#trules
 */
import { isJsonObject, type JsonObject, type JsonValue, maxDepth } from '../json.ts'
import { setMember } from '../json-value.ts'
import type { Issue } from '../outcome.ts'
import { type EntryNames, findLinks, type Link, type LinkedEntry, type LinkOptions } from './links.ts'

/** Finds the links of a patch to a resource of `type`; what is no patch has none: carrying it out tells what is wrong. */
export function findPatchLinks(
  entry: LinkedEntry & { readonly type: string },
  patch: JsonValue,
  names: EntryNames,
  options: LinkOptions,
  issues: Issue[],
): Link[] {
  if (!Array.isArray(patch)) return []
  return patch.filter(isJsonObject).flatMap((operation) => {
    const placed = placedValue(operation, entry.type)
    if (!placed) return []
    const { resource, holder, key } = placed
    return findLinks({ ...entry, resource }, names, options, issues).map((link) => ({
      ...link,
      write: (texts: readonly string[]) => {
        link.write(texts)
        operation['value'] = holder[key]!
      },
    }))
  })
}

/** A resource that has nothing but the value, and what it is in there: `holder[key]`. */
interface Placed {
  readonly resource: JsonObject
  readonly holder: JsonObject
  readonly key: string
}

function placedValue({ path, value }: JsonObject, type: string): Placed | undefined {
  if (typeof path !== 'string' || value === undefined) return undefined
  const names = path.split('/').slice(1).map(unescaped)
  if (names.length > maxDepth) return undefined
  const last = names.at(-1)
  if (last === undefined) return isJsonObject(value) ? { resource: value, holder: { value }, key: 'value' } : undefined
  if (names[0] === 'contained' && names.length > 2) return inContained(last, value)
  const resource: JsonObject = { resourceType: type }
  let holder = resource
  for (const [i, name] of names.slice(0, -1).entries()) {
    const inner = (isPosition(names[i + 1]!) ? [] : {}) as JsonObject
    setMember(holder, inList(name), inner)
    holder = inner
  }
  setMember(holder, inList(last), value)
  return { resource, holder, key: inList(last) }
}

/** The type of a contained resource stands elsewhere, but a Reference is one in all of them. */
function inContained(name: string, value: JsonValue): Placed {
  const whole: JsonObject = { reference: value }
  const references = name === 'reference' ? [whole] : Array.isArray(value) ? value : [value]
  const parameter = references.map((valueReference) => ({ valueReference }))
  const place = name === 'reference' ? { holder: whole, key: 'reference' } : { holder: { value }, key: 'value' }
  return { resource: { resourceType: 'Parameters', parameter }, ...place }
}

function isPosition(name: string): boolean {
  return name === '-' || /^\d+$/.test(name)
}

/** Wherever it goes in a list, here it is alone. */
function inList(name: string): string {
  return isPosition(name) ? '0' : name
}

function unescaped(name: string): string {
  return name.replaceAll('~1', '/').replaceAll('~0', '~')
}
