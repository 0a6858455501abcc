/**
 * App state: what apps keep for themselves, at a base of its own, for it is not part of the record.
 * https://hl7.org/fhir/smart-app-launch/STU2.2/app-state.html
 */
import { randomUUID } from 'node:crypto'
import type { GrantAccess } from '../../access/access.ts'
import type { Interaction } from '../../access/scope.ts'
import type { Context } from '../../context.ts'
import { OutcomeError } from '../../fhir/outcome.ts'
import { type FhirReply, type FhirRequest, versionToMatch } from '../../fhir/request.ts'
import {
  type AppState,
  addState,
  changeState,
  findState,
  findStates,
  removeState,
  type StateKey,
} from '../../store/smart/app-states.ts'
import { findClient } from '../../store/smart/clients.ts'
import { readState, relativeSubject, writeState } from './basic.ts'
import { stateProblem, type WantedState } from './permission.ts'

/** The segment of the path below which app state is: `/fhir/$smart-app-state/Basic`. */
export const appStateSegment = '$smart-app-state'

/** Bytes of a resource as it is sent. */
const largest = 256 * 1024
/** Resources of one app, one code and one subject. */
const mostPerCode = 20

/** Any request below `$smart-app-state`. */
export async function appState(request: FhirRequest, context: Context): Promise<FhirReply> {
  const [, type, id, ...more] = request.path
  const isSearch = id === '_search' && request.method === 'POST'
  const handlers = type === 'Basic' && more.length === 0 ? (id === undefined || isSearch ? ofAll : ofOne) : undefined
  if (!handlers) throw new OutcomeError('unknown-path', { path: request.path.join('/') })
  const { access } = context
  if (access.kind === 'open') throw new OutcomeError('token-required')
  const method = isSearch ? 'GET' : request.method
  const handler = Object.hasOwn(handlers, method) ? handlers[method] : undefined
  if (!handler) {
    const allowed = Object.keys(handlers).join(', ')
    throw new OutcomeError('method-not-allowed', { method: request.method, allowed })
  }
  return handler(request, context, access)
}

type Handler = (request: FhirRequest, context: Context, access: GrantAccess) => Promise<FhirReply>

const ofAll: Readonly<Record<string, Handler>> = { GET: search, POST: create }
const ofOne: Readonly<Record<string, Handler>> = { GET: read, PUT: update, DELETE: remove }

async function search({ query }: FhirRequest, context: Context, access: GrantAccess): Promise<FhirReply> {
  const { store, base } = context
  const wanted = wantedBy(new URLSearchParams(query), base)
  const key = await keyOf(wanted, 's', context, access)
  const states = await findStates(store.database, key)
  const entry = states.map((state) => ({
    fullUrl: `${base}/${place(state)}`,
    resource: resourceOf(state, context),
    search: { mode: 'match' },
  }))
  const link = [{ relation: 'self', url: `${base}/${appStateSegment}/Basic?${query}` }]
  const bundle = { resourceType: 'Bundle', type: 'searchset', total: entry.length, link }
  return { status: 200, content: JSON.stringify({ ...bundle, ...(entry.length > 0 && { entry }) }) }
}

/** `code=system|code` with `subject=…` or `subject:missing=true`. */
function wantedBy(parameters: URLSearchParams, base: string): WantedState {
  const codes = parameters.getAll('code')
  const [code = ''] = codes
  const bar = code.lastIndexOf('|')
  const reason = `App state is searched by code=system|code with subject=${base}/Type/id or subject:missing=true.`
  const extra = [...parameters.keys()].find((name) => !['code', 'subject', 'subject:missing', '_format'].includes(name))
  if (codes.length !== 1 || bar < 1 || extra !== undefined) throw new OutcomeError('invalid-search', { reason })
  const subjects = parameters.getAll('subject')
  const isOfAll = parameters.get('subject:missing') === 'true'
  const subject = subjects.length === 1 && !isOfAll ? relativeSubject(subjects[0]!, base) : undefined
  if (subject === undefined && (!isOfAll || subjects.length > 0)) throw new OutcomeError('invalid-search', { reason })
  return { system: code.slice(0, bar), code: code.slice(bar + 1), subject: subject ?? null }
}

