import { expect, test } from 'vitest'
import { clinic, ofType, read, valuesOf } from './clinic.ts'

const first = (values: readonly number[], count = 1) => mean(values.slice(0, count))
const last = (values: readonly number[], count = 1) => mean(values.slice(-count))
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

test.each([
  ['hemoglobin A1c falls after metformin', '01', 'a1c', 8.5, 10, 6, 7],
  ['LDL falls on the statin', '01', 'ldl', 160, 190, 70, 95],
  ['TSH comes back to normal', '01', 'tsh', 9, 14, 1, 4],
  ['systolic pressure falls', '01', 'systolic', 140, 155, 115, 135],
  ['kidney function declines', '07', 'egfr', 58, 70, 28, 42],
  ['creatinine rises', '07', 'creatinine', 1.1, 1.35, 1.85, 2.15],
  ['iron stores fill up', '18', 'ferritin', 2, 12, 40, 60],
  ['uric acid falls on allopurinol', '12', 'urate', 8.5, 10, 5, 6],
  ['the PHQ-9 falls', '43', 'phq9', 15, 20, 2, 6],
])('%s', (_story, person, key, low, high, endLow, endHigh) => {
  const values = key === 'systolic' ? systolic(person) : valuesOf(person, key)
  expect(first(values)).toBeGreaterThan(low)
  expect(first(values)).toBeLessThan(high)
  expect(last(values)).toBeGreaterThan(endLow)
  expect(last(values)).toBeLessThan(endHigh)
})

function systolic(person: string): number[] {
  return ofType('Observation')
    .filter((each) => each.id!.startsWith(`demo-obs-${person}-blood-pressure`))
    .sort((a, b) => a.effectiveDateTime!.localeCompare(b.effectiveDateTime!))
    .map((each) => each.component![0]!.valueQuantity!.value!)
}

test('the INR swings out of its goal and back', () => {
  const values = valuesOf('02', 'inr')
  expect(values.length).toBeGreaterThan(25)
  expect(Math.min(...values)).toBeLessThan(2)
  expect(Math.max(...values)).toBeGreaterThan(3.5)
  const newest = read('Observation', `demo-obs-02-inr-${values.length}`)
  expect(newest.referenceRange![0]).toMatchObject({ low: { value: 2 }, high: { value: 3 } })
})

test('anemia in pregnancy deepens and gets better with iron, judged by the range of pregnancy', () => {
  const values = valuesOf('04', 'hemoglobin')
  const deepest = Math.min(...values)
  expect(deepest).toBeLessThan(10)
  expect(last(values)).toBeGreaterThan(deepest + 0.8)
  expect(read('Observation', `demo-obs-04-hemoglobin-${values.length}`).referenceRange![0]!.low!.value).toBe(11)
})

test('a child grows along her line of the chart', () => {
  const heights = valuesOf('03', 'body-height')
  expect([...heights].sort((a, b) => a - b)).toEqual(heights)
  const percentiles = valuesOf('03', 'height-percentile')
  expect(Math.max(...percentiles) - Math.min(...percentiles)).toBeLessThan(10)
})

test('there is a critical, a corrected, a preliminary, a pending and a cancelled result', () => {
  const statuses = new Set(ofType('DiagnosticReport').map((each) => each.status))
  expect([...statuses].sort()).toEqual(['cancelled', 'corrected', 'final', 'preliminary', 'registered'])
  expect(read('Observation', 'demo-obs-13-potassium-1')).toMatchObject({
    status: 'corrected',
    valueQuantity: { value: 4.2 },
  })
  const critical = ofType('Observation').filter((each) => each.interpretation?.[0]?.coding?.[0]?.code === 'HH')
  expect(critical.map((each) => each.code.text)).toEqual(['Potassium', 'Potassium'])
  expect(read('ServiceRequest', 'demo-order-01-vitamin-d-open').status).toBe('active')
  expect(read('ServiceRequest', 'demo-order-46-a1c-open').status).toBe('revoked')
})

