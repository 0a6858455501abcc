/** What an answer says about what was attempted. */
import type { Answer } from './client.ts'
import type { Operation } from './operation.ts'
import { type Attempt, carriedBy, type Request } from './requests.ts'

/** What an operation's log entry says besides who and when. */
export type Learned = Omit<Operation, 'client' | 'start' | 'words'>

/** An answer to one request, alone or in a Bundle. */
export interface OneAnswer {
  readonly status: number
  readonly etag?: string | undefined
  readonly location?: string | undefined
  readonly resource?: object | undefined
}

interface BundleAnswer {
  readonly entry?: readonly {
    readonly resource?: object
    readonly response?: { status: string; etag?: string; location?: string; outcome?: object }
  }[]
}

/** Statuses by which a well-formed request may be refused. */
const refusals = new Set([404, 409, 410, 412])

/** Whether the answer is one that a sound server gives to a well-formed request while nothing is broken. */
export function isExpected({ status }: OneAnswer): boolean {
  return (status >= 200 && status < 300) || refusals.has(status)
}

export function oneAnswer({ status, headers, text }: Answer): OneAnswer {
  return { status, etag: headers['etag'], location: headers['location'], resource: parsed(text) }
}

/** The answers to the entries of a Bundle; empty where the Bundle as a whole was refused. */
export function bundleAnswers({ text }: Answer): readonly OneAnswer[] {
  const { entry = [] } = (parsed(text) ?? {}) as BundleAnswer
  return entry.map(({ resource, response }) => ({
    status: Number(response?.status.slice(0, 3)),
    etag: response?.etag,
    location: response?.location,
    resource: resource ?? response?.outcome,
  }))
}

/** No answer, or one of 5xx: nobody knows. It may still happen later. */
export function nothingLearned(attempt: Attempt, answer?: OneAnswer): Learned {
  const said = answer && outcomeCode(answer)
  return { ...attempt, outcome: 'unknown', end: Number.POSITIVE_INFINITY, ...(said !== undefined && { said }) }
}

function outcomeCode({ resource }: OneAnswer): string | undefined {
  const { issue } = (resource ?? {}) as { issue?: { details?: { coding?: { code?: string }[] } }[] }
  return issue?.[0]?.details?.coding?.[0]?.code
}

export function learned({ attempt, ifNoneExist }: Request, answer: OneAnswer, end: number): Learned {
  if (answer.status >= 500) return nothingLearned(attempt, answer)
  if (attempt.act === 'read' || attempt.act === 'vread') return { ...attempt, end, ...whatWasRead(attempt, answer) }
  if (attempt.act === 'history') return { ...attempt, end, outcome: 'done', versions: versionsIn(answer) }
  if (answer.status >= 300) return { ...attempt, end, outcome: 'refused', ...conflict(answer) }
  const version = versionOf(answer)
  const made = { end, outcome: 'done', ...(version !== undefined && { version }) } as const
  if (attempt.act === 'delete') return { ...attempt, ...made }
  const resource = nameOf(answer) ?? attempt.resource
  // A conditional create that found something wrote nothing: it read.
  if (ifNoneExist === undefined || answer.status !== 200) return { ...attempt, ...made, resource }
  const { value: _mine, ...seen } = attempt
  const value = valueIn(answer)
  return { ...seen, act: 'read', ...made, resource, ...(value !== undefined && { value }) }
}

function whatWasRead(attempt: Attempt, answer: OneAnswer): Partial<Learned> & Pick<Learned, 'outcome'> {
  if (answer.status === 404) return { outcome: 'done', absent: 'never' }
  if (answer.status === 410) return { outcome: 'done', absent: 'deleted' }
  if (answer.status !== 200) return { outcome: 'refused' }
  const found = entriesOf(answer)
  if (found?.length === 0) return { outcome: 'done', absent: 'either' }
  const resource = found?.[0] ?? answer.resource
  const version = versionIn(resource)
  const value = resource && carriedBy(resource)
  return {
    outcome: 'done',
    ...(attempt.act === 'read' && version !== undefined && { version }),
    ...(value !== undefined && { value }),
  }
}

/** The resources of a searchset; undefined for what is none. */
function entriesOf({ resource }: OneAnswer): readonly object[] | undefined {
  const { resourceType, entry = [] } = (resource ?? {}) as BundleAnswer & { resourceType?: string }
  return resourceType === 'Bundle' ? entry.flatMap((one) => one.resource ?? []) : undefined
}

/** Newest first, deletions among them. */
function versionsIn({ resource, status }: OneAnswer): readonly number[] {
  if (status !== 200) return []
  const { entry = [] } = resource as BundleAnswer
  return entry.map(({ resource: one, response }) => versionIn(one) ?? Number(/\d+/.exec(response?.etag ?? '')?.[0]))
}

function versionIn(resource: object | undefined): number | undefined {
  const text = (resource as { meta?: { versionId?: string } } | undefined)?.meta?.versionId
  return text === undefined ? undefined : Number(text)
}

function versionOf({ etag, resource }: OneAnswer): number | undefined {
  const text = /^W\/"(\d+)"$/.exec(etag ?? '')?.[1]
  return text === undefined ? versionIn(resource) : Number(text)
}

function valueIn({ resource }: OneAnswer): string | undefined {
  return resource && carriedBy(resource)
}

function nameOf({ resource, location }: OneAnswer): string | undefined {
  const { resourceType, id } = (resource ?? {}) as { resourceType?: string; id?: string }
  if (resourceType === 'Patient' && id) return `Patient/${id}`
  return /(Patient\/[^/]+)(?:\/_history\/\d+)?$/.exec(location ?? '')?.[1]
}

/** A refusal by If-Match names the version that is there; nothing is learned from 0, for nothing is there. */
function conflict({ resource }: OneAnswer): { actual?: number } {
  const text = JSON.stringify(resource ?? {})
  const actual = Number(/is at version (\d+)/.exec(text)?.[1] ?? 0)
  return actual > 0 ? { actual } : {}
}

function parsed(text: string): object | undefined {
  try {
    return text === '' ? undefined : (JSON.parse(text) as object)
  } catch {
    return undefined
  }
}
