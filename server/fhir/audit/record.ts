/** An access as it is noted while it happens: small, and made an AuditEvent later. */

/** Who asks, as long as that stays the same. */
export interface AuditedCaller {
  /** The id of the client program. */
  readonly client?: string
  /** The number of the account. */
  readonly account?: string
  /** The resource that the person is: `Practitioner/2`. */
  readonly user?: string
  readonly roles?: readonly string[]
  /** A v3-PurposeOfUse code: `BTG` while the glass is broken. */
  readonly purpose?: string
  /** The patient of the launch, for scopes that speak of one. */
  readonly patient?: string
  /** The patient for whom somebody else acts. */
  readonly onBehalfOf?: string
}

export interface AuditRecord {
  /** Milliseconds. */
  readonly t: number
  readonly who: AuditedCaller
  /** The network address that the request came from. */
  readonly address?: string
  /** The id of the request. */
  readonly request?: string
  /** The interaction, as in the CapabilityStatement; or another event. */
  readonly code: string | OtherEvent
  /** What was read or written: `Observation/1`. */
  readonly what?: string
  /** The name of the operation, without `$`. */
  readonly operation?: string
  /** What was asked for: `Observation?code=1`. */
  readonly query?: string
  /** Of the answer. */
  readonly status: number
  /** The code of the refusal. */
  readonly fault?: string
  /** The ids of the patients whose data it was. */
  readonly patients?: readonly string[]
}

/** What is no interaction: a sign-in, a changed privilege, an export file. */
export interface OtherEvent {
  readonly type: AuditCoding
  readonly subtype?: AuditCoding
  readonly action: 'C' | 'R' | 'U' | 'D' | 'E'
  /** In plain words. */
  readonly text?: string
}

export interface AuditCoding {
  readonly system: string
  readonly code: string
  readonly display?: string
}

interface Packed {
  readonly who: readonly AuditedCaller[]
  readonly events: readonly (Omit<AuditRecord, 'who'> & { readonly by: number })[]
}

/** Records as one text: callers are told once. */
export function packRecords(records: readonly AuditRecord[]): string {
  const callers = new Map<AuditedCaller, number>()
  const events = records.map(({ who, ...rest }) => {
    const by = callers.get(who) ?? callers.size
    if (by === callers.size) callers.set(who, by)
    return { ...rest, by }
  })
  return JSON.stringify({ who: [...callers.keys()], events } satisfies Packed)
}

export function unpackRecords(text: string): readonly AuditRecord[] {
  const { who, events } = JSON.parse(text) as Packed
  return events.map(({ by, ...rest }) => ({ ...rest, who: who[by]! }))
}