async function create(request: FhirRequest, context: Context, access: GrantAccess): Promise<FhirReply> {
  const sent = sentState(request, context)
  const key = await keyOf(sent, 'c', context, access)
  const id = randomUUID()
  const now = context.now()
  const sealed = context.sealer.seal(sent.extension, purposeOf(id))
  const state = await addState(context.store.database, key, { id, sealed, now, most: mostPerCode })
  if (!state) {
    const reason = `There are ${mostPerCode} resources of this code and subject already: change or delete one of them.`
    throw new OutcomeError('rule-violated', { reason })
  }
  return changed(201, state, context)
}

async function read({ path }: FhirRequest, context: Context, access: GrantAccess): Promise<FhirReply> {
  const state = await ownState(path[2]!, 's', context, access)
  if (!state) throw new OutcomeError('resource-not-found', { reference: `Basic/${path[2]}` })
  return { status: 200, content: JSON.stringify(resourceOf(state, context)), version: state.version }
}

async function update(request: FhirRequest, context: Context, access: GrantAccess): Promise<FhirReply> {
  const id = request.path[2]!
  const sent = sentState(request, context)
  if (sent.id !== id) {
    throw new OutcomeError('rule-violated', { reason: `Basic.id must be '${id}', as in the URL.` })
  }
  const version = demandedVersion(request)
  const key = await keyOf(sent, 'u', context, access)
  if (!(await ownState(id, 'u', context, access))) throw failed(id)
  const sealed = context.sealer.seal(sent.extension, purposeOf(id))
  const change = { sealed, now: context.now() }
  const state = await changeState(context.store.database, { id, version, key }, change)
  if (!state) throw failed(id)
  return changed(200, state, context)
}

async function remove(request: FhirRequest, context: Context, access: GrantAccess): Promise<FhirReply> {
  const id = request.path[2]!
  const version = demandedVersion(request)
  if (!(await ownState(id, 'd', context, access))) throw failed(id)
  if (!(await removeState(context.store.database, { id, version }))) throw failed(id)
  return { status: 204 }
}

function sentState({ body, text }: FhirRequest, { base }: Context) {
  const size = Buffer.byteLength(text?.() ?? JSON.stringify(body) ?? '')
  if (size > largest) throw new OutcomeError('body-too-large', { limit: largest })
  return readState(body, base)
}

/** If-Match is needed, so that two devices do not undo what the other has kept. */
function demandedVersion({ headers, path }: FhirRequest): number {
  const { ifMatch } = headers
  const version = ifMatch === undefined ? undefined : versionToMatch(ifMatch)
  if (typeof version === 'number') return version
  const reason = `Send If-Match with the version of Basic/${path[2]} that this replaces, such as W/"1".`
  throw new OutcomeError('state-conflict', { reason })
}

function failed(id: string): OutcomeError {
  const reason = `Basic/${id} is not there in that version, with that code and subject. Search for it again.`
  return new OutcomeError('state-conflict', { reason })
}

/** The state of an id, if it is the client's and it may be used so. */
async function ownState(id: string, need: Interaction, context: Context, access: GrantAccess) {
  if (!/^[0-9a-f-]{36}$/.test(id)) return undefined
  const state = await findState(context.store.database, id)
  if (!state) return undefined
  const isAllowed = stateProblem(access.caller, state, need, access.isAdministrator) === undefined
  return isAllowed && state.client === (await ownerOf(state, context, access)) ? state : undefined
}

async function keyOf(wanted: WantedState, need: Interaction, context: Context, access: GrantAccess): Promise<StateKey> {
  const reason = stateProblem(access.caller, wanted, need, access.isAdministrator)
  if (reason !== undefined) throw new OutcomeError('state-forbidden', { reason })
  const { system, code, subject } = wanted
  return { client: await ownerOf(wanted, context, access), system, code, subject }
}

/** An app has its state for itself, unless an administrator lets it share that of a system. */
async function ownerOf({ system }: WantedState, { store }: Context, { client }: GrantAccess): Promise<string | null> {
  const shared = (await findClient(store.database, client))?.metadata['app_state_systems']
  return Array.isArray(shared) && shared.includes(system) ? null : client
}

function changed(status: number, state: AppState, context: Context): FhirReply {
  const content = JSON.stringify(resourceOf(state, context))
  return { status, content, version: state.version, location: place(state), preferable: true }
}

function place({ id }: AppState): string {
  return `${appStateSegment}/Basic/${id}`
}

function resourceOf(state: AppState, { sealer, base }: Context) {
  return writeState(state, sealer.open(state.sealed, purposeOf(state.id)), base)
}

function purposeOf(id: string): string {
  return `app-state:${id}`
}
