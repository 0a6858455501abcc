/** Accounts without an invitation: staff say whose they are, in a Task that appears for them. Nothing is guessed. */
import type { JsonObject } from '../../fhir/json.ts'
import {
  addLinkRequest,
  decideLinkRequest,
  findLinkRequest,
  type LinkRequest,
  type LinkState,
  noteTask,
  waitingRequest,
} from '../../store/accounts/link-requests.ts'
import { instantOf } from './account-notice.ts'
import type { RecordPowers } from './account-powers.ts'
import { secondsToWait } from './rate-limit.ts'
import { tellOwners } from './tell-owners.ts'

/** What the person says about themselves. */
export interface LinkClaim {
  readonly name: string
  /** YYYY-MM-DD. */
  readonly birthDate: string
  /** How staff may reach them, and what helps to find them. */
  readonly note?: string
}

export type LinkAsked =
  | { readonly kind: 'waiting'; readonly task: string }
  | { readonly kind: 'unverified' }
  /** It is known already whose the account is. */
  | { readonly kind: 'linked' }
  | { readonly kind: 'later'; readonly seconds: number }

/** Asked again while it waits, it is the same request. */
export async function requestLink(powers: RecordPowers, account: string, claim: LinkClaim): Promise<LinkAsked> {
  const { database, directory, record, now, audit } = powers
  const found = await directory.find(database, account)
  if (!found?.emailVerified || found.state !== 'active') return { kind: 'unverified' }
  if (found.fhirUser !== undefined) return { kind: 'linked' }
  const seconds = await secondsToWait(powers, 'link-request', account)
  if (seconds > 0) return { kind: 'later', seconds }

  const request = await addLinkRequest(database, account, now())
  if (request.task !== null) return { kind: 'waiting', task: request.task }
  const identifier = { system: taskSystem, value: request.number }
  const task = await record.add(linkTask(claim, found.username, now()), identifier)
  await noteTask(database, request.number, task)
  await audit(database, { kind: 'link-requested', account })
  return { kind: 'waiting', task }
}

export type LinkDecided = 'approved' | 'refused' | 'unknown-person' | 'other-person' | 'gone'

/**
 * Staff (`by`) say that the account is `fhirUser`'s, or, where that is absent, that they cannot tell. `gone`: it was decided
 * before. `other-person`: the account has become somebody's, or may not be linked.
 */
export async function decideLink(
  powers: RecordPowers,
  number: string,
  { by, fhirUser }: { readonly by: string; readonly fhirUser?: string },
): Promise<LinkDecided> {
  const { database, record } = powers
  if (fhirUser !== undefined) {
    const person = /^Patient\/[A-Za-z0-9.-]{1,64}$/.test(fhirUser) ? await record.read(fhirUser) : undefined
    if (!person || person['active'] === false) return 'unknown-person'
  }
  const request = await findLinkRequest(database, number)
  if (request?.state !== 'waiting') return 'gone'
  const decided = await decide(powers, request, by, fhirUser)
  if (decided === 'approved' || decided === 'refused') await closeTask(powers, request, decided, fhirUser)
  return decided
}

/** Ends the request of an account that has been linked in another way. */
export async function withdrawLinkRequest(powers: RecordPowers, account: string): Promise<void> {
  const { database, now } = powers
  const request = await waitingRequest(database, account)
  if (!request) return
  await decideLinkRequest(database, request.number, { state: 'withdrawn', by: account }, now())
  await closeTask(powers, request, 'withdrawn')
}

export const taskSystem = 'urn:candela:link-request'

/** https://hl7.org/fhir/R4/task.html */
export function linkTask({ name, birthDate, note }: LinkClaim, username: string, now: number): JsonObject {
  const input = { 'User name': username, Name: name, 'Date of birth': birthDate, ...(note && { Note: note }) }
  return {
    resourceType: 'Task',
    status: 'requested',
    intent: 'order',
    code: { coding: [{ system: 'urn:candela:task', code: 'link-account' }], text: 'Say whose an account is' },
    description:
      'Somebody has made an account and says who they are. Check it with them before you link it to a patient.',
    authoredOn: new Date(now).toISOString(),
    input: Object.entries(input).map(([text, value]) => ({ type: { text }, valueString: value })),
  }
}

async function decide(
  powers: RecordPowers,
  { number, account }: LinkRequest,
  by: string,
  fhirUser: string | undefined,
): Promise<LinkDecided> {
  const { database, directory, now, notify, audit, links } = powers
  const state = fhirUser === undefined ? 'refused' : 'approved'
  try {
    return await database.transaction(async (tx) => {
      const others = fhirUser === undefined ? [] : await directory.ofPerson(tx, fhirUser)
      const decision = { state, by, ...(fhirUser !== undefined && { fhirUser }) } as const
      if (!(await decideLinkRequest(tx, number, decision, now()))) return 'gone'
      if (fhirUser !== undefined && !(await directory.link(tx, account, fhirUser))) throw new OtherPersonError()
      const patient = fhirUser?.slice('Patient/'.length)
      await audit(tx, { kind: 'link-decided', account, by, detail: state, ...(patient !== undefined && { patient }) })
      const owner = await directory.find(tx, account)
      if (owner?.email !== undefined && owner.emailVerified) {
        const { email, language } = owner
        const parameters = { when: instantOf(now()), link: links.signIn }
        const approved = { template: 'account-linked', parameters, language } as const
        const refused = { template: 'link-refused', parameters: {}, language } as const
        await notify(tx, email, state === 'approved' ? approved : refused)
      }
      await tellOwners(powers, tx, others, 'account-activated')
      return state
    })
  } catch (error) {
    if (error instanceof OtherPersonError) return 'other-person'
    throw error
  }
}

/** Undoes what was begun: the account has become somebody else's meanwhile, or may not be linked. */
export class OtherPersonError extends Error {}

const taskStatus: Readonly<Record<Exclude<LinkState, 'waiting'>, string>> = {
  approved: 'completed',
  refused: 'rejected',
  withdrawn: 'cancelled',
}

/** The decision stands whatever becomes of the Task. */
async function closeTask(
  { record, now }: RecordPowers,
  { task }: LinkRequest,
  state: Exclude<LinkState, 'waiting'>,
  fhirUser?: string,
): Promise<void> {
  if (task === null) return
  await record.change(task, (resource) => ({
    ...resource,
    status: taskStatus[state],
    ...(fhirUser !== undefined && { for: { reference: fhirUser } }),
    lastModified: new Date(now()).toISOString(),
  }))
}
