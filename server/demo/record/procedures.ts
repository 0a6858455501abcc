/** Procedures, the orders for them, and what imaging, cardiology and pathology reported. */
import type {
  DiagnosticReport,
  Organization,
  Practitioner,
  Procedure,
  Reference,
  Resource,
  ServiceRequest,
} from '@medplum/fhirtypes'
import { dateText, instantText } from '../calendar.ts'
import { clinicianReference, organizationReference, type Person, patientReference, storyDay } from '../chart.ts'
import { claims, coding, concept, escapeHtml, loinc, narrative, reference, referenceTo, snomed } from '../elements.ts'
import { specimen, specimenId } from '../results/results.ts'
import { locations } from '../tables/places.ts'
import { type ProcedureKey, type ProcedureRow, procedures } from '../tables/procedures.ts'
import type { Visit } from '../visit-plan.ts'
import { conditionReferences, encounterReference, visitStart } from '../visits.ts'
import { document, type NoteType, type StoredDocument } from './documents.ts'
import { letterhead } from './note-words.ts'
import { idPart, problemReference } from './problems.ts'

interface DepartmentRow {
  readonly category: readonly [system: string, code: string, display: string]
  readonly section: readonly [code: string, display: string]
  readonly by: string
  readonly note: NoteType
}

// biome-ignore format: one department per line reads as a table
const departments: Readonly<Record<'radiology' | 'cardiology' | 'pathology', DepartmentRow>> = {
  radiology: { category: [loinc, 'LP29684-5', 'Radiology'], section: ['RAD', 'Radiology'], by: 'imaging', note: 'imaging' },
  cardiology: { category: [loinc, 'LP29708-2', 'Cardiology'], section: ['CUS', 'Cardiac Ultrasound'], by: 'specialty-care', note: 'imaging' },
  pathology: { category: [loinc, 'LP7839-6', 'Pathology'], section: ['SP', 'Surgical Pathology'], by: 'laboratory', note: 'pathology' },
}

const doneInHospital: readonly ProcedureKey[] = ['abdominalUltrasound', 'gallbladderRemoval']

/** Everything that was done to one person, with the reports of it. */
export function procedureResources(person: Person, visits: readonly Visit[]): Resource[] {
  return [...visits.flatMap((visit) => doneAt(visit).flatMap((key) => procedureAt(visit, key))), ...elsewhere(person)]
}

/** The procedures of a visit: the planned one, what a sprain needs, what a hospital stay brought. */
export function doneAt(visit: Visit): readonly ProcedureKey[] {
  if (visit.kind === 'hospital') return doneInHospital
  if (visit.complaint?.condition === 'ankleSprain') return ['ankleXray', 'splint']
  return visit.procedure ? [visit.procedure] : []
}

/** The id of what was done at a visit. */
export function procedureId(visit: Visit, key: ProcedureKey): string {
  return `demo-procedure-${visit.key}-${idPart(key)}`
}

function procedureAt(visit: Visit, key: ProcedureKey): Resource[] {
  const row: ProcedureRow = procedures[key]
  const order = row.report && procedureOrder(visit, key, row)
  const finding = order && findingReport(visit, key, order)
  const tissue = row.pathology && pathologyReport(visit, key, row)
  const reports = [finding, tissue].flatMap((each) => each ?? [])
  return [
    ...(order ? [order] : []),
    ...(tissue ? [specimen(visit, 'tissue')] : []),
    ...reports.flatMap(({ stored, report }) => [...stored.resources, report]),
    procedure(visit, key, {
      ...(order && { basedOn: [referenceTo(order)] }),
      ...(reports.length > 0 && { report: reports.map(({ report }) => referenceTo(report)) }),
    }),
    ...(row.pathology ? procedureNote(visit, key, row).resources : []),
  ]
}

function procedure(visit: Visit, key: ProcedureKey, links: Pick<Procedure, 'basedOn' | 'report'>): Procedure {
  const row = procedures[key]
  const reasons = conditionReferences(visit)
  const place = locations[visit.location]
  return {
    resourceType: 'Procedure',
    id: procedureId(visit, key),
    meta: claims('procedure'),
    status: 'completed',
    code: concept(snomed, row.snomed, row.display, row.name),
    subject: patientReference(visit.person),
    encounter: encounterReference(visit),
    performedPeriod: { start: visitStart(visit), end: instantText(visit.day, visit.minute + row.minutes) },
    performer: [{ actor: performer(visit) }],
    ...(visit.kind !== 'hospital' && { location: reference(`Location/demo-location-${place.number}`, place.name) }),
    ...(reasons.length > 0 && { reasonReference: reasons }),
    ...links,
  }
}

/** In hospital the surgeons of the house operate. */
function performer(visit: Visit): Reference<Practitioner | Organization> {
  return visit.kind === 'hospital' ? organizationReference('hospital') : clinicianReference(visit.clinician)
}

