/** Notes who accessed what: around every interaction and operation, and for what is none of them. */
import type { Access } from '../../access/access.ts'
import type { Caller } from '../../access/caller.ts'
import type { Context } from '../../context.ts'
import { addPatientsIn } from '../../fhir/audit/patients.ts'
import { type AuditedCaller, type AuditRecord, type OtherEvent, packRecords } from '../../fhir/audit/record.ts'
import { OutcomeError } from '../../fhir/outcome.ts'
import type { FhirReply, FhirRequest } from '../../fhir/request.ts'

/** Where a request comes from, and what of it is under way. */
export interface Origin {
  readonly who: AuditedCaller
  readonly address: string
  /** The id of the request. */
  readonly request: string
  readonly call?: Call
}

/** An interaction under way. */
interface Call {
  readonly code: string
  /** Something was written, which is noted with it. */
  wrote: boolean
  /** The patients whose data was seen, where the answer does not tell. */
  readonly patients: Set<string>
}

const known = new WeakMap<Caller, AuditedCaller>()

/** The origin of a request with an access; undefined where nobody has said who it is. */
export function originOf(access: Access, address: string, request: string): Origin | undefined {
  if (access.kind === 'open') return undefined
  const { caller } = access
  const who = known.get(caller) ?? auditedCaller(caller)
  known.set(caller, who)
  return { who, address, request }
}

function auditedCaller({ client, account, patient, scopes, purposeOfUse }: Caller): AuditedCaller {
  const isOfPatient = patient !== undefined && !scopes.some((scope) => /^(?:user|system)\//.test(scope))
  const represents =
    patient !== undefined && account?.patients.includes(patient) && account.fhirUser !== `Patient/${patient}`
  return {
    client,
    ...(account && { account: account.number, roles: account.roles }),
    ...(account?.fhirUser !== undefined && { user: account.fhirUser }),
    ...(purposeOfUse !== undefined && { purpose: purposeOfUse }),
    ...(isOfPatient && { patient }),
    ...(represents && { onBehalfOf: patient }),
  }
}

/** Interactions that tell nothing of anybody, and Bundles, whose entries are told one by one. */
const untold = new Set(['capabilities', 'transaction'])

/** Carries out an interaction and notes it; a write has noted itself. */
export async function audited(
  code: string,
  request: FhirRequest,
  context: Context,
  carryOut: (context: Context) => Promise<FhirReply>,
): Promise<FhirReply> {
  const { audit, origin } = context
  if (!audit || !origin) return carryOut(context)
  const call: Call = { code, wrote: false, patients: new Set() }
  if (asksForAudit(request) && context.store.db === context.store.database) await audit.settle()
  try {
    const reply = await carryOut({ ...context, origin: { ...origin, call } })
    const done = call.wrote && code !== 'operation'
    if (!done && !untold.has(code)) {
      if (reply.content !== undefined) addPatientsIn(reply.content, context.base, call.patients)
      audit.note(recordOf(request, origin, call, { t: context.now(), status: reply.status }))
    }
    return reply
  } catch (error) {
    const [status, fault] =
      error instanceof OutcomeError ? [error.status, error.issues[0]!.code] : ([500, 'internal'] as const)
    audit.note(recordOf(request, origin, call, { t: context.now(), status, fault }))
    throw error
  }
}

/** What was asked for is there, whatever waits. */
function asksForAudit({ path, query, body }: FhirRequest): boolean {
  const [type, , member] = path
  if (type === 'AuditEvent' || member === 'AuditEvent' || member === '*' || member === '$everything') return true
  if (type === undefined || type === '_search' || type === '_history') return body === undefined
  if (type === '$graphql' || type === '$verify-audit' || member === '$graphql') return true
  return query.includes('AuditEvent')
}

type Result = Pick<AuditRecord, 't' | 'status' | 'fault'>

function recordOf({ path, query }: FhirRequest, origin: Origin, call: Call, result: Result): AuditRecord {
  const last = path.at(-1)
  const operation = last?.startsWith('$') ? last.slice(1) : undefined
  const [type, id] = path
  const isOfOne = type !== undefined && id !== undefined && !/^[$_]/.test(id) && !call.code.startsWith('search')
  const isPlain = isOfOne && operation === undefined && (call.code !== 'history-instance' || query === '')
  const place = path.join('/')
  const asked = query === '' ? place : `${place}?${query}`
  return {
    ...result,
    who: origin.who,
    address: origin.address,
    request: origin.request,
    code: call.code,
    ...(isOfOne && { what: call.code === 'vread' ? place : `${type}/${id}` }),
    ...(operation !== undefined && { operation }),
    ...(!isPlain && asked !== '' && { query: asked }),
    ...(call.patients.size > 0 && { patients: [...call.patients] }),
  }
}

/** A patient's data is told although the answer does not name them. */
export function sawContent({ origin, base }: Context, content: string): void {
  if (origin?.call) addPatientsIn(content, base, origin.call.patients)
}

/**
 * What is noted in the transaction of a write; undefined where nothing is. `texts` are parts of the version, which tell
 * the patients.
 */
export function writeRecord(
  { audit, origin, base, now }: Context,
  what: string,
  code: 'create' | 'update' | 'delete',
  texts: readonly string[],
): string | undefined {
  if (!audit || !origin) return undefined
  const patients = new Set<string>()
  for (const text of texts) addPatientsIn(text, base, patients)
  const { who, address, request, call } = origin
  if (call) call.wrote = true
  const asked = call !== undefined && writes.has(call.code) ? call.code : code
  const record = { t: now(), who, address, request, code: asked, what, status: code === 'create' ? 201 : 200 }
  return packRecords([{ ...record, ...(patients.size > 0 && { patients: [...patients] }) }])
}

const writes = new Set(['create', 'update', 'patch', 'delete'])

/** What is to be told of an event that is no interaction. */
export interface EventFacts extends OtherEvent {
  readonly who?: AuditedCaller
  readonly address?: string
  readonly request?: string
  /** The patients concerned. */
  readonly patients?: readonly string[]
  /** The resource concerned: `Patient/1`. */
  readonly what?: string
  /** That it was refused, and why. */
  readonly fault?: string
}

/**
 * Notes a sign-in, a changed privilege, an export. It is written within milliseconds; `await context.audit.flush()` waits for
 * that. Who and where are those of the request, where they are not given.
 */
export function noteEvent({ audit, origin, now }: Context, facts: EventFacts): void {
  if (!audit) return
  const { type, subtype, action, text, ...given } = facts
  const { who = {}, address, request } = origin ?? {}
  const event: OtherEvent = {
    type,
    action,
    ...(subtype !== undefined && { subtype }),
    ...(text !== undefined && { text }),
  }
  audit.note({
    who,
    ...(address !== undefined && { address }),
    ...(request !== undefined && { request }),
    ...given,
    t: now(),
    code: event,
    status: facts.fault === undefined ? 200 : 400,
  })
}
