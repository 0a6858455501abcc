/**
 * Reads the operations of a FHIRPath Patch out of its Parameters resource.
 * https://hl7.org/fhir/R4/fhirpatch.html#encoding
 */

import { ExpressionError } from '../fhirpath/expression-error.ts'
import type { Meter } from '../fhirpath.ts'
import type { JsonObject, JsonValue } from '../json.ts'
import { isJsonObject } from '../json.ts'
import { OutcomeError } from '../outcome.ts'
import type { Path } from './path.ts'
import { readPath } from './path.ts'

export const operationTypes = ['add', 'insert', 'delete', 'replace', 'move'] as const
export type OperationType = (typeof operationTypes)[number]

export interface PatchOperation {
  readonly type: OperationType
  readonly path: string
  readonly locate: Path
  /** Of `add`: the element to add. */
  readonly name: string
  /** The part named `value`, as it is. */
  readonly value: JsonObject
  readonly index: number
  readonly source: number
  readonly destination: number
  /** An outcome for a patch that is malformed. */
  invalid(reason: string): OutcomeError
  /** An outcome for a patch that does not fit the resource. */
  failed(reason: string): OutcomeError
}

const maxOperations = 1_000

type PartName = 'path' | 'name' | 'value' | 'index' | 'source' | 'destination'
type Parts = ReadonlyMap<string, JsonObject>
type Invalid = (reason: string) => OutcomeError

const needed: Readonly<Record<OperationType, readonly PartName[]>> = {
  add: ['path', 'name', 'value'],
  insert: ['path', 'index', 'value'],
  delete: ['path'],
  replace: ['path', 'value'],
  move: ['path', 'source', 'destination'],
}

/** The operations in order; `meter` pays for their paths. Throws `invalid-patch`. */
export function readPatchOperations(patch: JsonValue, meter: Meter): PatchOperation[] {
  if (!isJsonObject(patch) || patch['resourceType'] !== 'Parameters') {
    throw invalidPatch('A FHIRPath Patch is a Parameters resource.')
  }
  const parameters = patch['parameter'] ?? []
  if (!Array.isArray(parameters)) throw invalidPatch('Parameters.parameter is not a list.')
  if (parameters.length > maxOperations) {
    throw invalidPatch(`It has ${parameters.length} operations; ${maxOperations} are allowed.`)
  }
  return parameters.map((parameter, index) => readOperation(parameter, index, meter))
}

function readOperation(parameter: JsonValue, index: number, meter: Meter): PatchOperation {
  const invalid = (reason: string) => invalidPatch(`Operation ${index}: ${reason}.`)
  if (!isJsonObject(parameter) || parameter['name'] !== 'operation') {
    throw invalid("a parameter of a patch is named 'operation'")
  }
  const parts = readParts(parameter['part'] ?? [], invalid)
  const type = operationTypes.find((known) => known === textOf(parts, 'type', invalid))
  if (!type) throw invalid(`its type must be one of ${operationTypes.join(', ')}`)
  checkParts(type, parts, invalid)

  const path = textOf(parts, 'path', invalid)
  const place = `Operation ${index} (${type})`
  return {
    type,
    path,
    locate: pathOf(path, meter, invalid),
    name: parts.has('name') ? textOf(parts, 'name', invalid) : '',
    value: parts.get('value') ?? {},
    index: numberOf(parts, 'index', invalid),
    source: numberOf(parts, 'source', invalid),
    destination: numberOf(parts, 'destination', invalid),
    invalid: (reason) => new OutcomeError('invalid-patch', { reason: `${place}: ${reason}.` }, { expression: path }),
    failed: (reason) => new OutcomeError('patch-failed', { reason: `${place}: ${reason}.` }, { expression: path }),
  }
}

function readParts(parts: JsonValue, invalid: Invalid): Parts {
  const byName = new Map<string, JsonObject>()
  if (!Array.isArray(parts)) throw invalid('its part is not a list')
  for (const part of parts) {
    const name = isJsonObject(part) ? part['name'] : undefined
    if (typeof name !== 'string') throw invalid('it has a part without a name')
    if (byName.has(name)) throw invalid(`it has two parts named '${name}'`)
    byName.set(name, part as JsonObject)
  }
  return byName
}

function checkParts(type: OperationType, parts: Parts, invalid: Invalid): void {
  for (const name of needed[type]) {
    if (!parts.has(name)) throw invalid(`'${type}' needs a part named '${name}'`)
  }
  for (const name of parts.keys()) {
    if (name !== 'type' && !needed[type].some((known) => known === name)) {
      throw invalid(`'${type}' takes no part named '${name}'`)
    }
  }
}

function pathOf(path: string, meter: Meter, invalid: Invalid): Path {
  try {
    return readPath(path, meter)
  } catch (error) {
    if (!(error instanceof OutcomeError || error instanceof ExpressionError)) throw error
    throw invalid(error.message.replace(/\.$/, ''))
  }
}

function textOf(parts: Parts, name: string, invalid: Invalid): string {
  const part = parts.get(name)
  const text = part?.['valueString'] ?? part?.['valueCode']
  if (typeof text !== 'string' || text === '') throw invalid(`its part '${name}' must have a valueString or valueCode`)
  return text
}

function numberOf(parts: Parts, name: string, invalid: Invalid): number {
  const part = parts.get(name)
  if (!part) return 0
  const number = part['valueInteger'] ?? part['valueUnsignedInt'] ?? part['valuePositiveInt']
  if (typeof number !== 'number' || !Number.isInteger(number) || number < 0) {
    throw invalid(`its part '${name}' must have a valueInteger of 0 or more`)
  }
  return number
}

function invalidPatch(reason: string): OutcomeError {
  return new OutcomeError('invalid-patch', { reason })
}
