/**
 * JSON Patch (https://www.rfc-editor.org/rfc/rfc6902) with JSON Pointer (https://www.rfc-editor.org/rfc/rfc6901), on
 * resources whose numbers keep their digits. https://hl7.org/fhir/R4/http.html#patch
 */
import type { JsonObject, JsonValue } from './json.ts'
import { isJsonObject, maxDepth } from './json.ts'
import { copyJson, equalJson, isDeeper, jsonSize, setMember } from './json-value.ts'
import { OutcomeError } from './outcome.ts'

export const maxOperations = 1_000
/** Values and characters that all `copy`, `move` and `test` operations of one patch may touch together. */
const maxWork = 10_000_000
const maxPointer = 4_096
const nothingThere = 'There is nothing at this path'

interface Operation {
  readonly index: number
  readonly op: string
  readonly path: string
  readonly from: string
  readonly value: JsonValue
}

/** The document in a box, so that its root can be replaced, and what the patch may still touch. */
interface Target {
  root: JsonValue
  work: number
}

/** One path of one operation: what is read, written, and named in an error. */
interface Place {
  readonly target: Target
  readonly operation: Operation
  readonly path: string
}

type Member = 'path' | 'from' | 'value'

interface Kind {
  readonly needs: readonly Member[]
  /** `path` is where the operation acts, `from` where it takes its value. */
  apply(path: Place, from: Place): void
}

const kinds: Readonly<Record<string, Kind>> = {
  add: { needs: ['path', 'value'], apply: (path) => add(path, copyJson(path.operation.value)) },
  remove: { needs: ['path'], apply: (path) => void remove(path) },
  replace: { needs: ['path', 'value'], apply: replace },
  move: { needs: ['path', 'from'], apply: move },
  copy: { needs: ['path', 'from'], apply: copy },
  test: { needs: ['path', 'value'], apply: check },
}

/** Applies a patch to a copy of the resource: all operations or none. Throws `invalid-patch` or `patch-failed`. */
export function applyJsonPatch(resource: JsonObject, patch: JsonValue): JsonObject {
  const operations = readOperations(patch)
  const target: Target = { root: copyJson(resource), work: maxWork }
  for (const operation of operations) {
    const place = (path: string): Place => ({ target, operation, path })
    kinds[operation.op]!.apply(place(operation.path), place(operation.from))
  }
  if (!isJsonObject(target.root)) {
    throw new OutcomeError('patch-failed', { reason: 'The result is not a resource.' })
  }
  return target.root
}

function readOperations(patch: JsonValue): Operation[] {
  if (!Array.isArray(patch)) throw invalid('A JSON Patch is an array of operations.')
  if (patch.length > maxOperations) throw invalid(`It has ${patch.length} operations; ${maxOperations} are allowed.`)
  return patch.map(readOperation)
}

function readOperation(value: JsonValue, index: number): Operation {
  if (!isJsonObject(value)) throw invalid(`Operation ${index} is not an object.`)
  const { op } = value
  const kind = typeof op === 'string' && Object.hasOwn(kinds, op) ? kinds[op]! : undefined
  if (!kind || typeof op !== 'string') {
    throw invalid(`The op of operation ${index} must be one of ${Object.keys(kinds).join(', ')}.`)
  }
  for (const member of kind.needs) {
    if (!Object.hasOwn(value, member)) throw invalid(`Operation ${index} (${op}) needs '${member}'.`)
    if (member !== 'value') checkPointer(value[member]!, `The ${member} of operation ${index} (${op})`)
  }
  const { path, from = '', value: operand = null } = value
  return { index, op, path: path as string, from: from as string, value: operand }
}

function checkPointer(pointer: JsonValue, place: string): void {
  if (typeof pointer !== 'string' || !/^(?:\/|$)/.test(pointer) || /~(?![01])/.test(pointer)) {
    throw invalid(`${place} must be a JSON Pointer such as '/name/0/family'.`)
  }
  if (pointer.length > maxPointer) {
    throw invalid(`${place} is longer than ${maxPointer} characters, which no path into a resource is.`)
  }
}

