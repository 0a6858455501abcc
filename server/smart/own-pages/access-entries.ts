/** AuditEvents of a patient, as one entry for what somebody did with an app in a day. */
import type { JsonObject } from '../../fhir/json.ts'

/** What was done to the record. */
export type Deed = 'seen' | 'added' | 'changed' | 'removed' | 'refused' | 'other'

/** What a part of the record is: a resource type, or one of these. */
export const wholeRecord = '*'
/** What the resources that were asked for refer to. */
export const whatIsLinked = '+'

export interface AccessEntry {
  /** The id of the newest event. */
  readonly event: string
  /** Milliseconds, of the first and of the last event. */
  first: number
  readonly last: number
  count: number
  /** The resource that the person is: `Practitioner/1`. */
  readonly person?: string
  readonly roles: readonly string[]
  /** Somebody acted for the patient. */
  readonly onBehalf: boolean
  /** The id of the client program. */
  readonly client?: string
  /** A v3-PurposeOfUse code. */
  readonly purpose?: string
  /** Resource types, or what stands for more. */
  readonly deeds: Map<Deed, Set<string>>
  /** Events that are no access, by what tells one from another. */
  readonly others: Map<string, OtherDeed>
}

/** A sign-in, a changed right, an emergency. */
export interface OtherDeed {
  /** A code of DICOM. */
  readonly code: string
  readonly wasRefused: boolean
  /** What the server said of it. */
  readonly text?: string
  /** What somebody wrote, such as a reason. */
  readonly detail?: string
}

interface Reference {
  readonly reference?: string
  readonly identifier?: { readonly system?: string; readonly value?: string }
}

interface Concept {
  readonly coding?: readonly { readonly code?: string }[]
}

interface AuditEvent {
  readonly id: string
  readonly type: { readonly code?: string }
  readonly subtype?: readonly { readonly system?: string; readonly code?: string }[]
  readonly action?: string
  readonly recorded: string
  readonly outcome?: string
  readonly outcomeDesc?: string
  readonly agent: readonly {
    readonly type?: Concept
    readonly role?: readonly Concept[]
    readonly who?: Reference
    readonly purposeOfUse?: readonly Concept[]
  }[]
  readonly entity?: readonly { readonly what?: Reference; readonly query?: string }[]
}

/** The newest first, as the events are. */
export function accessEntries(events: readonly JsonObject[]): readonly AccessEntry[] {
  const entries = new Map<string, AccessEntry>()
  for (const event of events as unknown as readonly AuditEvent[]) {
    const who = whoOf(event)
    const time = Date.parse(event.recorded)
    const key = JSON.stringify([event.recorded.slice(0, 10), who])
    const entry = entries.get(key) ?? {
      ...{ event: event.id, first: time, last: time, count: 0, deeds: new Map(), others: new Map() },
      ...who,
    }
    entries.set(key, entry)
    entry.first = Math.min(entry.first, time)
    entry.count += 1
    const deed = deedOf(event)
    const parts = entry.deeds.get(deed) ?? new Set<string>()
    for (const part of deed === 'other' ? [] : partsOf(event)) parts.add(part)
    entry.deeds.set(deed, parts)
    if (deed === 'other') entry.others.set(`${event.subtype?.[0]?.code} ${event.outcomeDesc}`, otherDeed(event))
  }
  return [...entries.values()]
}

function whoOf({ agent }: AuditEvent): Pick<AccessEntry, 'person' | 'roles' | 'onBehalf' | 'client' | 'purpose'> {
  const named = (system: string) => agent.find(({ who }) => who?.identifier?.system === system)
  const account = named('urn:candela:account')
  const client = named('urn:candela:client')?.who?.identifier?.value
  const purpose = agent.flatMap(({ purposeOfUse = [] }) => purposeOfUse.flatMap(codesOf))[0]
  const person = account?.who?.reference ?? (account && `account ${account.who?.identifier?.value}`)
  return {
    ...(person !== undefined && { person }),
    roles: account?.role?.flatMap(codesOf) ?? [],
    onBehalf: agent.some(({ type }) => type && codesOf(type).includes('PAT')),
    ...(client !== undefined && { client }),
    ...(purpose !== undefined && { purpose }),
  }
}

function codesOf({ coding = [] }: Concept): readonly string[] {
  return coding.flatMap(({ code }) => (code === undefined ? [] : [code]))
}

const deeds: Readonly<Record<string, Deed>> = { C: 'added', U: 'changed', D: 'removed' }

function deedOf({ type, action, outcome }: AuditEvent): Deed {
  if (type.code !== 'rest') return 'other'
  return outcome !== undefined && outcome !== '0' ? 'refused' : (deeds[action ?? ''] ?? 'seen')
}

function otherDeed({ type, subtype = [], outcome, outcomeDesc }: AuditEvent): OtherDeed {
  const [text, detail] = outcomeDesc?.split(/: (.*)/s) ?? []
  return {
    code: subtype[0]?.code ?? type.code ?? '',
    wasRefused: outcome !== '0',
    ...(text !== undefined && { text }),
    ...(detail && { detail }),
  }
}

/** Operations that give out everything there is of a patient. */
const wholeOperations = new Set(['everything', 'export', 'summary', 'patient-export'])

/** The parts of the record that an event is about. */
function partsOf({ subtype = [], entity = [] }: AuditEvent): readonly string[] {
  if (subtype.some(({ code = '' }) => wholeOperations.has(code))) return [wholeRecord]
  const queries = entity.flatMap(({ query }) => (query === undefined ? [] : [Buffer.from(query, 'base64').toString()]))
  const [query] = queries
  if (query !== undefined) return partsOfQuery(query)
  const reference = entity.find(({ what }) => what?.reference !== undefined)?.what?.reference
  return reference === undefined ? [] : [reference.split('/')[0]!]
}

function partsOfQuery(query: string): readonly string[] {
  const [path = '', parameters = ''] = query.split('?')
  const [type = '', , member] = path.split('/')
  const inside = /^[A-Z]/.test(member ?? '') ? member! : undefined
  const asked = inside ?? (member === '*' || !/^[A-Z]/.test(type) ? wholeRecord : type)
  return [asked, ...includedParts(parameters)]
}

/** A reverse include names its type; what an include leads to it seldom tells. */
function includedParts(parameters: string): readonly string[] {
  const found: string[] = []
  for (const [name, value] of new URLSearchParams(parameters)) {
    const [code] = name.split(':')
    const [type, , target] = value.split(':')
    if (code === '_revinclude' && type) found.push(type)
    if (code === '_include') found.push(target ?? whatIsLinked)
  }
  return found
}
