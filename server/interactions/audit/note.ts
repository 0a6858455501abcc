/** Notes who accessed what: around every interaction and operation, and for what is none of them. */
import type { Access } from '../../access/access.ts'
import type { Caller } from '../../access/caller.ts'
import type { Context } from '../../context.ts'
import { addPatientsIn } from '../../fhir/audit/patients.ts'
import { type AuditedCaller, type AuditRecord, type OtherEvent, packRecord } from '../../fhir/audit/record.ts'
import { OutcomeError } from '../../fhir/outcome.ts'
import type { FhirReply, FhirRequest, RequestSource } from '../../fhir/request.ts'

/** Where a request comes from, and what of it is under way. */
export interface Origin {
  readonly who: AuditedCaller
  readonly address: string
  /** The id of the request. */
  readonly request: string | undefined
  readonly call?: Call
}

/** An interaction under way. */
interface Call {
  readonly code: string
  /** Something was written, which is noted with it. */
  wrote: boolean
  /** The patients whose data was seen. */
  readonly patients: Set<string>
}

const known = new WeakMap<Caller, AuditedCaller>()

/** The origin of a request with an access; undefined where nobody has said who it is. */
function originOf(access: Access, from: RequestSource | undefined): Origin | undefined {
  if (access.kind === 'open' || !from) return undefined
  const { caller } = access
  let who = known.get(caller)
  if (!who) {
    who = auditedCaller(caller)
    known.set(caller, who)
  }
  return { who, address: from.address, request: from.id }
}

function auditedCaller({ client, grant, account, patient, scopes, purposeOfUse, behindGlass }: Caller): AuditedCaller {
  const isOfPatient = patient !== undefined && !scopes.some((scope) => /^(?:user|system)\//.test(scope))
  const represents =
    patient !== undefined && account?.patients.includes(patient) && account.fhirUser !== `Patient/${patient}`
  return {
    client,
    ...(grant !== '' && { grant }),
    ...(account && { account: account.number, roles: account.roles }),
    ...(account?.fhirUser !== undefined && { user: account.fhirUser }),
    ...(purposeOfUse !== undefined && { purpose: purposeOfUse }),
    ...(behindGlass && { purposeOf: behindGlass }),
    ...(isOfPatient && { patient }),
    ...(represents && { onBehalfOf: patient }),
  }
}

/** Interactions that tell nothing of anybody, and Bundles, whose entries are told one by one. */
const untold = new Set(['capabilities', 'transaction'])

/**
 * Interactions whose replies tell all that is to be noted: they need not know where they come from. Binaries do not say
 * whose they are.
 */
const toldByReply = new Set([
  ...['read', 'vread', 'history-instance', 'history-type', 'history-system'],
  ...['search-type', 'search-system', 'search-compartment'],
])

/** Carries out an interaction and notes it; a write has noted itself. */
export async function audited(
  code: string,
  request: FhirRequest,
  context: Context,
  carryOut: (context: Context) => Promise<FhirReply>,
): Promise<FhirReply> {
  const { audit } = context
  const origin = audit && (context.origin ?? originOf(context.access, request.from))
  if (!audit || !origin) return carryOut(context)
  const call: Call = { code, wrote: false, patients: new Set() }
  const auditBehind = asksForAudit(request, context) ? await audit.settle(mostSettling) : undefined
  try {
    const inner = auditBehind === undefined ? context : { ...context, auditBehind }
    const isTold = toldByReply.has(code) && request.path[0] !== 'Binary'
    const reply = await carryOut(isTold ? inner : { ...inner, origin: { ...origin, call } })
    const done = call.wrote && code !== 'operation'
    if (!done && !untold.has(code) && !reply.isUntold) {
      if (reply.content !== undefined) addPatientsIn(reply.content, context.base, call.patients)
      audit.note(recordOf(request, origin, call, context.now(), reply.status))
    }
    return reply
  } catch (error) {
    const [status, fault] =
      error instanceof OutcomeError ? [error.status, error.issues[0]!.code] : ([500, 'internal'] as const)
    audit.note(recordOf(request, origin, call, context.now(), status, fault))
    throw error
  }
}

/** Milliseconds that whoever asks for AuditEvents waits for those that are not made yet. */
const mostSettling = 4000

/** What was asked for is there, whatever waits; a transaction does not wait for what another would have to store. */
function asksForAudit({ path, query, body }: FhirRequest, { store }: Context): boolean {
  if (store.db !== store.database) return false
  const [type, , member] = path
  if (type === 'AuditEvent' || member === 'AuditEvent' || member === '*' || member === '$everything') return true
  if (type === undefined || type === '_search' || type === '_history') return body === undefined
  if (type === '$graphql' || type === '$verify-audit' || member === '$graphql') return true
  return query.includes('AuditEvent')
}

/** Made for every request, and so without what would be copied. */
function recordOf(
  { path, query }: FhirRequest,
  { who, address, request }: Origin,
  { code, patients }: Call,
  t: number,
  status: number,
  fault?: string,
): AuditRecord {
  const [type, id] = path
  // Most of what is asked for, which is told in little.
  if (code === 'read') return { t, who, address, request, code, what: `${type}/${id}`, status, fault, patients }
  const place = path.join('/')
  const last = path.at(-1)
  const operation = last?.startsWith('$') ? last.slice(1) : undefined
  const isOfOne = type !== undefined && id !== undefined && !/^[$_]/.test(id) && !code.startsWith('search')
  const isPlain = isOfOne && operation === undefined && (code !== 'history-instance' || query === '')
  return {
    t,
    who,
    address,
    request,
    code: code,
    what: !isOfOne ? undefined : code === 'vread' ? place : `${type}/${id}`,
    operation,
    query: isPlain ? undefined : query === '' ? place : `${place}?${query}`,
    status,
    fault,
    patients,
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
  return packRecord({
    t: now(),
    who,
    address,
    request,
    code: asked,
    what,
    status: code === 'create' ? 201 : 200,
    patients,
  })
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
