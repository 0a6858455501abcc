/** A lane stores one parcel at a time. */
import type { Issue } from '../../fhir/outcome.ts'
import type { ParcelText } from './parcel-text.ts'

export interface Lane {
  /** Fails when the database does. */
  store(delivery: Delivery, steps: Steps): Promise<ParcelResult>
  close(): Promise<void>
}

/** A parcel, and the file it is of. */
export interface Delivery {
  readonly text: ParcelText
  readonly fingerprint: string
}

/** What a lane asks for between its steps, so that lanes do not wait for each other without end. */
export interface Steps {
  /** Resolves when no other lane writes what has one of these names (`Patient/1`). */
  mayStore(names: readonly string[]): Promise<void>
  /** Whether all before this parcel in its file is stored. */
  mayCommit(): Promise<boolean>
}

export type ParcelResult = StoredParcel | UnreadableParcel | TakenParcel

export interface StoredParcel {
  /** Versions that were written. */
  readonly stored: number
  /** Conditional creates that found their resource. */
  readonly found: number
  readonly rejected: readonly Rejected[]
  readonly types: readonly string[]
}

/** A document that is not what can be imported. */
export interface UnreadableParcel {
  readonly unreadable: string
}

/** One that another process has stored meanwhile; nothing was stored here. */
export interface TakenParcel {
  readonly taken: true
}

export interface Rejected {
  readonly line: number
  /** `Patient/1`, or its type where it has no id. */
  readonly name: string
  readonly issues: readonly Issue[]
}
