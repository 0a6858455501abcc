/** The state of one validation: the issues found, and the way to the element that is being looked at. */
import type { Definitions, ElementDefinition } from '../definitions.ts'
import type { JsonObject, JsonValue } from '../json.ts'
import type { Issue, OutcomeCode } from '../outcome.ts'

/** Issues beyond these help nobody. */
export const maxIssues = 100

const maxQuoted = 80

/** A type of the element model, compiled. */
export interface TypeTable {
  readonly name: string
  /** By JSON property; `_birthDate` has its own. */
  readonly rules: ReadonlyMap<string, Rule>
  /** The elements that must be present or that exclude each other; the position is the number of the bit. */
  readonly counted: readonly ElementDefinition[]
  readonly requiredBits: number
  readonly choiceBits: number
  /** What holds for the elements together; `seen` has the bits of the counted ones that are present. */
  readonly together?: (walk: Walk, object: JsonObject, seen: number) => void
}

/** What is allowed as the value of one JSON property. */
export interface Rule {
  /** The bit of its element, 0 where presence does not matter. */
  readonly bit: number
  /** 0 for `id`, which on its own makes no element: https://hl7.org/fhir/R4/element.html#invs */
  readonly content: 0 | 1
  readonly check: Check
}

/** Reports what is wrong with the value of a property of `parent`. */
export type Check = (walk: Walk, value: JsonValue, parent: JsonObject) => void

export interface Walk {
  readonly definitions: Definitions
  readonly issues: Issue[]
  readonly tableOf: (resourceType: string) => TypeTable | undefined
  /** The type of the resource that is validated: where expressions start. */
  readonly root: string
  /** Element names and indexes below the root; only the first `depth` are valid. */
  readonly path: (string | number)[]
  depth: number
  /** The resource whose contained resources a `#` reference means. */
  container: JsonObject
  /** The type of each contained resource by id, once a reference has asked for it. */
  containedTypes: ReadonlyMap<string, string> | undefined
  /** Whether the resource being looked at is itself contained. */
  contained: boolean
  /** Whether references may be searches. https://hl7.org/fhir/R4/http.html#trules */
  transaction: boolean
}

/** Adds an issue about the element at the walk's path, or below it at `place`. */
export function report(
  walk: Walk,
  code: OutcomeCode,
  params: Readonly<Record<string, string | number>>,
  ...place: readonly (string | number)[]
): void {
  if (!isFull(walk)) walk.issues.push({ code, params, expression: expression(walk, place) })
}

/** True when further issues are not kept, so that nothing needs to be spent on them. */
export function isFull(walk: Walk): boolean {
  return walk.issues.length >= maxIssues
}

/** A text as an outcome quotes it: short. */
export function quoted(text: string): string {
  return text.length > maxQuoted ? `${text.slice(0, maxQuoted)}…` : text
}

/** The JSON type of a value, as an outcome names it. */
export function shapeOf(value: JsonValue): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  if (JSON.isRawJSON(value)) return 'a number'
  return shapes[typeof value] ?? 'nothing'
}

const shapes: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  boolean: 'a boolean',
  object: 'an object',
}

/** FHIRPath in the simple subset that `OperationOutcome.issue.expression` uses. */
function expression(walk: Walk, place: readonly (string | number)[]): string {
  let text = walk.root
  for (const segment of [...walk.path.slice(0, walk.depth), ...place]) {
    text += typeof segment === 'number' ? `[${segment}]` : `.${segment}`
  }
  return text
}
