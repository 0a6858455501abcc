/** Snapshots of the cases' profiles, made from base and differential in the plainest way. */
import type { Canonicals } from '../../server/fhir/conformance/canonicals.ts'
import type { JsonObject } from '../../server/fhir/json.ts'
import { objects, text, texts } from '../../server/fhir/validation/profile/element-tree.ts'

const core = 'http://hl7.org/fhir/StructureDefinition/'

/** The elements of a profile: its snapshot where it has one. */
export function elementsOf(profile: JsonObject, canonicals: Canonicals, depth = 0): JsonObject[] {
  const own = objects((profile['snapshot'] as JsonObject | undefined)?.['element'])
  if (own.length > 0 || depth > 20) return own
  const base = canonicals.find('StructureDefinition', text(profile['baseDefinition']))
  if (!base) return []
  const out = structuredClone(elementsOf(base, canonicals, depth + 1))
  const builder: Builder = { out, canonicals, depth }
  const context: { path: string; id: string }[] = []
  for (const difference of objects((profile['differential'] as JsonObject | undefined)?.['element'])) {
    const id = idOf(difference, context)
    const index = ensure(builder, id)
    if (index >= 0) merge(out[index]!, difference, id)
  }
  return out
}

interface Builder {
  readonly out: JsonObject[]
  readonly canonicals: Canonicals
  readonly depth: number
}

/** From path and slice names, whatever the differential's own ids are. */
function idOf(difference: JsonObject, context: { path: string; id: string }[]): string {
  const path = text(difference['path'])
  while (context.length > 0 && !path.startsWith(`${context.at(-1)!.path}.`)) context.pop()
  const parent = context.at(-1)
  const own = parent ? parent.id + path.slice(parent.path.length) : path
  const slice = text(difference['sliceName'])
  const id = slice === '' ? own : `${own}:${slice}`
  context.push({ path, id })
  return id
}

function indexOf({ out }: Builder, id: string): number {
  return out.findIndex((element) => element['id'] === id)
}

/** The element of that id, made where it is not there; -1 where it cannot be. */
function ensure(builder: Builder, id: string): number {
  const known = indexOf(builder, id)
  if (known >= 0) return known
  const dot = id.lastIndexOf('.')
  if (dot < 0) return id.includes(':') ? -1 : builder.out.length > 0 ? 0 : -1
  const parent = ensure(builder, id.slice(0, dot))
  if (parent < 0) return -1
  const parentId = text(builder.out[parent]!['id'])
  const [name, slice] = id.slice(dot + 1).split(':') as [string, string?]
  unfold(builder, parent)
  if (slice !== undefined) return addSlice(builder, `${parentId}.${name}`, slice)
  const found = indexOf(builder, `${parentId}.${name}`)
  return found >= 0 ? found : choice(builder, parentId, name)
}

/** `valueQuantity` is the slice of `value[x]` for that type. */
function choice(builder: Builder, parentId: string, name: string): number {
  const whole = builder.out.find((element) => {
    const id = text(element['id'])
    return id.startsWith(`${parentId}.`) && id.endsWith('[x]') && name.startsWith(id.slice(parentId.length + 1, -3))
  })
  if (!whole) return -1
  whole['slicing'] ??= { discriminator: [{ type: 'type', path: '$this' }], ordered: false, rules: 'open' }
  const index = addSlice(builder, text(whole['id']), name)
  const element = builder.out[index]!
  const suffix = name.slice(text(whole['id']).length - parentId.length - 4)
  element['type'] = objects(element['type']).filter(({ code }) => text(code).toLowerCase() === suffix.toLowerCase())
  return index
}

function addSlice(builder: Builder, baseId: string, slice: string): number {
  const slash = slice.lastIndexOf('/')
  const sourceId = slash < 0 ? baseId : `${baseId}:${slice.slice(0, slash)}`
  const source = ensure(builder, sourceId)
  if (source < 0) return -1
  const id = `${text(builder.out[source]!['id']).split(':')[0] === baseId.split(':')[0] ? baseId : baseId}:${slice}`
  const known = indexOf(builder, id)
  if (known >= 0) return known
  const from = text(builder.out[source]!['id'])
  const copies = subtree(builder, from)
    .filter((element) => !text(element['id']).startsWith(`${from}:`))
    .map((element) => ({ ...structuredClone(element), id: id + text(element['id']).slice(from.length) }) as JsonObject)
  delete copies[0]!['slicing']
  copies[0]!['sliceName'] = slice
  copies[0]!['min'] = 0
  const end = lastOf(builder, slash < 0 ? baseId : from)
  builder.out.splice(end + 1, 0, ...copies)
  return end + 1
}

function subtree({ out }: Builder, id: string): JsonObject[] {
  return out.filter((element) => text(element['id']) === id || text(element['id']).startsWith(`${id}.`))
}

/** The last element that belongs to an element or to one of its slices. */
function lastOf({ out }: Builder, id: string): number {
  return out.findLastIndex((element) => {
    const own = text(element['id'])
    return own === id || own.startsWith(`${id}.`) || own.startsWith(`${id}:`) || own.startsWith(`${id}/`)
  })
}

/** Gives an element the children that its type, its profile or the element it refers to has. */
function unfold(builder: Builder, index: number): void {
  const { out, canonicals, depth } = builder
  const element = out[index]!
  const id = text(element['id'])
  if (out.some((other) => text(other['id']).startsWith(`${id}.`))) return
  const reference = text(element['contentReference'])
  const type = objects(element['type'])[0]
  const [profile] = texts(type?.['profile'])
  // What is referred to is the element of the base specification, not what the profile makes of it.
  const fragment = reference.slice(reference.indexOf('#') + 1)
  const origin = reference === '' ? undefined : canonicals.find('StructureDefinition', core + fragment.split('.')[0])
  const from = origin ? subtree({ ...builder, out: elementsOf(origin, canonicals, depth + 1) }, fragment) : []
  const source =
    (profile !== undefined && canonicals.find('StructureDefinition', profile)) ||
    canonicals.find('StructureDefinition', core + text(type?.['code']))
  const elements = from.length > 0 ? from : source ? elementsOf(source, canonicals, depth + 1) : []
  const root = text(elements[0]?.['id'])
  const path = text(element['path'])
  const rootPath = text(elements[0]?.['path'])
  const children = elements.slice(1).map((child) => ({
    ...structuredClone(child),
    id: id + text(child['id']).slice(root.length),
    path: path + text(child['path']).slice(rootPath.length),
  }))
  out.splice(index + 1, 0, ...children)
}

function merge(element: JsonObject, difference: JsonObject, id: string): void {
  for (const key in difference) {
    if (key === 'id' || key === 'path') continue
    if (key === 'constraint') element[key] = [...objects(element[key]), ...objects(difference[key])]
    else if (key === 'binding') element[key] = { ...(element[key] as JsonObject), ...(difference[key] as JsonObject) }
    else if (key === 'slicing') element[key] = { ...(element[key] as JsonObject), ...(difference[key] as JsonObject) }
    else element[key] = difference[key]!
  }
  if (text(difference['sliceName']) === '' && id.includes(':') && text(element['sliceName']) === '') return
}
