/** Secure messages between patients and the clinic, and the tasks of its staff. */
import type { Communication, Patient, Practitioner, Reference, RelatedPerson, Resource, Task } from '@medplum/fhirtypes'
import { type Day, dateText, instantText } from '../calendar.ts'
import { clinicianReference, organizationReference, type Person, patientReference } from '../chart.ts'
import { coding, hl7, reference } from '../elements.ts'
import { proxyId } from '../people/people.ts'
import { type MessageRow, type TaskRow, type ThreadRow, tasks, threads } from '../tables/messages.ts'
import type { Visit } from '../visit-plan.ts'

/** `record` is what was made so far: some tasks are about a result that stands in it. */
export function messageResources(
  people: readonly Person[],
  visits: readonly Visit[],
  record: readonly Resource[],
): Resource[] {
  const seen = (person: Person) => visits.filter((visit) => visit.person === person).sort((a, b) => a.day - b.day)
  const find = (key: string) => people.find((person) => person.key === key)!
  return [
    ...threads.flatMap((row) => thread(find(row.person), row, seen(find(row.person)))),
    ...tasks.map((row) => task(find(row.person), row, seen(find(row.person)), record)),
  ]
}

function thread(person: Person, row: ThreadRow, visits: readonly Visit[]): Communication[] {
  return row.messages.map((message, index) => {
    const day = dayOfRow(person, message, visits)
    const id = (number: number) => `demo-message-${person.key}-${row.key}-${number}`
    const sent = instantText(day, message.from === 'patient' ? 1130 + index : 1070 + index)
    const unread = message.from === 'patient' && index === row.messages.length - 1 && row.messages.length === 1
    const [sender, recipient] =
      message.from === 'patient'
        ? [speaker(person), clinicianReference(person.clinician)]
        : [clinicianReference(person.clinician), speaker(person)]
    return {
      resourceType: 'Communication',
      id: id(index + 1),
      ...(index > 0 && {
        partOf: [reference(`Communication/${id(1)}`)],
        inResponseTo: [reference<Communication>(`Communication/${id(index)}`)],
      }),
      status: 'completed',
      category: [hl7('communication-category', 'notification', 'Notification')],
      priority: 'routine',
      medium: [hl7('v3-ParticipationMode', 'WRITTEN', 'written')],
      subject: patientReference(person),
      topic: { text: row.subject },
      sent,
      ...(!unread && { received: sent }),
      recipient: [recipient],
      sender,
      payload: [{ contentString: message.text }],
    }
  })
}

/** Children are spoken for by their guardian. */
function speaker(person: Person): Reference<Patient | RelatedPerson> {
  const proxy = person.row.guardian && proxyId(person.row)
  return proxy ? reference<RelatedPerson>(`RelatedPerson/${proxy}`) : patientReference(person)
}

function dayOfRow(person: Person, row: Pick<MessageRow, 'daysAgo' | 'atVisit'>, visits: readonly Visit[]): Day {
  if (row.atVisit !== undefined) return visits.at(-row.atVisit)!.day
  return person.today - (row.daysAgo ?? 1)
}

function task(person: Person, row: TaskRow, visits: readonly Visit[], record: readonly Resource[]): Task {
  const day = dayOfRow(person, row, visits)
  const done = ['completed', 'rejected'].includes(row.status)
  const focus = focusOf(person, row, record)
  return {
    resourceType: 'Task',
    id: `demo-task-${row.person}-${row.key}`,
    status: row.status,
    intent: 'order',
    priority: row.priority,
    code: {
      coding: [coding('http://hl7.org/fhir/CodeSystem/task-code', 'fulfill', 'Fulfill the focal request')],
      text: row.what,
    },
    description: row.what,
    ...(focus && { focus: reference(focus) }),
    for: patientReference(person),
    authoredOn: instantText(day, 1020),
    lastModified: instantText(day, done ? 1040 : 1020),
    requester: row.owner === 'patient' ? organizationReference('clinic') : requester(person, row),
    owner: ownerOf(person, row),
    ...(row.dueInDays !== undefined && { restriction: { period: { end: dateText(person.today + row.dueInDays) } } }),
    ...(row.note && { note: [{ text: row.note }] }),
  }
}

/** Refills and changes are asked for by the patient, the rest by the clinic's own staff. */
function requester(person: Person, row: TaskRow): NonNullable<Task['requester']> {
  return row.what.startsWith('Refill') || row.key === 'new-address'
    ? patientReference(person)
    : organizationReference('clinic')
}

function ownerOf(person: Person, row: TaskRow): NonNullable<Task['owner']> {
  const owners: Record<TaskRow['owner'], NonNullable<Task['owner']>> = {
    clinician: clinicianReference(person.clinician) as Reference<Practitioner>,
    clinic: organizationReference('clinic'),
    patient: patientReference(person),
    pharmacy: organizationReference('pharmacy'),
  }
  return owners[row.owner]
}

function focusOf(person: Person, row: TaskRow, record: readonly Resource[]): string | undefined {
  const wanted = row.focus && findings[row.focus]
  if (!wanted) return row.focus
  const subject = patientReference(person).reference
  const found = record.findLast((resource) => wanted(resource, subject))
  return found && `${found.resourceType}/${found.id}`
}

/** Results that tasks are about, by what stands out in them. */
const findings: Readonly<Record<string, (resource: Resource, subject: string | undefined) => boolean>> = {
  critical: (resource, subject) =>
    resource.resourceType === 'Observation' &&
    resource.subject?.reference === subject &&
    resource.interpretation?.[0]?.coding?.[0]?.code === 'HH',
  culture: (resource, subject) =>
    resource.resourceType === 'DiagnosticReport' &&
    resource.subject?.reference === subject &&
    resource.status === 'preliminary',
}
