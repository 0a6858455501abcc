/** A snapshot as a tree of elements and slices. https://hl7.org/fhir/R4/profiling.html#snapshot */
import type { JsonObject, JsonValue } from '../../json.ts'
import { isJsonObject } from '../../json.ts'

/** A type that an element may have. */
export interface TypeUse {
  readonly code: string
  readonly profiles: readonly string[]
  readonly targets: readonly string[]
  /** How references may be carried; any way where it is empty. */
  readonly aggregation: readonly string[]
  /** The element of the profile that is meant, where it is not its root. */
  readonly profileElement: string | undefined
}

export interface Discriminator {
  readonly type: string
  readonly path: string
}

export interface Slicing {
  readonly rules: string
  readonly ordered: boolean
  readonly discriminators: readonly Discriminator[]
}

/** An element of a snapshot. */
export interface ElementNode {
  readonly id: string
  readonly path: string
  /** Without `[x]`. */
  readonly name: string
  readonly sliceName: string | undefined
  readonly min: number
  readonly max: number
  readonly types: readonly TypeUse[]
  readonly definition: JsonObject
  readonly children: Map<string, ElementNode>
  readonly slicing: Slicing | undefined
  /** In order; a slice of a slice is in the slice's own list. */
  readonly slices: ElementNode[]
  /** The element whose children are meant. */
  readonly contentReference: string | undefined
}

/** A profile, or the definition of a type. */
export interface Profile {
  readonly url: string
  readonly version: string | undefined
  readonly name: string
  readonly type: string
  readonly resource: JsonObject
  readonly root: ElementNode
  readonly byPath: ReadonlyMap<string, ElementNode>
}

/** The tree of a StructureDefinition whose snapshot has these elements; undefined where there are none. */
export function profileOf(resource: JsonObject, elements: readonly JsonObject[]): Profile | undefined {
  const byPath = new Map<string, ElementNode>()
  const open: ElementNode[] = []
  for (const definition of elements) {
    const node = nodeOf(definition)
    while (open.length > 0 && !isBelow(node.path, open.at(-1)!.path)) open.pop()
    const parent = open.at(-1)
    if (!parent && byPath.size > 0) continue
    if (parent) attach(parent, node)
    if (!byPath.has(node.path)) byPath.set(node.path, node)
    open.push(node)
  }
  const root = byPath.values().next().value
  if (!root) return undefined
  return {
    url: text(resource['url']),
    version: typeof resource['version'] === 'string' ? resource['version'] : undefined,
    name: text(resource['name']),
    type: root.path,
    resource,
    root,
    byPath,
  }
}

function isBelow(path: string, parent: string): boolean {
  return path.length > parent.length && path.startsWith(parent) && path[parent.length] === '.'
}

/** A slice belongs to its element, a slice of a slice (`a/b`) to that slice. */
function attach(parent: ElementNode, node: ElementNode): void {
  const base = parent.children.get(node.name) ?? choiceOf(parent, node)
  if (node.sliceName === undefined || !base) {
    if (!parent.children.has(node.name)) parent.children.set(node.name, node)
    return
  }
  holderOf(base, node.sliceName).slices.push(node)
}

function choiceOf(parent: ElementNode, node: ElementNode): ElementNode | undefined {
  if (node.sliceName === undefined) return undefined
  return parent.children.values().find(({ name, path }) => path.endsWith('[x]') && node.name.startsWith(name))
}

function holderOf(base: ElementNode, sliceName: string): ElementNode {
  const slash = sliceName.lastIndexOf('/')
  if (slash < 0) return base
  const outer = sliceName.slice(0, slash)
  const holder = holderOf(base, outer)
  return holder.slices.find((slice) => slice.sliceName === outer) ?? base
}

function nodeOf(definition: JsonObject): ElementNode {
  const path = text(definition['path'])
  const last = path.slice(path.lastIndexOf('.') + 1)
  const max = definition['max']
  const reference = definition['contentReference']
  return {
    id: typeof definition['id'] === 'string' ? definition['id'] : path,
    path,
    name: last.endsWith('[x]') ? last.slice(0, -3) : last,
    sliceName: typeof definition['sliceName'] === 'string' ? definition['sliceName'] : undefined,
    min: typeof definition['min'] === 'number' ? definition['min'] : 0,
    max: typeof max === 'string' && max !== '*' ? Number(max) : Infinity,
    types: objects(definition['type']).map(typeUse),
    definition,
    children: new Map(),
    slicing: isJsonObject(definition['slicing']) ? slicingOf(definition['slicing']) : undefined,
    slices: [],
    contentReference: typeof reference === 'string' ? reference.slice(reference.indexOf('#') + 1) : undefined,
  }
}

const fhirType = 'http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type'

function typeUse(type: JsonObject): TypeUse {
  const own = objects(type['extension']).find((extension) => extension['url'] === fhirType)
  const code = text(own?.['valueUrl'] ?? own?.['valueUri'] ?? type['code'])
  return {
    code: code.startsWith('http://hl7.org/fhirpath/System.') ? systemTypes[code.slice(31)]! : code,
    profiles: texts(type['profile']),
    targets: texts(type['targetProfile']),
    aggregation: texts(type['aggregation']),
    profileElement: profileElementOf(type['_profile']),
  }
}

const profileElement = 'http://hl7.org/fhir/StructureDefinition/elementdefinition-profile-element'

/** https://hl7.org/fhir/R4/extension-elementdefinition-profile-element.html */
function profileElementOf(siblings: JsonValue | undefined): string | undefined {
  const extensions = objects(siblings).flatMap((sibling) => objects(sibling['extension']))
  const found = extensions.find((extension) => extension['url'] === profileElement)
  return found && text(found['valueString'])
}

const systemTypes: Readonly<Record<string, string>> = {
  String: 'string',
  Boolean: 'boolean',
  Date: 'date',
  DateTime: 'dateTime',
  Decimal: 'decimal',
  Integer: 'integer',
  Time: 'time',
}

function slicingOf(slicing: JsonObject): Slicing {
  return {
    rules: text(slicing['rules']),
    ordered: slicing['ordered'] === true,
    discriminators: objects(slicing['discriminator']).map((one) => ({
      type: text(one['type']),
      path: text(one['path']),
    })),
  }
}

/** An element of a profile by its id (`Composition.section:a`). */
export function elementById({ root }: Profile, id: string): ElementNode | undefined {
  const [first, ...rest] = id.split('.')
  let node: ElementNode | undefined = first === root.path ? root : undefined
  for (const step of rest) {
    const [name, slice] = step.replace('[x]', '').split(':') as [string, string?]
    node = node?.children.get(name)
    if (slice !== undefined) node = node?.slices.find(({ sliceName }) => sliceName === slice)
  }
  return node
}

/** The objects of a list; anything else is passed over. */
export function objects(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : []
}

/** The texts of a list; anything else is passed over. */
export function texts(value: JsonValue | undefined): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}

/** A text, empty where there is none. */
export function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : ''
}
