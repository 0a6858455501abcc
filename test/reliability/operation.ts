/** What clients did to resources and what they were told: the log that the checkers read. */

export interface Operation {
  readonly client: number
  /** When the request was sent and the answer had arrived, of one clock. Infinity: no answer that counts. */
  readonly start: number
  readonly end: number
  /** `put` is everything that writes content: create, update, patch. */
  readonly act: 'read' | 'vread' | 'history' | 'put' | 'delete'
  /** `Patient/1`; empty where a create was not answered. */
  readonly resource: string
  /**
   * `unknown`: the connection was lost, or the answer was that nobody knows; it may have happened, or yet happen.
   * `refused`: the answer was that nothing was changed.
   */
  readonly outcome: 'done' | 'refused' | 'unknown'
  /** From the ETag. */
  readonly version?: number
  /** What was written, unlike any other value; or what was read. */
  readonly value?: string
  /** Of reads that found nothing: 404, 410, or a search without a match. */
  readonly absent?: 'never' | 'deleted' | 'either'
  /** Of histories: the newest versions in their order. */
  readonly versions?: readonly number[]
  /** The version that If-Match demanded. */
  readonly expected?: number
  /** The version that a refusal by If-Match names. */
  readonly actual?: number
  /** The search that a conditional create or update was bound to. */
  readonly criterion?: string
  /** It may find something and write nothing. */
  readonly mayFind?: boolean
  /** Of answers of 5xx: the code of the outcome. */
  readonly said?: string
  /** Operations of one transaction Bundle have its name. */
  readonly bundle?: string
  /** The request in words, for failures. */
  readonly words: string
}

/** A stored version; no value: a deletion. */
export interface HistoryEntry {
  readonly version: number
  readonly value?: string
}

/** The history of each resource at the end, oldest first. */
export type Histories = ReadonlyMap<string, readonly HistoryEntry[]>

export interface Violation {
  readonly rule: string
  readonly detail: string
}

/** An operation for a failure's text. */
export function told(operation: Operation): string {
  const { client, start, end, words, outcome, version, value } = operation
  const what = [version !== undefined && `version ${version}`, value !== undefined && `value ${value}`].filter(Boolean)
  return `[client ${client}, ${start.toFixed(1)}–${end.toFixed(1)}] ${words}: ${outcome} ${what.join(', ')}`.trimEnd()
}
