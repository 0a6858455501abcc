/** Laboratory orders, specimens, observations and reports. */
import type { DiagnosticReport, Observation, Resource, ServiceRequest, Specimen } from '@medplum/fhirtypes'
import { instantText } from '../calendar.ts'
import { clinicianReference, organizationReference, patientReference } from '../chart.ts'
import {
  claims,
  coding,
  concept,
  hl7,
  identifier,
  loinc,
  narrative,
  ownSystem,
  quantity,
  reference,
  referenceTo,
  snomed,
} from '../elements.ts'
import { idPart } from '../record/problems.ts'
import { analytes, type PanelKey, type PanelRow, panels, type SpecimenKey, specimenTypes } from '../tables/analytes.ts'
import { type Correction, corrections } from '../tables/result-exceptions.ts'
import type { Visit } from '../visit-plan.ts'
import { conditionReferences, encounterReference, visitStart } from '../visits.ts'
import { interpret, panelValues, type Range, rangeFor } from './measured-values.ts'
import { conclusionOf, interpretationConcept, type Measurement, rangeWords, reportHtml } from './result-words.ts'

/** Numbers results from a person's oldest on, so that ids stay when time goes by. */
export interface Counter {
  next(key: string): number
}

const normalRange = hl7('referencerange-meaning', 'normal', 'Normal Range')
const treatmentRange = hl7('referencerange-meaning', 'treatment', 'Treatment Range')
const collectedAfter = 10
const reportedAt = 1005

/** Counts from 1 for each key. */
export function counter(): Counter {
  const counts = new Map<string, number>()
  return {
    next: (key) => {
      const count = (counts.get(key) ?? 0) + 1
      counts.set(key, count)
      return count
    },
  }
}

/** All laboratory results of one person, from their visits in order. */
export function resultResources(visits: readonly Visit[]): Resource[] {
  const numbers = counter()
  const history: History = {
    numbers,
    last: new Map(),
    observationId: ({ person }, key) => `demo-obs-${person.key}-${idPart(key)}-${numbers.next(key)}`,
  }
  return [...visits].sort((a, b) => a.day - b.day).flatMap((visit) => resultsOf(visit, history))
}

/** What was found in the samples of one visit. */
export function resultsOf(visit: Visit, history: History): Resource[] {
  const specimens = [...new Set(visit.panels.map((panel) => panels[panel].specimen))].map((kind) =>
    specimen(visit, kind),
  )
  return [...specimens, ...visit.panels.flatMap((panel) => panelResults(visit, panel, history))]
}

/** A visit has one specimen of each kind. */
export function specimenId(visit: Visit, kind: SpecimenKey): string {
  return `demo-specimen-${visit.key}-${kind}`
}

/** The id of the report of a panel that was taken at a visit. */
export function panelReportId(visit: Visit, panel: PanelKey): string {
  return `demo-report-${visit.key}-${idPart(panel)}`
}

/** What was collected at a visit. https://hl7.org/fhir/R4/specimen.html */
export function specimen(visit: Visit, kind: SpecimenKey): Specimen {
  const [code, display, method] = specimenTypes[kind]
  const collected = instantText(visit.day, visit.minute + collectedAfter)
  return {
    resourceType: 'Specimen',
    id: specimenId(visit, kind),
    meta: claims('specimen'),
    identifier: [identifier(ownSystem('specimen'), `LC-S-${visit.key}-${kind}`)],
    status: 'available',
    type: concept(snomed, code, display),
    subject: patientReference(visit.person),
    receivedTime: instantText(visit.day, visit.minute + collectedAfter + 60),
    collection: { collectedDateTime: collected, method: { text: method } },
  }
}

/** An order for a laboratory panel that was, or is to be, done. */
export function panelOrder(
  visit: Visit,
  panel: PanelKey,
  id: string,
  status: ServiceRequest['status'],
): ServiceRequest {
  const row = panels[panel]
  const reasons = conditionReferences(visit)
  return {
    resourceType: 'ServiceRequest',
    id,
    meta: claims('servicerequest'),
    identifier: [
      {
        type: hl7('v2-0203', 'PLAC', 'Placer Identifier'),
        ...identifier(ownSystem('order'), id.toUpperCase()),
      },
    ],
    status,
    intent: 'order',
    category: [concept(snomed, '108252007', 'Laboratory procedure')],
    code: concept(loinc, row.loinc, row.display, row.name),
    subject: patientReference(visit.person),
    ...encounterOf(visit),
    occurrenceDateTime: instantText(visit.day, visit.minute + collectedAfter),
    authoredOn: visitStart(visit),
    requester: clinicianReference(visit.clinician),
    performer: [organizationReference('laboratory')],
    ...(reasons.length > 0 && { reasonReference: reasons }),
  }
}

