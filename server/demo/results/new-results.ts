/** Results that came yesterday and wait for the family doctor: one is critical, one is kept from its patient until then. */
import type { Resource, Task } from '@medplum/fhirtypes'
import type { JsonObject } from '../../fhir/json.ts'
import { criticalTask, taskNeed } from '../../fhir/review/critical.ts'
import { withLabel } from '../../fhir/review/labels.ts'
import { instantText } from '../calendar.ts'
import { clinicianReference, type Person } from '../chart.ts'
import { idPart } from '../record/problems.ts'
import { type NewResult, newResults } from '../tables/result-exceptions.ts'
import type { Visit } from '../visit-plan.ts'
import { counter, resultsOf } from './results.ts'

const sampledAt = 480
const toldAt = 1010

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
  const kept = isHeld ? made.map(held) : made
  return [...kept, ...kept.flatMap((resource) => taskAbout(resource, visit))]
}

function held(resource: Resource): Resource {
  const isResult = resource.resourceType === 'Observation' || resource.resourceType === 'DiagnosticReport'
  return isResult ? (withLabel(resource as unknown as JsonObject, 'held') as unknown as Resource) : resource
}

function taskAbout(resource: Resource, { person, day, clinician }: Visit): Task[] {
  const observation = resource as unknown as JsonObject
  if (taskNeed(observation) !== 'ask') return []
  const task = criticalTask({
    focus: `Observation/${resource.id}`,
    observation,
    owner: clinicianReference(clinician).reference,
    now: Date.parse(instantText(day, toldAt)),
    // A demo is looked at when there is time: nothing is passed on before.
    due: Date.parse(instantText(person.today + 2, toldAt)),
  })
  return [{ ...(task as unknown as Task), id: `demo-task-${person.key}-new-critical` }]
}
