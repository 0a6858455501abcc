/** Orders whose result is not there yet or never will be, and referrals to specialists. */
import type { DiagnosticReport, Resource, ServiceRequest, Specimen } from '@medplum/fhirtypes'
import { dateText, instantText } from '../calendar.ts'
import { clinicianFor, clinicianReference, organizationReference, type Person, patientReference } from '../chart.ts'
import { claims, coding, concept, escapeHtml, loinc, narrative, referenceTo, snomed } from '../elements.ts'
import { conditionConcept, idPart } from '../record/problems.ts'
import { panels } from '../tables/analytes.ts'
import { type OpenOrder, openOrders, type ReferralRow, referrals } from '../tables/result-exceptions.ts'
import { specialties } from '../tables/specialties.ts'
import type { Visit } from '../visit-plan.ts'
import { encounterReference } from '../visits.ts'
import { panelOrder, specimen } from './results.ts'

/** The open and called-off orders of one person, made at the newest visit. */
export function openOrderResources(person: Person, visits: readonly Visit[]): Resource[] {
  const visit = visits.at(-1)
  if (!visit) return []
  return [
    ...openOrders.filter((row) => row.person === person.key).flatMap((row) => openOrder(visit, row)),
    ...referrals.filter((row) => row.person === person.key).map((row) => referral(visit, row)),
  ]
}

function openOrderId(row: OpenOrder): string {
  return `demo-order-${row.person}-${idPart(row.panel)}-open`
}

function referralId(row: ReferralRow): string {
  return `demo-referral-${row.person}-${row.to}`
}

function openOrder(visit: Visit, row: OpenOrder): Resource[] {
  const order: ServiceRequest = {
    ...panelOrder(visit, row.panel, openOrderId(row), row.status),
    note: [{ text: row.note }],
    patientInstruction: row.note,
  }
  if (!row.report) return [order]
  const kind = panels[row.panel].specimen
  const sample: Specimen = {
    ...specimen(visit, kind),
    id: `demo-specimen-${row.person}-${idPart(row.panel)}-open`,
    status: row.report === 'cancelled' ? 'unsatisfactory' : 'available',
    request: [referenceTo(order)],
  }
  return [order, sample, waitingReport(visit, row, order, sample)]
}

function waitingReport(visit: Visit, row: OpenOrder, order: ServiceRequest, sample: Specimen): DiagnosticReport {
  const panel = panels[row.panel]
  return {
    resourceType: 'DiagnosticReport',
    id: `demo-report-${row.person}-${idPart(row.panel)}-open`,
    meta: claims('diagnosticreport-lab'),
    text: narrative(`<p><b>${escapeHtml(panel.name)}</b></p><p>${escapeHtml(row.note)}</p>`),
    basedOn: [referenceTo(order)],
    status: row.report!,
    category: [
      { coding: [coding('http://terminology.hl7.org/CodeSystem/v2-0074', 'LAB', 'Laboratory')], text: 'Laboratory' },
    ],
    code: concept(loinc, panel.loinc, panel.display, panel.name),
    subject: patientReference(visit.person),
    encounter: encounterReference(visit),
    effectiveDateTime: instantText(visit.day, visit.minute + 10),
    issued: instantText(visit.day, 1015),
    performer: [organizationReference('laboratory')],
    specimen: [referenceTo(sample)],
    ...(row.report === 'cancelled' && { conclusion: row.note }),
  }
}

function referral(visit: Visit, row: ReferralRow): ServiceRequest {
  const specialty = specialties[row.to]
  return {
    resourceType: 'ServiceRequest',
    id: referralId(row),
    meta: claims('servicerequest'),
    status: row.status,
    intent: 'order',
    priority: row.urgent ? 'urgent' : 'routine',
    category: [concept(snomed, '3457005', 'Patient referral')],
    code: concept(snomed, '3457005', 'Patient referral', `Referral to ${specialty.name.toLowerCase()}`),
    subject: patientReference(visit.person),
    encounter: encounterReference(visit),
    occurrencePeriod: { start: dateText(visit.day), end: dateText(visit.day + 90) },
    authoredOn: instantText(visit.day, visit.minute + 25),
    requester: clinicianReference(visit.clinician),
    performer: [clinicianReference(clinicianFor(visit.person, row.to))],
    reasonCode: [{ ...conditionConcept(row.for), text: row.reason }],
  }
}