function encounterOf(visit: Visit): Pick<Observation, 'encounter'> {
  return visit.isSampleOnly ? {} : { encounter: encounterReference(visit) }
}

/** What of earlier results matters to later ones. */
export interface History {
  readonly numbers: Counter
  readonly last: Map<string, number>
  readonly observationId: (visit: Visit, key: string) => string
  /** Values that are not left to chance, by analyte. */
  readonly told?: Readonly<Record<string, number>>
}

interface PanelReport {
  readonly panel: PanelKey
  readonly order: ServiceRequest
  readonly measurements: readonly Measurement[]
  readonly observations: readonly Observation[]
  readonly correction: Correction | undefined
}

function panelResults(visit: Visit, panel: PanelKey, { numbers, last, observationId, told }: History): Resource[] {
  const { person } = visit
  const row: PanelRow = panels[panel]
  const number = numbers.next(`report ${panel}`)
  const order = panelOrder(visit, panel, `demo-order-${visit.key}-${idPart(panel)}`, 'completed')
  const correction = corrections.find((c) => c.person === person.key && c.panel === panel && c.number === number)
  const values = panelValues(person, visit.day, row.analytes, visit.key)
  const measurements = row.analytes.map((key): Measurement => {
    const value = correction?.analyte === key ? correction.now : (told?.[key] ?? values.get(key)!)
    const range = rangeFor(person, visit.day, key)
    const before = last.get(key)
    last.set(key, value)
    const interpretation = interpret(analytes[key]!, range, value)
    return { key, value, ...(before !== undefined && { before }), range, interpretation }
  })
  const observations = measurements.map((measurement) => {
    const made = observation(visit, measurement, observationId(visit, measurement.key), row.specimen)
    if (correction?.analyte !== measurement.key) return made
    return { ...made, status: 'corrected' as const, note: [{ text: correction.note }] }
  })
  return [order, ...observations, report(visit, { panel, order, measurements, observations, correction })]
}

function observation(visit: Visit, measurement: Measurement, id: string, sample: SpecimenKey): Observation {
  const { key, value, range, interpretation } = measurement
  const row = analytes[key]!
  return {
    resourceType: 'Observation',
    id,
    meta: claims('observation-lab'),
    status: 'final',
    category: [hl7('observation-category', 'laboratory', 'Laboratory')],
    code: concept(loinc, row.loinc, row.display, row.name),
    subject: patientReference(visit.person),
    ...encounterOf(visit),
    effectiveDateTime: instantText(visit.day, visit.minute + collectedAfter),
    issued: instantText(visit.day, reportedAt),
    performer: [organizationReference('laboratory')],
    valueQuantity: quantity(value, row.unit, row.code),
    interpretation: [interpretationConcept(interpretation)],
    specimen: reference(`Specimen/${specimenId(visit, sample)}`),
    ...(hasRange(range) && { referenceRange: [referenceRange(range, row.unit, row.code)] }),
  }
}

function hasRange(range: Range): boolean {
  return range.low !== undefined || range.high !== undefined
}

function referenceRange(range: Range, unit: string, code = unit) {
  return {
    ...(range.low !== undefined && { low: quantity(range.low, unit, code) }),
    ...(range.high !== undefined && { high: quantity(range.high, unit, code) }),
    type: range.text ? treatmentRange : normalRange,
    text: rangeWords(range),
  }
}

function report(visit: Visit, made: PanelReport): DiagnosticReport {
  const { panel, order, measurements, observations, correction } = made
  const row = panels[panel]
  return {
    resourceType: 'DiagnosticReport',
    id: panelReportId(visit, panel),
    meta: claims('diagnosticreport-lab'),
    text: narrative(reportHtml(row.name, visit.day, measurements)),
    identifier: [identifier(ownSystem('report'), `LC-R-${visit.key}-${idPart(panel)}`)],
    basedOn: [referenceTo(order)],
    status: correction ? 'corrected' : 'final',
    category: [
      { coding: [coding('http://terminology.hl7.org/CodeSystem/v2-0074', 'LAB', 'Laboratory')], text: 'Laboratory' },
    ],
    code: concept(loinc, row.loinc, row.display, row.name),
    subject: patientReference(visit.person),
    ...encounterOf(visit),
    effectiveDateTime: instantText(visit.day, visit.minute + collectedAfter),
    issued: instantText(visit.day, reportedAt),
    performer: [organizationReference('laboratory')],
    resultsInterpreter: [clinicianReference(visit.clinician)],
    specimen: [reference(`Specimen/${specimenId(visit, row.specimen)}`)],
    result: observations.map((each) => referenceTo(each, each.code.text)),
    conclusion: correction ? correction.note : conclusionOf(measurements),
  }
}
