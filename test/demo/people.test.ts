import { expect, test } from 'vitest'
import { clinic, ofType, read, today, todayText } from './clinic.ts'

const patients = ofType('Patient')
const ages = patients.map((each) => (today.getTime() - Date.parse(each.birthDate!)) / (365.25 * 86_400_000))

test('the patients are of all ages, from an infant to ninety-six', () => {
  expect(Math.min(...ages)).toBeLessThan(0.5)
  expect(Math.floor(Math.max(...ages))).toBe(96)
  for (const [from, until] of [
    [0, 2],
    [2, 12],
    [12, 18],
    [18, 40],
    [40, 65],
    [65, 97],
  ] as const) {
    expect(ages.filter((age) => age >= from && age < until).length).toBeGreaterThanOrEqual(3)
  }
})

test.each(['en', 'es', 'zh', 'vi', 'ar', 'fr', 'pt', 'ht', 'fa', 'ko'])('some patient speaks %s', (language) => {
  const speaks = patients.filter((each) =>
    each.communication?.some((one) => one.language.coding?.[0]?.code === language),
  )
  expect(speaks.length).toBeGreaterThan(0)
})

test('the first two patients are adults with charts of their own', () => {
  for (const key of ['01', '02']) {
    const path = `Patient/demo-patient-${key}`
    const chart = clinic.filter((each) => (each as { subject?: { reference?: string } }).subject?.reference === path)
    expect(chart.length).toBeGreaterThan(300)
  }
})

test('the third patient is a child whose mother acts for her and is a patient too', () => {
  expect(read('RelatedPerson', 'demo-related-03-mother').patient.reference).toBe('Patient/demo-patient-03')
  expect(read('Patient', 'demo-patient-04').link).toContainEqual({
    other: { reference: 'RelatedPerson/demo-related-03-mother', display: 'Linh Nguyen for Mia Nguyen' },
    type: 'seealso',
  })
})

test('every child has a guardian', () => {
  const children = patients.filter((each) => (today.getTime() - Date.parse(each.birthDate!)) / 31_557_600_000 < 18)
  const guarded = new Set(ofType('RelatedPerson').map((each) => each.patient.reference))
  expect(children.map((each) => `Patient/${each.id}`).filter((path) => !guarded.has(path))).toEqual([])
})

test('a few patients have died, moved away or been merged', () => {
  expect(patients.filter((each) => each.deceasedDateTime)).toHaveLength(3)
  expect(read('Patient', 'demo-patient-38').active).toBe(false)
  expect(read('Patient', 'demo-patient-59').link).toEqual([
    { other: { reference: 'Patient/demo-patient-44' }, type: 'replaced-by' },
  ])
})

test('record numbers, telephone numbers and mail addresses belong to one person each', () => {
  const numbers = patients.map((each) => each.identifier![0]!.value)
  const mobiles = patients
    .flatMap((each) => each.telecom ?? [])
    .filter((each) => each.use === 'mobile' || each.system === 'email')
  expect(new Set(numbers).size).toBe(60)
  expect(new Set(mobiles.map((each) => each.value)).size).toBe(mobiles.length)
})

test('no telephone number can be a real one', () => {
  const text = JSON.stringify(clinic)
  const phones = text.match(/"\d{3}-\d{3}-\d{4}"/g)!
  expect(phones.filter((phone) => !/-555-01\d\d"$/.test(phone))).toEqual([])
})

test('everyone who is insured has a coverage that has not ended, unless they died or left', () => {
  const ended = ofType('Coverage').filter((each) => each.period!.end)
  expect(ended.map((each) => each.beneficiary.reference).sort()).toEqual(
    ['25', '38', '47', '58'].map((key) => `Patient/demo-patient-${key}`),
  )
  expect(ended.every((each) => each.status === 'cancelled' && each.period!.end! <= todayText)).toBe(true)
})
