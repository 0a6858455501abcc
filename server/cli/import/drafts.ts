/** From the text of resources and entries to drafts: parsed, checked, their links known. */

import { isUtf8 } from 'node:buffer'
import type { Context } from '../../context.ts'
import { notAnObject, notUtf8, wrongType } from '../../fhir/body-fault.ts'
import { isJsonObject, type JsonValue, parseJson } from '../../fhir/json.ts'
import { quotable } from '../../fhir/json-value.ts'
import { type Issue, isError, OutcomeError } from '../../fhir/outcome.ts'
import { isId } from '../../fhir/reference.ts'
import { type Entry, readEntry } from '../../fhir/transaction/entry.ts'
import { criterionKey, type EntryNames, findLinks, type Link, type LinkTarget } from '../../fhir/transaction/links.ts'
import type { Draft } from '../../fhir/transaction/settle.ts'
import { isOpen, type Validation } from '../../fhir/validation/profile/validator.ts'
import { validateNow, validateRest } from '../../interactions/validation/validator.ts'

/** A draft of an import. One of many in a large file keeps only what is needed to settle it. */
export interface ImportDraft extends Draft {
  /** Where it is in the file. */
  readonly line: number
  /** The links of the resource; where they are absent, so is the resource, and both are made anew from the text. */
  readonly links?: readonly Link[]
  /** What is wrong with it where the codes in it are, which are not known in memory. */
  readonly unsettled?: Validation
}

/** An entry that was read, and what is wrong with it. */
export interface ReadEntry {
  readonly entry: Entry
  readonly issues: readonly Issue[]
  readonly unsettled?: Validation
}

const noHeaders: Entry['request']['headers'] = {}
const noRequest: Entry['request'] = { method: 'POST', path: [], query: '', headers: noHeaders }

const importable = new Set(['create', 'update', 'delete'])

const byteOrderMark = Buffer.from('\uFEFF')

/** Parses JSON that must be UTF-8; a byte order mark is passed over. */
export function parseBytes(bytes: Buffer, start = 0, end = bytes.length): JsonValue {
  const marked = start === 0 && bytes.subarray(0, 3).equals(byteOrderMark)
  const part = bytes.subarray(marked ? 3 : start, end)
  if (!isUtf8(part)) throw notUtf8(part)
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
  if (!isJsonObject(value)) throw notAnObject()
  const { resourceType: type, id } = value
  if (typeof type !== 'string') throw wrongType(type, 'resource')
  if (!context.definitions.isResourceType(type)) throw new OutcomeError('unknown-type', { type, nearest: '' })
  if (id !== undefined && (typeof id !== 'string' || !isId(id)))
    throw new OutcomeError('invalid-id', { id: quotable(id) })
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
    if (!entry.resource) return { entry, issues: [] }
    const validation = validateNow(entry.resource, context, { transaction: true })
    const errors = validation.issues.filter(isError)
    return {
      entry,
      issues: errors,
      ...(errors.length === 0 && isOpen(validation) && { unsettled: validation }),
    }
  } catch (error) {
    if (!(error instanceof OutcomeError)) throw error
    return { entry: { index, kind: 'other', type: '', request: noRequest }, issues: error.issues }
  }
}

/** Asks for the codes that were not known in memory, of all drafts at once. */
export async function settleCodes(drafts: readonly ImportDraft[], context: Context): Promise<void> {
  const open = drafts.filter(({ unsettled }) => unsettled !== undefined)
  if (open.length === 0) return
  const found = await Promise.all(open.map(({ unsettled }) => validateRest(unsettled!, context)))
  open.forEach((draft, i) => {
    draft.rejected = [...draft.rejected, ...found[i]!.filter(isError)]
  })
}

/** A draft that keeps its resource. */
export function draftOf(
  { entry, issues, unsettled }: ReadEntry,
  names: EntryNames,
  line: number,
  context: Context,
): ImportDraft {
  const faults = [...issues]
  const links = issues.length > 0 ? [] : findLinks(entry, names, context, faults)
  const targets = links.flatMap((link) => link.targets)
  return { entry, targets, rejected: faults, line, links, ...(unsettled && { unsettled }) }
}

/** A draft that lets go of its resource. */
export function lightDraftOf(read: ReadEntry, names: EntryNames, line: number, context: Context): ImportDraft {
  const { entry, targets, links: _links, ...draft } = draftOf(read, names, line, context)
  return { ...draft, entry: lightEntry(entry), targets: distinctTargets(targets) }
}

/** Of the request, only conditions on versions matter once the entry is read. */
function lightEntry({ resource: _resource, request: { headers }, ...entry }: Entry): Entry {
  return { ...entry, request: Object.keys(headers).length === 0 ? noRequest : { ...noRequest, headers } }
}

function distinctTargets(targets: readonly LinkTarget[]): LinkTarget[] {
  return [
    ...new Map(
      targets.map((target) => ['entry' in target ? target.entry : criterionKey(target.criterion), target]),
    ).values(),
  ]
}
