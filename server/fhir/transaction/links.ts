/**
 * The links of a Bundle's resources that a transaction rewrites: to other entries, whose ids it chooses, and searches in
 * place of a reference. https://hl7.org/fhir/R4/http.html#trules and https://hl7.org/fhir/R4/bundle.html#references
 */
import type { Definitions } from '../definitions.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts'
import type { Issue } from '../outcome.ts'
import { parseReference } from '../reference.ts'
import { forEachReference } from '../validation/references.ts'

/** What a link leads to: the entry at a position of the Bundle, or what a search finds. */
export type LinkTarget = { readonly entry: number } | { readonly criterion: Criterion }

/** A search that must find exactly one resource. */
export interface Criterion {
  readonly type: string
  readonly query: string
}

/** One value in a resource that is made of links. Resolving it anew overwrites what was resolved before. */
export interface Link {
  /** The entry whose resource it is in. */
  readonly entry: number
  readonly targets: readonly LinkTarget[]
  /** Writes the value; `texts` are what the targets turned out to be, as `Type/id`. */
  readonly write: (texts: readonly string[]) => void
}

/** An entry as links see it. */
export interface LinkedEntry {
  readonly index: number
  readonly fullUrl?: string
  readonly resource?: JsonObject
  /** What its fullUrl stands for can be linked to: it is stored under an id. */
  readonly kind: string
}

export interface LinkOptions {
  readonly definitions: Definitions
  readonly base: string
}

/** The names under which entries can be linked to. */
export type EntryNames = ReadonlyMap<string, number>

/** The key of a criterion: equal criteria are searched once. */
export function criterionKey({ type, query }: Criterion): string {
  return `${type}?${query}`
}

export function entryNames(entries: readonly LinkedEntry[]): EntryNames {
  const names = new Map<string, number>()
  for (const { fullUrl, kind, index } of entries) {
    if (fullUrl !== undefined && kind !== 'other' && kind !== 'delete') names.set(fullUrl, index)
  }
  return names
}

/** Finds the links of one entry's resource; those that can lead nowhere are added to `issues`. */
export function findLinks(entry: LinkedEntry, names: EntryNames, options: LinkOptions, issues: Issue[]): Link[] {
  const { resource, index } = entry
  if (!resource) return []
  const links: Link[] = []
  const root = rootOf(entry.fullUrl)
  forEachReference(
    resource,
    options.definitions,
    (holder, key, value) => {
      const target = targetOf(value, root, names, options)
      if (target) links.push(linkOf(index, holder, key, value, target))
      else if (key === 'reference' && value.startsWith('urn:')) issues.push(dangling(value, index))
    },
    { urns: true },
  )
  for (const narrative of narrativesOf(resource)) addNarrative(narrative, index, root, names, options, links)
  return links
}

/** What a reference leads to; undefined where it needs no rewriting. */
function targetOf(
  text: string,
  root: string | undefined,
  names: EntryNames,
  options: LinkOptions,
): LinkTarget | undefined {
  const entry = entryNamed(text, root, names, options.base)
  if (entry !== undefined) return { entry }
  if (!text.includes('?')) return undefined
  const reference = parseReference(text, options.base)
  const search = reference.kind === 'conditional' && options.definitions.isResourceType(reference.type)
  return search ? { criterion: { type: reference.type, query: reference.query } } : undefined
}

function entryNamed(text: string, root: string | undefined, names: EntryNames, base: string): number | undefined {
  if (names.size === 0) return undefined
  const unversioned = withoutVersion(text)
  const named = names.get(unversioned)
  if (named !== undefined || !/^[A-Z]\w+\/[^/?#]+$/.test(unversioned)) return named
  return (root === undefined ? undefined : names.get(root + unversioned)) ?? names.get(`${base}/${unversioned}`)
}

const versionPart = /\/_history\/[A-Za-z0-9\-.]{1,64}$/

function withoutVersion(text: string): string {
  return text.includes('/_history/') ? text.replace(versionPart, '') : text
}

function versionOf(text: string): string {
  return versionPart.exec(text)?.[0] ?? ''
}

/** `http://example.org/fhir/` of `http://example.org/fhir/Patient/1`; undefined where relative links stand for this server. */
function rootOf(fullUrl: string | undefined): string | undefined {
  return /^(https?:\/\/.*\/)[A-Z]\w+\/[A-Za-z0-9\-.]{1,64}$/.exec(fullUrl ?? '')?.[1]
}

function linkOf(entry: number, holder: JsonObject, key: string, value: string, target: LinkTarget): Link {
  const version = versionOf(value)
  return {
    entry,
    targets: [target],
    write: ([text]) => {
      holder[key] = text! + version
    },
  }
}

function dangling(reference: string, index: number): Issue {
  const expression = `Bundle.entry[${index}]`
  return { code: 'unresolved-reference', params: { reference, count: 0 }, expression }
}

/** Up to the URL of `a` and `img` in narratives, and the URL in its quotes. Never looks beyond one tag. */
const anchors = /(<(?:a\s(?:[^<>]*?\s)?href|img\s(?:[^<>]*?\s)?src)\s*=\s*)("[^"<>]*"|'[^'<>]*')/g

function addNarrative(
  narrative: JsonObject,
  entry: number,
  root: string | undefined,
  names: EntryNames,
  options: LinkOptions,
  links: Link[],
): void {
  const div = narrative['div']
  if (typeof div !== 'string' || !/href|src/.test(div)) return
  const targets: LinkTarget[] = []
  const pieces: string[] = []
  let end = 0
  for (const match of div.matchAll(anchors)) {
    const url = match[2]!.slice(1, -1)
    const named = entryNamed(url, root, names, options.base)
    if (named === undefined) continue
    const start = match.index + match[1]!.length + 1
    targets.push({ entry: named })
    pieces.push(div.slice(end, start))
    end = start + url.length - versionOf(url).length
  }
  if (targets.length === 0) return
  const write = (texts: readonly string[]) => {
    narrative['div'] = pieces.map((piece, i) => piece + texts[i]).join('') + div.slice(end)
  }
  links.push({ entry, targets, write })
}

/** The narratives of a resource, of the resources in it, and of the sections of a Composition. */
function narrativesOf(resource: JsonObject): JsonObject[] {
  const parts = [resource, ...objectsIn(resource['contained']), ...sectionsIn(resource)]
  return parts.flatMap((part) => (isJsonObject(part['text']) ? [part['text']] : []))
}

function sectionsIn(holder: JsonObject): JsonObject[] {
  return objectsIn(holder['section']).flatMap((section) => [section, ...sectionsIn(section)])
}

function objectsIn(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : []
}
