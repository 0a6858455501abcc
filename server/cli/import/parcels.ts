/** From the texts of parcels to drafts that are stored in one transaction. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../fhir/json.ts'
import { OutcomeError } from '../../fhir/outcome.ts'
import type { Entry } from '../../fhir/transaction/entry.ts'
import { type EntryNames, entryNames, findLinks, type Link, type LinkedEntry } from '../../fhir/transaction/links.ts'
import { readBundleText, type TextRange } from './bundle-text.ts'
import type { ImportContext } from './context.ts'
import { draftOf, type ImportDraft, lightDraftOf, parseBytes, plainEntry, requestedEntry, tryEntry } from './drafts.ts'
import type { LineRange, ParcelText } from './parcel-text.ts'

export interface Parcel {
  readonly drafts: readonly ImportDraft[]
  /** The resource of a draft and its links: those it kept, or made anew. */
  readonly load: (draft: ImportDraft) => Loaded
  /** The line in which the resource of a draft begins. */
  readonly lineOf: (draft: ImportDraft) => number
  /** One resource may be in it several times: the last counts, the others become versions. */
  readonly repeats: boolean
}

export interface Loaded {
  readonly resource: JsonObject | undefined
  readonly links: readonly Link[]
}

/** Reads a parcel. Throws when it is a document that cannot be imported. */
export function readParcel({ bytes, lines }: ParcelText, context: ImportContext): Parcel {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (!lines) return documentParcel(buffer, context)
  const drafts = lines.map((line, index) => lineDraft(buffer, line, index, context))
  return { drafts, load: kept, lineOf, repeats: true }
}

function kept({ entry, links = [] }: ImportDraft): Loaded {
  return { resource: entry.resource, links }
}

function lineOf({ line }: ImportDraft): number {
  return line
}

const noNames = new Map<string, number>()

function lineDraft(bytes: Buffer, line: LineRange, index: number, context: ImportContext): ImportDraft {
  const read = () => {
    if (line.tooLong) throw new OutcomeError('bad-request', { reason: 'The line is too long for a resource.' })
    return plainEntry(parseBytes(bytes, line.start, line.end), index, undefined, context)
  }
  return draftOf(tryEntry(index, read, context), noNames, line.number, context)
}

/** Texts up to this size keep their resources parsed from beginning to end. */
const keptSize = 16 * 1024 * 1024

/** The one parcel of a JSON document: a Bundle's entries, or a resource. Throws when it is neither. */
export function documentParcel(bytes: Buffer, context: ImportContext, largestKept = keptSize): Parcel {
  const text = readBundleText(bytes)
  const type = text && stringMember(bytes, text.members.get('resourceType'))
  if (text === undefined || type !== 'Bundle') {
    const resource = parseBytes(bytes)
    const line = text?.members.get('resourceType')?.line ?? 1
    const read = tryEntry(0, () => plainEntry(resource, 0, undefined, context), context)
    return { drafts: [draftOf(read, noNames, line, context)], load: kept, lineOf, repeats: false }
  }
  const bundleType = stringMember(bytes, text.members.get('type')) ?? ''
  const readEntry = readers.get(bundleType)
  if (!readEntry) {
    const known = [...readers.keys()].join(', ')
    const reason = `A Bundle of type '${bundleType}' cannot be imported; its type must be one of ${known}.`
    throw new OutcomeError('invalid-bundle', { reason })
  }
  const entries = { bytes, ranges: text.entries ?? [], readEntry, context }
  const common = {
    lineOf: ({ entry }: ImportDraft) => resourceLine(bytes, entries.ranges[entry.index]!),
    repeats: false,
  }
  if (bytes.length <= largestKept) return { drafts: keptDrafts(entries), load: kept, ...common }
  const names = entryNames(entries.ranges.flatMap((range, index) => nameAt(entries, range, index)))
  return { drafts: lightDrafts(entries, names), load: (draft) => loadAt(entries, draft, names), ...common }
}

type ReadEntry = (value: JsonValue, index: number, context: ImportContext) => Entry

/** How the entries of a Bundle are read, by its type: some say what is to be done with their resources. */
const readers: ReadonlyMap<string, ReadEntry> = new Map([
  ['transaction', requestedEntry],
  ['batch', requestedEntry],
  ['collection', storedEntry],
  ['searchset', storedEntry],
  ['document', storedEntry],
  ['message', storedEntry],
])

/** The resource of an entry as it is; the outcome of a search is passed over. */
function storedEntry(value: JsonValue, index: number, context: ImportContext): Entry {
  const { resource, fullUrl, search } = (isJsonObject(value) ? value : {}) as JsonObject
  const isOutcome = isJsonObject(search) && search['mode'] === 'outcome'
  if (isOutcome || resource === undefined) {
    return { index, kind: 'other', type: '', request: { method: 'GET', path: [], query: '', headers: {} } }
  }
  return plainEntry(resource, index, typeof fullUrl === 'string' ? fullUrl : undefined, context)
}

interface BundleEntries {
  readonly bytes: Buffer
  readonly ranges: readonly TextRange[]
  readonly readEntry: ReadEntry
  readonly context: ImportContext
}

function keptDrafts(entries: BundleEntries): ImportDraft[] {
  const { ranges, context } = entries
  const read = ranges.map((range, index) => tryEntry(index, () => entryAt(entries, range, index), context))
  const names = entryNames(read.map(({ entry }) => entry))
  return read.map((one, index) => draftOf(one, names, ranges[index]!.line, context))
}

/** Resources are parsed for the names of the entries, again to check them, and once more when they are stored. */
function lightDrafts(entries: BundleEntries, names: EntryNames): ImportDraft[] {
  const { ranges, context } = entries
  return ranges.map((range, index) => {
    const read = tryEntry(index, () => entryAt(entries, range, index), context)
    if (index % 1000 === 0) context.keepHeap()
    return lightDraftOf(read, names, range.line, context)
  })
}

function loadAt(entries: BundleEntries, { entry }: ImportDraft, names: EntryNames): Loaded {
  const { resource } = entryAt(entries, entries.ranges[entry.index]!, entry.index)
  const links = resource ? findLinks({ ...entry, resource }, names, entries.context, []) : []
  return { resource, links }
}

function entryAt({ bytes, readEntry, context }: BundleEntries, { start, end }: TextRange, index: number): Entry {
  return readEntry(parseBytes(bytes, start, end), index, context)
}

function nameAt(entries: BundleEntries, range: TextRange, index: number): LinkedEntry[] {
  try {
    const { fullUrl, kind } = entryAt(entries, range, index)
    return fullUrl === undefined ? [] : [{ index, kind, fullUrl }]
  } catch (error) {
    if (error instanceof OutcomeError) return []
    throw error
  }
}

/** The line in which the entry's resource begins; its own where that cannot be told. */
function resourceLine(bytes: Buffer, { start, end, line }: TextRange): number {
  const resource = readBundleText(bytes.subarray(start, end))?.members.get('resource')
  return line + (resource?.line ?? 1) - 1
}

function stringMember(bytes: Buffer, range: TextRange | undefined): string | undefined {
  if (!range) return undefined
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8', range.start, range.end))
    return typeof value === 'string' ? value : undefined
  } catch {
    return undefined
  }
}
