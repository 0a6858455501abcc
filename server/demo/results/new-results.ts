/** Results that came yesterday and wait for the family doctor: one is critical, one is kept from its patient until then. */
import type { Coding, Observation, Resource, Task } from '@medplum/fhirtypes'
import { instantText } from '../calendar.ts'
import { clinicianReference, type Person, patientReference } from '../chart.ts'
import { coding, referenceTo } from '../elements.ts'
import { idPart } from '../record/problems.ts'
import { type NewResult, newResults } from '../tables/result-exceptions.ts'
import type { Visit } from '../visit-plan.ts'
import { counter, resultsOf } from './results.ts'

const sampledAt = 480
const toldAt = 1010

/** As the server labels what patients do not see yet, and codes what must be acknowledged. */
const held: Coding = { system: 'urn:candela:result-review', code: 'held' }
const criticalResult = coding('urn:candela:task', 'critical-result', 'Critical result')

/** What is new of one person, with the task about what is critical. */
export function newResultResources(person: Person): Resource[] {
  return newResults.filter((row) => row.person === person.key).flatMap((row) => found(person, row))
}

function found(person: Person, { panel, told, isHeld }: NewResult): Resource[] {
  const visit: Visit = {
    ...{ key: `${person.key}-new`, person, day: person.today - 1, minute: sampledAt, clinician: person.clinician },
    ...{ kind: 'followUp', location: 'main', reason: '', problems: [], panels: [panel], isSampleOnly: true },
  }
  const observationId = (_: Visit, key: string) => `demo-obs-${person.key}-new-${idPart(key)}`
  const made = resultsOf(visit, { numbers: counter(), last: new Map(), observationId, told })
  const kept = isHeld ? made.map(withHeld) : made
  return [...kept, ...kept.filter(isCritical).map((observation) => taskAbout(observation, visit))]
}

function withHeld(resource: Resource): Resource {
  const isResult = resource.resourceType === 'Observation' || resource.resourceType === 'DiagnosticReport'
  return isResult ? { ...resource, meta: { ...resource.meta, security: [held] } } : resource
}

function isCritical(resource: Resource): resource is Observation {
  return resource.resourceType === 'Observation' && resource.interpretation?.[0]?.coding?.[0]?.code === 'HH'
}

function taskAbout(observation: Observation, { person, day, clinician }: Visit): Task {
  const time = instantText(day, toldAt)
  return {
    resourceType: 'Task',
    id: `demo-task-${person.key}-new-critical`,
    meta: { security: [held] },
    status: 'requested',
    intent: 'order',
    priority: 'stat',
    code: { coding: [criticalResult], text: 'Acknowledge a critical result' },
    description: observation.code.text!,
    focus: referenceTo(observation),
    for: patientReference(person),
    authoredOn: time,
    lastModified: time,
    owner: clinicianReference(clinician),
    // A demo is looked at when there is time: nothing is passed on before.
    restriction: { period: { end: instantText(person.today + 2, toldAt) } },
  }
}
