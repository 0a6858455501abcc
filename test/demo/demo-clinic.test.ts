import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { describe, expect, test } from 'vitest'
import { demoClinic, demoSummary } from '../../server/demo/demo-clinic.ts'
import { referencesIn } from '../../server/demo/store-order.ts'
import { loadDefinitions } from '../../server/packages.ts'
import { clinic, ofType, pathOf, today } from './clinic.ts'
import { requiredCodes, structureProblems } from './structure.ts'

const known = { definitions: loadDefinitions(tmpdir()), codes: requiredCodes() }

describe('the whole demo clinic', () => {
  test('is the same, byte for byte, whenever it is made on the same day', () => {
    const text = JSON.stringify(clinic)
    expect(JSON.stringify(demoClinic(new Date('2026-11-22T23:59:00Z')))).toBe(text)
    expect(createHash('sha256').update(text).digest('hex').slice(0, 16)).toMatchInlineSnapshot(`"47f7840e4934550d"`)
  })

  test('is made in less than one and a half seconds of processor time', () => {
    const before = process.cpuUsage()
    demoClinic(today)
    const { user, system } = process.cpuUsage(before)
    expect((user + system) / 1e6).toBeLessThan(1.5)
  })

  test.each([
    ['Location', 3],
    ['Practitioner', 15],
    ['Patient', 60],
  ] as const)('has as many %ss as it promises', (type, count) => {
    expect(ofType(type)).toHaveLength(count)
  })

  test('has between 8,000 and 15,500 resources, and says so in one line', () => {
    expect(clinic.length).toBeGreaterThan(8000)
    expect(clinic.length).toBeLessThan(15_500)
    expect(demoSummary(clinic)).toMatch(/^60 patients, 12 clinicians, 3 locations, \d+ visits, .* resources in all$/)
  })

  test('has five years of encounters', () => {
    const years = new Set(ofType('Encounter').map((each) => each.period!.start!.slice(0, 4)))
    expect([...years].sort()).toEqual(['2021', '2022', '2023', '2024', '2025', '2026'])
  })

  test('keeps nearly all ids when it is made on another day', () => {
    const later = new Set(demoClinic(new Date('2027-07-05T12:00:00Z')).map(pathOf))
    const gone = clinic.map(pathOf).filter((path) => !later.has(path))
    const seasonal = gone.filter(
      (path) => !/^(Immunization|ChargeItem|Appointment|Claim|ExplanationOfBenefit)\//.test(path),
    )
    expect(seasonal).toEqual([])
    expect(gone.length).toBeLessThan(100)
  })

  test('refers only to what stands earlier, so that a loader may store in order', () => {
    const stored = new Set<string>()
    const early = clinic.flatMap((resource) => {
      const missing = [...referencesIn(resource)].filter((path) => !stored.has(path))
      stored.add(pathOf(resource))
      return missing.map((path) => `${pathOf(resource)} -> ${path}`)
    })
    expect(early).toEqual([])
    expect(stored.size).toBe(clinic.length)
  })

  test('has the structure that the definitions ask for', () => {
    const problems = clinic.flatMap((resource) =>
      structureProblems(known, resource.resourceType, resource as never, pathOf(resource)),
    )
    expect(problems.slice(0, 20)).toEqual([])
  })
})

test.each([
  ['an unknown property', { resourceType: 'Patient', nickname: 'Lu' }, 'Patient.nickname is unknown'],
  ['a list that is none', { resourceType: 'Patient', name: { family: 'Li' } }, 'Patient.name is not a list'],
  ['a missing element', { resourceType: 'Encounter', status: 'finished' }, 'Encounter.class is missing'],
  ['a wrong code', { resourceType: 'Patient', gender: 'F' }, 'Patient.gender must not be F'],
  ['a wrong date', { resourceType: 'Patient', birthDate: '2026-1-1' }, 'Patient.birthDate is no date: 2026-1-1'],
  ['a number in a string', { resourceType: 'Patient', active: 'yes' }, 'Patient.active is a string'],
])('the structural check sees %s', (_case, resource, problem) => {
  expect(structureProblems(known, resource.resourceType, resource as never)).toEqual([problem])
})

test.each(['2026-01-02', '2027-03-14', '2028-02-29', '2030-12-31'])('on %s it can be made as well', (date) => {
  const made = demoClinic(new Date(`${date}T12:00:00Z`))
  expect(made.length).toBeGreaterThan(14_000)
  const late = made.filter(
    (each) => each.resourceType === 'Observation' && (each.effectiveDateTime ?? '') > `${date}T12`,
  )
  expect(late).toEqual([])
})
