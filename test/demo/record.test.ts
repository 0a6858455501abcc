import type { Resource } from '@medplum/fhirtypes'
import { expect, test } from 'vitest'
import { clinic, ofType, pathOf, read, today, todayText, valuesOf } from './clinic.ts'

const patients = new Map(ofType('Patient').map((each) => [pathOf(each), each]))

/** The patient a resource is about, if it is about one. */
function patientOf(resource: Resource): string | undefined {
  const part = resource as { subject?: { reference?: string }; patient?: { reference?: string } }
  return [part.patient?.reference, part.subject?.reference].find((path) => path?.startsWith('Patient/'))
}

/** All points in time below a resource that tell when something happened, not when it will. */
const happened =
  /"(effectiveDateTime|issued|performedDateTime|authoredOn|recordedDate|occurrenceDateTime|whenHandedOver|receivedTime|collectedDateTime|abatementDateTime|onsetDateTime|enteredDate|authored|sent)":"([^"]+)"/g

test('nothing happened before a birth', () => {
  const early = clinic.flatMap((resource) => {
    const birth = patients.get(patientOf(resource) ?? '')?.birthDate
    const times = [...JSON.stringify(resource).matchAll(happened)].map((match) => match[2]!.slice(0, 10))
    return birth && times.some((time) => time < birth) ? [pathOf(resource)] : []
  })
  expect(early).toEqual([])
})

test('nothing was done to anyone after a death', () => {
  const late = clinic.flatMap((resource) => {
    const death = patients.get(patientOf(resource) ?? '')?.deceasedDateTime?.slice(0, 10)
    if (
      !death ||
      !['Encounter', 'Observation', 'Procedure', 'Immunization', 'Condition'].includes(resource.resourceType)
    )
      return []
    const times = [...JSON.stringify(resource).matchAll(happened)].map((match) => match[2]!.slice(0, 10))
    return times.some((time) => time > death) ? [pathOf(resource)] : []
  })
  expect(late).toEqual([])
})

test('nothing has happened in the future', () => {
  const future = clinic.flatMap((resource) =>
    [...JSON.stringify(resource).matchAll(happened)]
      .filter((match) => match[2]! >= todayText && resource.resourceType !== 'ServiceRequest')
      .map((match) => `${pathOf(resource)} ${match[1]} ${match[2]}`),
  )
  expect(future).toEqual([])
  expect(ofType('Encounter').filter((each) => each.period!.end! >= todayText)).toEqual([])
})

test('clinicians see one person at a time', () => {
  const starts = ofType('Encounter').map(
    (each) => `${each.participant![0]!.individual!.reference} ${each.period!.start}`,
  )
  expect(new Set(starts).size).toBe(starts.length)
})

test('there is one hospital stay, and it has all that belongs to one', () => {
  const stays = ofType('Encounter').filter((each) => each.class.code === 'IMP')
  expect(stays).toHaveLength(1)
  const stay = pathOf(stays[0]!)
  const types = ofType('DocumentReference')
    .filter((each) => each.context!.encounter?.[0]?.reference === stay)
    .map((each) => each.type!.coding![0]!.code)
  expect(types.sort()).toEqual(['11502-2', '11526-1', '18748-4', '18842-5', '28570-0', '34117-2'])
})

test('the first patient has all eight kinds of clinical note', () => {
  const types = ofType('DocumentReference')
    .filter((each) => each.subject!.reference === 'Patient/demo-patient-01')
    .map((each) => each.type!.coding![0]!.code)
  expect([...new Set(types)].sort()).toEqual([
    '11488-4',
    '11502-2',
    '11506-3',
    '11526-1',
    '18748-4',
    '18842-5',
    '28570-0',
    '34117-2',
  ])
})

test('the text of a document, its Binary and its size agree', () => {
  for (const each of ofType('DocumentReference')) {
    const { data, url, size } = each.content[0]!.attachment
    expect(read('Binary', url!.split('/')[1]!).data).toBe(data)
    expect(Buffer.from(data!, 'base64')).toHaveLength(size!)
  }
})

