/**
 * The demo clinic: sixty invented people with five years of care, so that a fresh server has something to show.
 * Pure: the same day always gives the same resources, with the same ids on every day.
 */
import type { Group, Immunization, Resource } from '@medplum/fhirtypes'
import { account, billsOf, chargeItems, duplicateInvoice, invoice } from './billing/billing.ts'
import { claim, explanation, isAnswered, isClaimed } from './billing/claims.ts'
import { type Answer, receipt, transfers } from './billing/payments.ts'
import { clinicDay } from './calendar.ts'
import { organizationReference, type Person, patientReference, peopleOn } from './chart.ts'
import { coverageResources } from './people/coverage.ts'
import { peopleResources } from './people/people.ts'
import { appointmentResources } from './practice/appointments.ts'
import { clinicResources } from './practice/clinic.ts'
import { messageResources } from './practice/messages.ts'
import { practitionerResources } from './practice/practitioners.ts'
import { provenances } from './provenance.ts'
import { formResources, questionnaires } from './record/forms.ts'
import { immunizations } from './record/immunizations.ts'
import { medicineResources } from './record/medicines.ts'
import { notes } from './record/notes.ts'
import { planResources } from './record/plans.ts'
import { problemResources } from './record/problems.ts'
import { procedureResources } from './record/procedures.ts'
import { socialHistory } from './record/social-history.ts'
import { devices, summary } from './record/summaries.ts'
import { vitalSigns } from './record/vital-signs.ts'
import { microbiology } from './results/microbiology.ts'
import { newResultResources } from './results/new-results.ts'
import { openOrderResources } from './results/open-orders.ts'
import { counter, resultResources } from './results/results.ts'
import { inStoreOrder } from './store-order.ts'
import { practitioners } from './tables/practitioners.ts'
import { type Visit, visitsOf } from './visit-plan.ts'
import { visitResources } from './visits.ts'

/** All resources of the demo clinic on the day of `today`, each after everything it refers to. */
export function demoClinic(today: Date): Resource[] {
  const day = clinicDay(today)
  const people = peopleOn(day)
  const visits = visitsOf(people)
  const visitsByPerson = Map.groupBy(visits, (visit) => visit.person)
  const charts = people.flatMap((person) => chartOf(person, visitsByPerson.get(person) ?? []))
  const base = [
    ...clinicResources(),
    ...practitionerResources(day),
    ...questionnaires(),
    ...peopleResources(people),
    ...coverageResources(people),
  ]
  const record = [...base, ...charts]
  return inStoreOrder([
    ...record,
    ...appointmentResources(day, people, visits),
    ...moneyOf(people, visitsByPerson, record),
    ...messageResources(people, visits, record),
    ...provenances(people, visits, record),
    roster(people),
  ])
}

/** What a demo clinic holds, in one line for the start log. */
export function demoSummary(resources: readonly Resource[]): string {
  const counts = Map.groupBy(resources, (resource) => resource.resourceType)
  const count = (type: Resource['resourceType']) => (counts.get(type)?.length ?? 0).toLocaleString('en-US')
  const shown = [
    `${count('Patient')} patients`,
    `${practitioners.length} clinicians`,
    `${count('Location')} locations`,
    `${count('Encounter')} visits`,
    `${count('Observation')} observations`,
    `${count('Invoice')} invoices`,
  ]
  return `${shown.join(', ')}; ${resources.length.toLocaleString('en-US')} resources in all`
}

function chartOf(person: Person, visits: readonly Visit[]): Resource[] {
  const numbers = counter()
  const inOrder = [...visits].sort((a, b) => a.day - b.day)
  const lasting: Resource[] = [
    ...problemResources(person),
    ...planResources(person),
    ...medicineResources(person, inOrder),
    ...immunizations(person, inOrder),
    ...devices(person),
  ]
  return [
    ...inOrder.flatMap(visitResources),
    ...lasting,
    ...inOrder.flatMap((visit) => vitalSigns(visit, numbers)),
    ...socialHistory(person, inOrder, numbers),
    ...resultResources(inOrder),
    ...inOrder.flatMap(microbiology),
    ...openOrderResources(person, inOrder),
    ...newResultResources(person),
    ...procedureResources(person, inOrder),
    ...formResources(person, inOrder),
    ...notes(inOrder),
    ...summary(person, lasting),
  ]
}

function moneyOf(
  people: readonly Person[],
  visits: ReadonlyMap<Person, readonly Visit[]>,
  record: readonly Resource[],
): Resource[] {
  const given = Map.groupBy(
    record.filter((resource): resource is Immunization => resource.resourceType === 'Immunization'),
    (each) => each.patient.reference,
  )
  const payers = people.filter((person) => !person.row.mergedInto)
  const bills = payers.flatMap((person) =>
    billsOf(person, visits.get(person) ?? [], given.get(patientReference(person).reference) ?? []),
  )
  const invoices = bills.flatMap((bill) => invoice(bill) ?? [])
  const sentTwice = invoices.findLast((each) => each.status === 'balanced' && each.id!.startsWith('demo-invoice-17'))
  const claimed = bills.filter(isClaimed).map((bill) => ({ bill, claim: claim(bill) }))
  const answers: Answer[] = claimed
    .filter(({ bill }) => isAnswered(bill))
    .map((each) => ({ ...each, explanation: explanation(each.bill, each.claim) }))
  return [
    ...payers.map(account),
    ...bills.flatMap(chargeItems),
    ...invoices,
    ...(sentTwice ? [duplicateInvoice(sentTwice)] : []),
    ...claimed.map((each) => each.claim),
    ...answers.map((each) => each.explanation),
    ...bills.flatMap(receipt),
    ...transfers(answers, people[0]!.today),
  ]
}

/** Everyone whom the clinic looks after now: the group for population reports and bulk export. */
function roster(people: readonly Person[]): Group {
  const current = people.filter(
    (person) => !person.row.mergedInto && person.death === undefined && person.row.left === undefined,
  )
  return {
    resourceType: 'Group',
    id: 'demo-group-active-patients',
    active: true,
    type: 'person',
    actual: true,
    code: { text: 'Active patients' },
    name: 'Active patients of Larkfield Clinic',
    quantity: current.length,
    managingEntity: organizationReference('clinic'),
    member: current.map((person) => ({ entity: patientReference(person) })),
  }
}
