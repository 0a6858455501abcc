/** Rapid tests and urine cultures: results that are words instead of numbers. */
import type { CodeableConcept, DiagnosticReport, Observation, Resource, ServiceRequest } from '@medplum/fhirtypes'
import { dateWords, instantText } from '../calendar.ts'
import { clinicianReference, organizationReference, patientReference } from '../chart.ts'
import {
  claims,
  coding,
  concept,
  escapeHtml,
  hl7,
  loinc,
  narrative,
  reference,
  referenceTo,
  snomed,
} from '../elements.ts'
import type { SpecimenKey } from '../tables/analytes.ts'
import {
  type CultureRow,
  cultureByPerson,
  type RapidTestRow,
  rapidTests,
  susceptibilities,
} from '../tables/microbiology.ts'
import type { Visit } from '../visit-plan.ts'
import { conditionReferences, encounterReference, visitStart } from '../visits.ts'
import { specimen, specimenId } from './results.ts'

interface Test {
  readonly key: string
  readonly code: CodeableConcept
  readonly specimen: SpecimenKey
  readonly status: 'final' | 'preliminary'
}

interface Outcome {
  readonly results: readonly Observation[]
  readonly order: ServiceRequest
  readonly conclusion: string
}

/** The tests that a complaint calls for. */
export function microbiology(visit: Visit): Resource[] {
  const condition = visit.complaint?.condition
  if (!condition) return []
  if (condition === 'urineInfection')
    return culture(visit, cultureByPerson[visit.person.key] ?? cultureByPerson['usual']!)
  const test = rapidTests[condition]
  return test ? rapidTest(visit, test) : []
}

function rapidTest(visit: Visit, row: RapidTestRow): Resource[] {
  const sample = specimen(visit, row.specimen)
  const code = concept(loinc, row.loinc, row.display, row.name)
  const sent = order(visit, row.key, code)
  const value = concept(snomed, ...(row.detected ? detected : notDetected))
  const result: Observation = {
    ...observation(visit, { key: row.key, code, specimen: row.specimen, status: 'final' }),
    valueCodeableConcept: value,
    interpretation: [
      row.detected
        ? hl7('v3-ObservationInterpretation', 'POS', 'Positive')
        : hl7('v3-ObservationInterpretation', 'NEG', 'Negative'),
    ],
  }
  const conclusion = `${row.name}: ${row.detected ? 'positive' : 'negative'}.`
  const test: Test = { key: row.key, code, specimen: row.specimen, status: 'final' }
  return [sample, sent, result, report(visit, test, { results: [result], order: sent, conclusion })]
}

function culture(visit: Visit, row: CultureRow): Resource[] {
  const sample = specimen(visit, 'urine')
  const code = concept(loinc, '630-4', 'Bacteria identified in Urine by Culture', 'Urine culture')
  const sent = order(visit, 'urine-culture', code)
  const status = row.preliminary ? 'preliminary' : 'final'
  const grown: Observation = {
    ...observation(visit, { key: 'urine-culture', code, specimen: 'urine', status }),
    valueCodeableConcept: row.organism ? concept(snomed, ...row.organism) : { text: row.growth },
    note: [{ text: row.growth }],
  }
  const tested = (row.resistance ?? []).map(([key, letter]) => susceptibility(visit, key, letter))
  const found = [grown, ...tested]
  const test: Test = { key: 'urine-culture', code, specimen: 'urine', status }
  return [sample, sent, ...found, report(visit, test, { results: found, order: sent, conclusion: row.conclusion })]
}

function susceptibility(visit: Visit, key: string, letter: 'S' | 'R' | 'I'): Observation {
  const [code, display, name] = susceptibilities.drugs[key]!
  const [value, words] = susceptibilities.answers[letter]
  return {
    ...observation(visit, {
      key: `urine-${key}`,
      code: concept(loinc, code, display, name),
      specimen: 'urine',
      status: 'final',
    }),
    valueCodeableConcept: concept(snomed, value, words),
    interpretation: [hl7('v3-ObservationInterpretation', letter, words)],
  }
}

const detected: readonly [string, string] = ['260373001', 'Detected']
const notDetected: readonly [string, string] = ['260415000', 'Not detected']

function order(visit: Visit, key: string, code: CodeableConcept): ServiceRequest {
  return {
    resourceType: 'ServiceRequest',
    id: `demo-order-${visit.key}-${key}`,
    meta: claims('servicerequest'),
    status: 'completed',
    intent: 'order',
    category: [concept(snomed, '108252007', 'Laboratory procedure')],
    code,
    subject: patientReference(visit.person),
    encounter: encounterReference(visit),
    occurrenceDateTime: visitStart(visit),
    authoredOn: visitStart(visit),
    requester: clinicianReference(visit.clinician),
    performer: [organizationReference('laboratory')],
    reasonReference: conditionReferences(visit),
  }
}

function observation(visit: Visit, { key, code, specimen: kind, status }: Test): Observation {
  return {
    resourceType: 'Observation',
    id: `demo-obs-${visit.key}-${key}`,
    meta: claims('observation-lab'),
    status,
    category: [hl7('observation-category', 'laboratory', 'Laboratory')],
    code,
    subject: patientReference(visit.person),
    encounter: encounterReference(visit),
    effectiveDateTime: instantText(visit.day, visit.minute + 10),
    issued: instantText(visit.day, 1005),
    performer: [organizationReference('laboratory')],
    specimen: reference(`Specimen/${specimenId(visit, kind)}`),
  }
}

function report(visit: Visit, { key, code, specimen: kind, status }: Test, outcome: Outcome): DiagnosticReport {
  const { results, order: sent, conclusion } = outcome
  const title = `<p><b>${escapeHtml(code.text!)}</b>, ${dateWords(visit.day)}</p>`
  return {
    resourceType: 'DiagnosticReport',
    id: `demo-report-${visit.key}-${key}`,
    meta: claims('diagnosticreport-lab'),
    text: narrative(`${title}<p>${escapeHtml(conclusion)}</p>`),
    basedOn: [referenceTo(sent)],
    status,
    category: [
      { coding: [coding('http://terminology.hl7.org/CodeSystem/v2-0074', 'LAB', 'Laboratory')], text: 'Laboratory' },
      { coding: [coding('http://terminology.hl7.org/CodeSystem/v2-0074', 'MB', 'Microbiology')], text: 'Microbiology' },
    ],
    code,
    subject: patientReference(visit.person),
    encounter: encounterReference(visit),
    effectiveDateTime: instantText(visit.day, visit.minute + 10),
    issued: instantText(visit.day, 1005),
    performer: [organizationReference('laboratory')],
    resultsInterpreter: [clinicianReference(visit.clinician)],
    specimen: [reference(`Specimen/${specimenId(visit, kind)}`)],
    result: results.map((each) => referenceTo(each, each.code.text)),
    conclusion,
  }
}
