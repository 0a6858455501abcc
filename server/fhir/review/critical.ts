/** Critical values, and the Tasks by which somebody is made to take notice of them. Pure. */
import type { JsonObject } from '../json.ts'
import { criticalFlags, flagIn } from '../results/interpretation.ts'
import { codesIn, objectIn, objectsIn, referenceIn, textIn, wordsIn } from '../results/reading.ts'
import { withLabel } from './labels.ts'

const taskSystem = 'urn:candela:task'
const taskCode = 'critical-result'
const stateSystem = 'urn:candela:critical-result'

/** Finds the tasks that wait for somebody, those that wait longest first. */
export const openTasks = `code=${taskSystem}|${taskCode}&status=requested&_sort=authored-on`

/** Of these, what was not passed on yet. */
export const waitingTasks = `${openTasks}&business-status:not=${stateSystem}|escalated`

const certain: ReadonlySet<string> = new Set(['final', 'corrected', 'amended'])
const changed: ReadonlySet<string> = new Set(['corrected', 'amended', 'cancelled', 'entered-in-error'])

/** What a version of an Observation means for its task: it is asked for, or not needed any more; undefined where nothing. */
export function taskNeed(resource: JsonObject): 'ask' | 'withdraw' | undefined {
  if (resource['resourceType'] !== 'Observation') return undefined
  const status = String(resource['status'])
  const flag = flagIn(resource['interpretation'])
  if (certain.has(status) && flag && criticalFlags.has(flag)) return 'ask'
  return changed.has(status) ? 'withdraw' : undefined
}

export interface CriticalTask {
  /** `Observation/17` */
  readonly focus: string
  readonly observation: JsonObject
  /** Whose task it is: `Practitioner/1`; of the whole role where nobody is known. */
  readonly owner: string | undefined
  /** Milliseconds. */
  readonly now: number
  /** When it is passed on. */
  readonly due: number
}

/** Kept from patients: it is work of the staff, and tells of a result that may be held. */
export function criticalTask({ focus, observation, owner, now, due }: CriticalTask): JsonObject {
  const patient = referenceIn(observation['subject'])
  const time = new Date(now).toISOString()
  const what = wordsIn(observation['code'])
  const task: JsonObject = {
    resourceType: 'Task',
    status: 'requested',
    intent: 'order',
    priority: 'stat',
    code: { coding: [{ system: taskSystem, code: taskCode }], text: 'Acknowledge a critical result' },
    ...(what !== undefined && { description: what }),
    focus: { reference: focus },
    ...(patient !== undefined && { for: { reference: patient } }),
    authoredOn: time,
    lastModified: time,
    ...(owner === undefined ? wholeRole : { owner: { reference: owner } }),
    restriction: { period: { end: new Date(due).toISOString() } },
  }
  return withLabel(task, 'held')
}

/** Ended, by somebody or because there is nothing left to take notice of; what has ended stays as it is. */
export function endedTask(
  task: JsonObject,
  {
    status,
    person,
    now,
  }: { readonly status: 'completed' | 'cancelled'; readonly person?: string; readonly now: number },
): JsonObject {
  if (task['status'] !== 'requested') return task
  const time = new Date(now).toISOString()
  return {
    ...task,
    ...(person !== undefined && { owner: { reference: person } }),
    status,
    lastModified: time,
    executionPeriod: { end: time },
  }
}

export function isDue(task: JsonObject, now: number): boolean {
  const end = textIn(objectIn(objectIn(task['restriction'])?.['period'])?.['end'])
  return end !== undefined && Date.parse(end) <= now
}

/** Passed on to the next in line, once. */
export function escalatedTask(task: JsonObject, next: string | undefined, now: number): JsonObject {
  const isEscalated = codesIn(task['businessStatus']).some(({ system }) => system === stateSystem)
  if (isEscalated || task['status'] !== 'requested' || !isDue(task, now)) return task
  const { owner: before, ...rest } = task
  const was = referenceIn(before)
  return {
    ...rest,
    ...(next === undefined || next === was ? wholeRole : { owner: { reference: next } }),
    businessStatus: { coding: [{ system: stateSystem, code: 'escalated' }] },
    lastModified: new Date(now).toISOString(),
    ...(was !== undefined && {
      note: [...objectsIn(task['note']), { time: new Date(now).toISOString(), text: `Nobody answered: was ${was}.` }],
    }),
  }
}

const wholeRole: JsonObject = {
  performerType: [
    { coding: [{ system: 'http://snomed.info/sct', code: '158965000', display: 'Medical practitioner' }] },
  ],
}