function procedureOrder(visit: Visit, key: ProcedureKey, row: ProcedureRow): ServiceRequest {
  return {
    resourceType: 'ServiceRequest',
    id: `demo-order-${visit.key}-${idPart(key)}`,
    meta: claims('servicerequest'),
    status: 'completed',
    intent: 'order',
    category: [
      row.report?.kind === 'radiology'
        ? concept(snomed, '363679005', 'Imaging')
        : concept(snomed, '103693007', 'Diagnostic procedure'),
    ],
    code: concept(snomed, row.snomed, row.display, row.name),
    subject: patientReference(visit.person),
    encounter: encounterReference(visit),
    occurrenceDateTime: visitStart(visit),
    authoredOn: visitStart(visit),
    requester: clinicianReference(visit.clinician),
  }
}

interface Reported {
  readonly report: DiagnosticReport
  readonly stored: StoredDocument
}

interface Finding {
  readonly key: ProcedureKey
  readonly kind: keyof typeof departments
  readonly title: string
  readonly code: DiagnosticReport['code']
  readonly conclusion: string
  readonly lines: readonly string[]
}

function findingReport(visit: Visit, key: ProcedureKey, order: ServiceRequest): Reported {
  const row: ProcedureRow = procedures[key]
  const { kind, loinc: code, display, findings, impression } = row.report!
  const { report, stored } = reportOf(visit, {
    key,
    kind,
    title: row.name,
    code: concept(loinc, code, display, row.name),
    conclusion: impression,
    lines: [`Findings: ${findings}`, '', `Impression: ${impression}`],
  })
  return { stored, report: { ...report, basedOn: [referenceTo(order)] } }
}

function pathologyReport(visit: Visit, key: ProcedureKey, row: ProcedureRow): Reported {
  const { specimen: received, seen, diagnosis } = row.pathology!
  const title = `Pathology: ${row.name.toLowerCase()}`
  const { report, stored } = reportOf(visit, {
    key,
    kind: 'pathology',
    title,
    code: concept(loinc, '11526-1', 'Pathology study', title),
    conclusion: diagnosis,
    lines: [`Specimen: ${received}`, '', `Microscopy: ${seen}`, '', `Impression: ${diagnosis}`],
  })
  return { stored, report: { ...report, specimen: [reference(`Specimen/${specimenId(visit, 'tissue')}`)] } }
}

function reportOf(visit: Visit, { key, kind, title, code, conclusion, lines }: Finding): Reported {
  const { category, section, by, note } = departments[kind]
  const author = organizationReference(by)
  const id = `${visit.key}-${idPart(key)}-${kind}`
  const text = [...letterhead(visit, title), '', ...lines].join('\n')
  const written = { key: id, person: visit.person, day: visit.day, minute: 1010, encounter: encounterReference(visit) }
  const stored = document({ ...written, type: note, title, text, author })
  const report: DiagnosticReport = {
    resourceType: 'DiagnosticReport',
    id: `demo-report-${id}`,
    meta: claims('diagnosticreport-note'),
    text: narrative(`<p><b>${escapeHtml(title)}</b></p><p>${escapeHtml(conclusion)}</p>`),
    status: 'final',
    category: [
      concept(...category),
      { coding: [coding('http://terminology.hl7.org/CodeSystem/v2-0074', ...section)], text: section[1] },
    ],
    code,
    subject: patientReference(visit.person),
    encounter: encounterReference(visit),
    effectiveDateTime: visitStart(visit),
    issued: instantText(visit.day, 1010),
    performer: [author],
    resultsInterpreter: [clinicianReference(visit.clinician)],
    conclusion,
    presentedForm: [stored.attachment],
  }
  return { report, stored }
}

function procedureNote(visit: Visit, key: ProcedureKey, row: ProcedureRow): StoredDocument {
  const title = `Procedure note: ${row.name.toLowerCase()}`
  const lines = [
    `Reason: ${visit.reason}`,
    'Consent: the procedure, its risks and the alternatives were explained; the patient agreed.',
    `Procedure: ${row.name}, without complications. Tissue was sent to pathology.`,
    'Plan: written advice was given; the result will be discussed by telephone.',
  ]
  return document({
    key: `${visit.key}-${idPart(key)}-note`,
    person: visit.person,
    day: visit.day,
    minute: 1000,
    type: 'procedure',
    title,
    text: [...letterhead(visit, title), '', ...lines, '', performer(visit).display].join('\n'),
    author: performer(visit),
    encounter: encounterReference(visit),
  })
}

/** What was done at another place, known from its letters. */
function elsewhere(person: Person): Procedure[] {
  return person.threads.flatMap((thread) =>
    (thread.story.procedures ?? [])
      .filter(({ procedure: key }) => procedures[key].price === 0)
      .map(({ procedure: key, at, for: condition }): Procedure => {
        const row = procedures[key]
        return {
          resourceType: 'Procedure',
          id: `demo-procedure-${person.key}-${idPart(key)}`,
          meta: claims('procedure'),
          status: 'completed',
          category: surgical,
          code: concept(snomed, row.snomed, row.display, row.name),
          subject: patientReference(person),
          performedDateTime: dateText(storyDay(person, thread, at)),
          performer: [{ actor: organizationReference('hospital') }],
          ...(condition && { reasonReference: [problemReference(person, condition)] }),
        }
      }),
  )
}

const surgical = concept(snomed, '387713003', 'Surgical procedure')