function add(place: Place, value: JsonValue): void {
  checkDepth(place, value)
  if (place.path === '') {
    place.target.root = value
    return
  }
  const { parent, key } = locate(place)
  if (!Array.isArray(parent)) setMember(parent, key, value)
  else parent.splice(key === '-' ? parent.length : position(parent, key, parent.length, place), 0, value)
}

function remove(place: Place): JsonValue {
  const value = read(place)
  if (place.path === '') throw failed(place, 'The resource itself cannot be removed')
  const { parent, key } = locate(place)
  if (Array.isArray(parent)) parent.splice(Number(key), 1)
  else delete parent[key]
  return value
}

function replace(place: Place): void {
  read(place)
  const value = copyJson(place.operation.value)
  checkDepth(place, value)
  if (place.path === '') {
    place.target.root = value
    return
  }
  const { parent, key } = locate(place)
  if (Array.isArray(parent)) parent[Number(key)] = value
  else setMember(parent, key, value)
}

function move(path: Place, from: Place): void {
  if (path.path.startsWith(`${from.path}/`)) throw failed(path, 'A value cannot be moved into itself')
  spend(path, read(from))
  if (path.path !== from.path) add(path, remove(from))
}

function copy(path: Place, from: Place): void {
  const value = read(from)
  spend(path, value)
  add(path, copyJson(value))
}

function check(place: Place): void {
  const value = read(place)
  spend(place, place.operation.value)
  if (!equalJson(value, place.operation.value)) {
    throw failed(place, 'The value differs from the one that is tested for')
  }
}

/** What could not have been sent in one body must not be built in steps: every walker recurses. */
function checkDepth(place: Place, value: JsonValue): void {
  if (isDeeper(value, maxDepth - segments(place.path).length)) {
    throw failed(place, `The result is nested deeper than ${maxDepth} levels`)
  }
}

/** Copies of copies would double the document with every operation. */
function spend(place: Place, value: JsonValue): void {
  const { target } = place
  target.work -= jsonSize(value, target.work)
  if (target.work < 0) throw failed(place, 'The patch touches too much data')
}

function read(place: Place): JsonValue {
  return segments(place.path).reduce((value, key) => child(value, key, place), place.target.root)
}

/** The array or object that holds the last segment of a path, which need not exist itself. */
function locate(place: Place): { parent: JsonValue[] | JsonObject; key: string } {
  const keys = segments(place.path)
  const key = keys.pop()!
  const parent = keys.reduce((value, step) => child(value, step, place), place.target.root)
  if (!isJsonObject(parent) && !Array.isArray(parent)) throw failed(place, nothingThere)
  return { parent, key }
}

function child(value: JsonValue, key: string, place: Place): JsonValue {
  if (Array.isArray(value)) return value[position(value, key, value.length - 1, place)]!
  // Only what the document itself has: `constructor` and its kind are found in every JavaScript object.
  if (isJsonObject(value) && Object.hasOwn(value, key)) return value[key]!
  throw failed(place, nothingThere)
}

function position(array: readonly JsonValue[], key: string, last: number, place: Place): number {
  if (/^(0|[1-9]\d{0,8})$/.test(key) && Number(key) <= last) return Number(key)
  throw failed(place, `'${key}' is not a position in a list of ${array.length}`)
}

function segments(pointer: string): string[] {
  const [, ...escaped] = pointer.split('/')
  return escaped.map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function invalid(reason: string): OutcomeError {
  return new OutcomeError('invalid-patch', { reason })
}

function failed({ target, operation, path }: Place, reason: string): OutcomeError {
  const type = isJsonObject(target.root) ? target.root['resourceType'] : undefined
  const expression = segments(path).reduce(
    (before, segment) => (/^\d+$/.test(segment) ? `${before}[${segment}]` : `${before}.${segment}`),
    typeof type === 'string' ? type : '$this',
  )
  const text = `Operation ${operation.index} (${operation.op}) at '${path}': ${reason}.`
  return new OutcomeError('patch-failed', { reason: text }, { expression })
}
