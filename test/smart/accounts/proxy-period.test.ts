import { expect, test } from 'vitest'
import { birthday, proxyPeriod } from '../../../server/smart/accounts/proxy-period.ts'

const patient = { resourceType: 'Patient', id: 'c1', birthDate: '2012-02-29' }
const mother = { resourceType: 'RelatedPerson', id: 'm1', patient: { reference: 'Patient/c1' } }
const at = (date: string) => Date.parse(`${date}T00:00:00Z`)
const starts = at('2026-01-05')

test.each([
  ['a child’s ends with the birthday', {}, {}, {}, '2030-03-01'],
  ['it ends earlier where that was asked', {}, {}, { ends: at('2027-01-01') }, '2027-01-01'],
  ['it ends no later than the relation', {}, { period: { end: '2028-05-31' } }, {}, '2028-06-01'],
  ['it ends no later than the birthday, whatever was asked', {}, {}, { ends: at('2040-01-01') }, '2030-03-01'],
  [
    'where the day of birth is not known, it ends on the first that it can be',
    { birthDate: '2012' },
    {},
    {},
    '2030-01-01',
  ],
  ['of one who is of age, it goes on', { birthDate: '1940-01-01' }, {}, {}, undefined],
  ['of one whose age is not known, it goes on', { birthDate: undefined }, {}, {}, undefined],
])('%s', (_case, child, relative, asked, ends) => {
  const given = JSON.parse(JSON.stringify({ ...patient, ...child }))
  const period = proxyPeriod(given, { ...mother, ...relative }, { starts, ...asked })
  expect(period).toEqual({ starts, ...(ends !== undefined && { ends: at(ends) }) })
})

test('it starts when the relation does', () => {
  const later = { ...mother, period: { start: '2026-03' } }
  expect(proxyPeriod(patient, later, { starts })).toMatchObject({ starts: at('2026-03-01') })
})

test.each([
  ['nobody knows the relative', patient, undefined, 'unknown-person'],
  ['nobody knows the patient', undefined, mother, 'unknown-person'],
  ['the relative is another patient’s', patient, { ...mother, patient: { reference: 'Patient/c2' } }, 'other-patient'],
  [
    'the relative is another patient’s, whose id ends alike',
    patient,
    { ...mother, patient: { reference: 'Patient/xc1' } },
    'other-patient',
  ],
  ['the relative is none any more', patient, { ...mother, active: false }, 'inactive'],
  ['the patient is another record now', { ...patient, active: false }, mother, 'inactive'],
  ['the relation has ended', patient, { ...mother, period: { end: '2025-12-31' } }, 'ended'],
] as const)('nobody acts where %s', (_case, child, relative, reason) => {
  expect(proxyPeriod(child, relative, { starts })).toBe(reason)
})

test('whoever is born on a leap day is of age on the first of March', () => {
  expect(new Date(birthday(patient, 18)).toISOString()).toBe('2030-03-01T00:00:00.000Z')
})
