/** From the text of resources and entries to drafts: parsed, checked, their links known. */
import { isUtf8 } from 'node:buffer'
import type { Context } from '../../context.ts'
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../../fhir/json.ts'
import { type Issue, OutcomeError } from '../../fhir/outcome.ts'
import { isId } from '../../fhir/reference.ts'
import { type Entry, readEntry } from '../../fhir/transaction/entry.ts'
import { identifierForms } from '../../fhir/transaction/identifiers.ts'
import { type EntryNames, findLinks, type Link } from '../../fhir/transaction/links.ts'
import type { Draft } from '../../fhir/transaction/settle.ts'
import { checkStructure } from '../../interactions/write.ts'

/** A draft of an import: it knows where it comes from, and lets go of its resource when there are too many. */
export interface ImportDraft extends Draft {
  /** The line of its resource in the file. */
  readonly line: () => number
  /** `Patient/1`, as far as it can be told. */
  readonly name: string
  /** How it can be searched for by others: see `identifierForms`. */
  readonly forms: readonly string[]
  /** The resource and its links: kept, or made anew from the text. */
  readonly load: () => { readonly resource: JsonObject | undefined; readonly links: readonly Link[] }
}

const importable = new Set(['create', 'update', 'delete'])

const byteOrderMark = Buffer.from('\uFEFF')

/** Parses JSON that must be UTF-8; a byte order mark is passed over. */
export function parseBytes(bytes: Buffer, start = 0, end = bytes.length): JsonValue {
  const marked = start === 0 && bytes.subarray(0, 3).equals(byteOrderMark)
  const part = bytes.subarray(marked ? 3 : start, end)
  if (!isUtf8(part)) throw new OutcomeError('invalid-utf8')
  return parseJson(part.toString('utf8'))
}

/** An entry of a Bundle that says what is to be done with its resource: a transaction's or a batch's. */
export function requestedEntry(value: JsonValue, index: number, context: Context): Entry {
  const entry = readEntry(value, index, { definitions: context.definitions, base: context.base })
  if (importable.has(entry.kind)) return entry
  const reason = `An import takes POST, PUT and DELETE of resources, not ${entry.request.method} ${entry.request.path.join('/')}. Send it to the server.`
  throw new OutcomeError('not-supported', { reason })
}

/** A resource that keeps its id, or is given one where it has none. */
export function plainEntry(value: JsonValue, index: number, fullUrl: string | undefined, context: Context): Entry {
  if (!isJsonObject(value)) throw new OutcomeError('invalid-json', { reason: 'A resource must be an object.' })
  const { resourceType: type, id } = value
  if (typeof type !== 'string') {
    throw new OutcomeError('wrong-resource-type', { actual: 'resource without resourceType', expected: 'resource' })
  }
  if (!context.definitions.isResourceType(type)) throw new OutcomeError('unknown-type', { type, nearest: '' })
  if (id !== undefined && (typeof id !== 'string' || !isId(id)))
    throw new OutcomeError('invalid-id', { id: String(id) })
  return {
    index,
    kind: id === undefined ? 'create' : 'update',
    type,
    resource: value,
    request: {
      method: id === undefined ? 'POST' : 'PUT',
      path: id === undefined ? [type] : [type, id],
      query: '',
      headers: {},
    },
    ...(id !== undefined && { id }),
    ...(fullUrl !== undefined && { fullUrl }),
  }
}

/** Reads an entry with `read`; what is wrong with it becomes its issues. */
export function tryEntry(index: number, read: () => Entry, context: Context): ReadEntry {
  try {
    const entry = read()
    return { entry, issues: structureIssues(entry, context) }
  } catch (error) {
    if (!(error instanceof OutcomeError)) throw error
    const request = { method: 'POST', path: [], query: '', headers: {} } as const
    return { entry: { index, kind: 'other', type: '', request }, issues: error.issues }
  }
}

function structureIssues({ resource }: Entry, context: Context): readonly Issue[] {
  if (!resource) return []
  try {
    checkStructure(resource, context, { transaction: true })
    return []
  } catch (error) {
    if (error instanceof OutcomeError) return error.issues
    throw error
  }
}

/** An entry that was read, and what is wrong with it. */
export interface ReadEntry {
  readonly entry: Entry
  readonly issues: readonly Issue[]
}

/** A draft that keeps its resource. */
export function draftOf(
  { entry, issues }: ReadEntry,
  names: EntryNames,
  line: () => number,
  context: Context,
): ImportDraft {
  const faults = [...issues]
  const links = issues.length > 0 ? [] : findLinks(entry, names, context, faults)
  return { ...commonOf(entry, links, faults), line, forms: [], load: keeping(entry.resource, links) }
}

/** A draft that lets go of its resource, and has `again` make it anew when it is stored. */
export function lightDraftOf(
  { entry, issues }: ReadEntry,
  names: EntryNames,
  line: () => number,
  context: Context,
  again: () => JsonObject | undefined,
): ImportDraft {
  const faults = [...issues]
  const links = issues.length > 0 ? [] : findLinks(entry, names, context, faults)
  const { resource, ...light } = entry
  return {
    ...commonOf(entry, links, faults),
    entry: { ...light, request: { ...light.request, body: null } },
    line,
    forms: resource ? identifierForms(resource) : [],
    load: loadingAnew(light, names, context, again),
  }
}

function commonOf(entry: Entry, links: readonly Link[], faults: readonly Issue[]) {
  return { entry, targets: links.flatMap((link) => link.targets), rejected: faults, name: nameOf(entry) }
}

// Functions of their own: a closure keeps alive all that any closure beside it uses.
function keeping(resource: JsonObject | undefined, links: readonly Link[]): ImportDraft['load'] {
  return () => ({ resource, links })
}

function loadingAnew(
  entry: Entry,
  names: EntryNames,
  context: Context,
  again: () => JsonObject | undefined,
): ImportDraft['load'] {
  return () => {
    const resource = again()
    return { resource, links: resource ? findLinks({ ...entry, resource }, names, context, []) : [] }
  }
}

function nameOf({ type, id, resource }: Entry): string {
  const known = id ?? resource?.['id']
  return typeof known === 'string' ? `${type}/${known}` : type
}