test('what came yesterday waits for the family doctor: one result is critical, one is kept from its patient', () => {
  const fresh = ofType('DiagnosticReport').filter((each) => each.id!.includes('-new-'))
  expect(fresh.map((each) => each.code.text).sort()).toEqual([
    ...['Basic metabolic panel', 'Complete blood count', 'Iron studies', 'Thyroid tests'],
  ])
  const orders = fresh.map((each) => read('ServiceRequest', each.basedOn![0]!.reference!.split('/')[1]!))
  expect(new Set(orders.map((each) => each.requester!.reference))).toEqual(
    new Set(['Practitioner/demo-practitioner-01']),
  )
  const held = [...ofType('DiagnosticReport'), ...ofType('Observation')].filter((each) => each.meta?.security)
  expect(held.map((each) => each.code.text).sort()).toEqual(['Free T4 (thyroid)', 'TSH (thyroid)', 'Thyroid tests'])
  const waiting = ofType('Task').filter((each) => each.code?.coding?.[0]?.code === 'critical-result')
  expect(waiting.map((each) => [each.status, each.description, each.owner!.reference])).toEqual([
    ['requested', 'Potassium', 'Practitioner/demo-practitioner-01'],
  ])
})

test('flags agree with the ranges beside them', () => {
  const wrong = ofType('Observation').filter((each) => {
    const code = each.interpretation?.[0]?.coding?.[0]?.code
    const range = each.referenceRange?.[0]
    const value = each.valueQuantity?.value
    if (!range || value === undefined) return false
    const low = range.low !== undefined && value < range.low.value!
    const high = range.high !== undefined && value > range.high.value!
    return low !== (code === 'L' || code === 'LL') || high !== (code === 'H' || code === 'HH')
  })
  expect(wrong.map((each) => each.id)).toEqual([])
})

test('calculated values follow from measured ones', () => {
  for (const report of ofType('DiagnosticReport').filter(
    (each) => each.code.text === 'Lipid panel' && each.status === 'final',
  )) {
    const [total, triglycerides, hdl, ldl] = report.result!.map(
      (each) => read('Observation', each.reference!.split('/')[1]!).valueQuantity!.value!,
    )
    expect(Math.abs(total! - ldl! - hdl! - triglycerides! / 5)).toBeLessThan(1)
  }
})

test('most values of healthy people are in range', () => {
  const judged = ofType('Observation').filter((each) => each.referenceRange)
  const normal = judged.filter((each) => each.interpretation?.[0]?.coding?.[0]?.code === 'N')
  expect(normal.length / judged.length).toBeGreaterThan(0.8)
  expect(normal.length / judged.length).toBeLessThan(0.95)
})

test('a urine culture names its germ and what works against it', () => {
  const culture = ofType('DiagnosticReport').filter(
    (each) => each.code.text === 'Urine culture' && each.status === 'final',
  )
  expect(culture.length).toBeGreaterThan(0)
  expect(culture[0]!.result!.map((each) => each.display)).toContain('Nitrofurantoin')
  expect(culture[0]!.conclusion).toContain('Escherichia coli')
})

test('reports present a text that a document of the same patient presents too', () => {
  const documents = new Set(
    ofType('DocumentReference').map((each) => `${each.subject!.reference} ${each.content[0]!.attachment.url}`),
  )
  const presented = ofType('DiagnosticReport').filter((each) => each.presentedForm)
  expect(presented.length).toBeGreaterThan(20)
  expect(
    presented.filter((each) => !documents.has(`${each.subject!.reference} ${each.presentedForm![0]!.url}`)),
  ).toEqual([])
})

test('only the types that people read have a narrative', () => {
  const types = new Set(clinic.filter((each) => (each as { text?: unknown }).text).map((each) => each.resourceType))
  expect([...types].sort()).toEqual(['Composition', 'DiagnosticReport', 'DocumentReference', 'Patient'])
})