test('vaccines fit the age', () => {
  const wrong = ofType('Immunization').filter((each) => {
    const age =
      (Date.parse(each.occurrenceDateTime!) - Date.parse(patients.get(each.patient.reference!)!.birthDate!)) /
      31_557_600_000
    const code = each.vaccineCode.coding![0]!.code!
    if (['03', '21'].includes(code)) return age < 0.9 || age > 6
    if (code === '187') return age < 49.9
    if (code === '119') return age > 0.7
    if (code === '197') return age < 64.9
    return code === '140' && age < 0.45
  })
  expect(wrong.map((each) => each.id)).toEqual([])
})

test('doses of a child come in order', () => {
  const doses = ofType('Immunization').filter((each) => each.id!.startsWith('demo-immunization-03-dtap'))
  const times = doses.sort((a, b) => a.id!.localeCompare(b.id!)).map((each) => each.occurrenceDateTime!.slice(0, 10))
  expect(times).toHaveLength(5)
  expect([...times].sort()).toEqual(times)
})

test('conditions are coded twice and say since when', () => {
  for (const each of ofType('Condition')) {
    expect(each.code!.coding!.map((coding) => coding.system)).toEqual([
      'http://snomed.info/sct',
      'http://hl7.org/fhir/sid/icd-10-cm',
    ])
    expect(each.onsetDateTime).toBeTruthy()
    expect(each.clinicalStatus!.coding![0]!.code === 'resolved').toBe(each.abatementDateTime !== undefined)
  }
})

test('medicines say how to take them', () => {
  const requests = ofType('MedicationRequest')
  expect(requests.length).toBeGreaterThan(100)
  for (const each of requests) expect(each.dosageInstruction![0]!.text!.length).toBeGreaterThan(10)
})

test('nobody is given what they are allergic to', () => {
  const allergic = new Set(
    ofType('AllergyIntolerance')
      .filter((each) => each.id!.endsWith('-penicillin'))
      .map((each) => each.patient.reference),
  )
  const given = ofType('MedicationRequest').filter(
    (each) => allergic.has(each.subject.reference) && each.medicationCodeableConcept!.text!.startsWith('Amoxicillin'),
  )
  expect(given).toEqual([])
})

test('the answers of a PHQ-9 add up to its score', () => {
  const weights: Record<string, number> = { 'LA6568-5': 0, 'LA6569-3': 1, 'LA6570-1': 2, 'LA6571-9': 3 }
  const forms = ofType('QuestionnaireResponse').filter((each) => each.status === 'completed')
  expect(forms.length).toBeGreaterThan(10)
  for (const form of forms) {
    const sum = form.item!.reduce((total, item) => total + (weights[item.answer?.[0]?.valueCoding?.code ?? ''] ?? 0), 0)
    const score = form.item!.find((item) => item.linkId === '44261-6')!.answer![0]!.valueInteger
    expect(sum).toBe(score)
    expect(read('Observation', form.id!.replace('demo-form-', 'demo-obs-')).valueQuantity!.value).toBe(score)
  }
})

test('vital signs are those of living people', () => {
  const bounds: Record<string, readonly [number, number]> = {
    '8867-4': [50, 175],
    '8310-5': [35.8, 40],
    '59408-5': [88, 100],
    '29463-7': [2.5, 125],
    '8302-2': [46, 196],
    '39156-5': [12, 38],
  }
  const wrong = ofType('Observation').filter((each) => {
    const bound = bounds[each.code.coding![0]!.code!]
    const value = each.valueQuantity?.value
    return bound !== undefined && value !== undefined && (value < bound[0] || value > bound[1])
  })
  expect(wrong.map((each) => `${each.id} ${each.valueQuantity!.value}`)).toEqual([])
  expect(valuesOf('26', 'body-height')[0]).toBeLessThan(185)
})

test('every visit of the people shown in full has a Provenance', () => {
  const targets = new Set(ofType('Provenance').flatMap((each) => each.target.map((target) => target.reference)))
  const missing = ofType('Encounter').filter((each) => /-0[1-4]-/.test(each.id!) && !targets.has(pathOf(each)))
  expect(missing).toEqual([])
})

test('care plans, goals and teams belong together', () => {
  for (const plan of ofType('CarePlan')) {
    expect(plan.careTeam![0]!.reference).toBe(`CareTeam/${plan.id!.replace('care-plan', 'care-team')}`)
    expect(plan.activity!.length).toBeGreaterThan(0)
  }
  expect(ofType('Goal').length).toBeGreaterThan(20)
  expect(today.getFullYear()).toBe(2026)
})
