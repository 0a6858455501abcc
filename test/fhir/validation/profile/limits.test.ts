import { describe, expect, test } from 'vitest'
import { createBudget } from '../../../../server/fhir/fhirpath/native/budget.ts'
import type { JsonObject } from '../../../../server/fhir/json.ts'
import { against, base, element, extension, profile, shown, slicedBy, validated } from '../../../support/profiles.ts'
import { observation, patient } from '../../../support/validation.ts'

const tooCostly = (type: string) => `validation-too-costly ${type} [budget]`

/** The issues, and the seconds of CPU that it took to find them. */
function timed(run: () => readonly string[]): { readonly issues: readonly string[]; readonly seconds: number } {
  const before = process.cpuUsage()
  const issues = run()
  const { user, system } = process.cpuUsage(before)
  return { issues, seconds: (user + system) / 1e6 }
}

describe('Profiles that lead to themselves', () => {
  const based = (name: string, on: string) =>
    profile(name, 'Patient', [element('Patient')], { baseDefinition: base + on })

  test('A profile that is based on itself cannot be used', () => {
    expect(against(patient({ active: true }), [based('a', 'a')])).toEqual([
      'unusable-profile Patient [profile-unknown]',
    ])
  })

  test('Nor can profiles that are based on each other', () => {
    const known = [based('a', 'b'), based('b', 'a')]
    expect(against(patient({ active: true }), known)).toEqual(['unusable-profile Patient [profile-unknown]'])
  })

  test('An extension may contain itself', () => {
    const nested = extension('nested', [
      element('Extension.extension', slicedBy(['value:url'])),
      element('Extension.extension:inner', { type: [{ code: 'Extension', profile: [`${base}nested`] }] }),
      element('Extension.value[x]', { max: '0' }),
    ])
    const url = `${base}nested`
    const wrong = { url, extension: [{ url, valueBoolean: true }] }
    const at = 'Patient.extension[0].extension[0].value [max]'
    expect(shown(validated(patient({ extension: [wrong] }), { known: [nested] }))).toEqual([`misplaced-element ${at}`])
  })

  test('Resources that refer to each other may conform to the same profile', () => {
    const linked = profile('linked', 'Patient', [
      element('Patient.gender', { min: 1 }),
      element('Patient.link.other', { type: [{ code: 'Reference', targetProfile: [`${base}linked`] }] }),
    ])
    const pair = (gender: object) =>
      patients(2, (i) => ({
        ...(i === 0 ? { gender: 'male' } : gender),
        ...linkTo([1 - i]),
        ...(i === 0 && claim),
      }))
    expect(shown(validated(pair({ gender: 'female' }), { known: [linked] }))).toEqual([])
    expect(shown(validated(pair({}), { known: [linked] }))).toEqual([
      'wrong-target Bundle.entry[0].resource.link[0].other [target]',
    ])
  })
})

const claim = { meta: { profile: [`${base}linked`] } }
const urn = (i: number) => `urn:uuid:00000000-0000-4000-8000-${String(i).padStart(12, '0')}`

function patients(count: number, of: (i: number) => object): object {
  const entry = Array.from({ length: count }, (_, i) => ({ fullUrl: urn(i), resource: patient(of(i)) }))
  return { resourceType: 'Bundle', type: 'collection', entry }
}

function linkTo(targets: readonly number[]): object {
  return { link: targets.map((i) => ({ other: { reference: urn(i) }, type: 'seealso' })) }
}

describe('Cycles through references', () => {
  const linked = [element('Patient.link.other', { type: [{ code: 'Reference', targetProfile: [`${base}linked`] }] })]
  const byTarget = [
    element('Patient.link', slicedBy(['profile:other.resolve()'])),
    element('Patient.link:linked', { min: 0 }),
    element('Patient.link:linked.other', { type: [{ code: 'Reference', targetProfile: [`${base}linked`] }] }),
  ]

  test.each([
    ['types of targets', linked],
    ['profiles of targets that tell slices apart', byTarget],
  ])(
    'End where all refer to all: %s',
    (_name, elements) => {
      const known = [
        profile('linked', 'Patient', [element('Patient'), ...elements, element('Patient.gender', { min: 1 })]),
      ]
      const all = Array.from({ length: 30 }, (_, i) => i)
      const bundle = (isLast: object) =>
        patients(30, (i) => ({ ...linkTo(all), ...claim, ...(i < 29 ? { gender: 'male' } : isLast) }))
      const { issues, seconds } = timed(() => shown(validated(bundle({ gender: 'female' }), { known })))
      expect(issues).toEqual([])
      // Whoever refers to one that does not conform does not conform either.
      expect(shown(validated(bundle({}), { known }))[0]).toMatch(/^(?:wrong-target|missing-element) /)
      expect(seconds).toBeLessThan(15)
    },
    60_000,
  )

  test('End where a chain is long', () => {
    const known = [profile('linked', 'Patient', [element('Patient'), ...linked])]
    const bundle = patients(5000, (i) => ({ ...linkTo([i + 1]), ...(i === 0 && claim) }))
    const { issues, seconds } = timed(() => shown(validated(bundle, { known })))
    expect(issues).toEqual([tooCostly('Bundle')])
    expect(seconds).toBeLessThan(15)
  }, 60_000)

  test('Paths of discriminators by many ways lead to each definition once', () => {
    const targetProfile = Array.from({ length: 20 }, (_, i) => `${base}p${i}`)
    const profiles = targetProfile.map((_url, i) =>
      profile(`p${i}`, 'Patient', [
        element('Patient'),
        element('Patient.link.other', { type: [{ code: 'Reference', targetProfile }] }),
      ]),
    )
    const path = `other${'.resolve().link.other'.repeat(20)}.resolve()`
    const slices = [
      element('Patient.link', slicedBy([`type:${path}`])),
      element('Patient.link:a', { min: 0 }),
      element('Patient.link:a.other', { type: [{ code: 'Reference', targetProfile }] }),
    ]
    const known = [profile('test', 'Patient', [element('Patient'), ...slices]), ...profiles]
    const { issues, seconds } = timed(() => against(patient(linkTo([1])), known))
    expect(issues).toEqual([])
    expect(seconds).toBeLessThan(15)
  }, 60_000)
})

describe('Invariants that never end', () => {
  const deep = 'repeat($this | $this).exists()'
  const wide = `descendants()${'.select(%resource.descendants())'.repeat(6)}.exists()`
  const unknown = `descendants()${'.select(%resource.descendants())'.repeat(6)}.aggregate($this + $total, 0).exists()`

  test.each([
    ['over all descendants of all descendants', wide],
    ['with what the quick engine does not know', unknown],
  ])(
    '%s',
    (_name, expression) => {
      const rule = { key: 'test-1', severity: 'error', human: 'It ends.', expression }
      const known = [profile('test', 'Patient', [element('Patient', { constraint: [rule] })])]
      const name = Array.from({ length: 50 }, () => ({ family: 'Roe', given: ['Jo'] }))
      const { issues, seconds } = timed(() => against(patient({ name }), known))
      expect(issues).toEqual(['invariant-too-costly Patient [test-1]', tooCostly('Patient')])
      expect(seconds).toBeLessThan(15)
    },
    60_000,
  )

  test('Several rules share what may be taken', () => {
    const rules = Array.from({ length: 20 }, (_, i) => ({
      key: `test-${i}`,
      severity: 'error',
      human: 'It ends.',
      expression: 'name.all(%resource.descendants().exists())',
    }))
    const known = [profile('test', 'Patient', [element('Patient', { constraint: rules })])]
    const name = Array.from({ length: 20 }, () => ({ family: 'Roe' }))
    const request = (steps: number) => ({ profiles: [`${base}test`], spend: createBudget(steps) })
    expect(shown(validated(patient({ name }), { known, request: request(1_000_000) }))).toEqual([])
    expect(shown(validated(patient({ name }), { known, request: request(100) })).at(-1)).toBe(tooCostly('Patient'))
  })

  test('What repeats itself ends by itself', () => {
    const known = [
      profile('test', 'Patient', [
        element('Patient', { constraint: [{ key: 'test-1', severity: 'error', human: 'x', expression: deep }] }),
      ]),
    ]
    expect(against(patient({ active: true }), known)).toEqual([])
  })
})

describe('Large and deep', () => {
  test('Many slices with many values', () => {
    const many = 30_000
    const slices = Array.from({ length: many }, (_, i) => [
      element(`Patient.identifier:s${i}`, { min: 0 }),
      element(`Patient.identifier:s${i}.system`, { min: 1, fixedUri: `urn:s${i}` }),
    ]).flat()
    const elements = [element('Patient'), element('Patient.identifier', slicedBy(['value:system'])), ...slices]
    const known = [
      {
        ...profile('test', 'Patient', []),
        differential: undefined,
        snapshot: { element: elements as JsonObject[] },
      } as unknown as JsonObject,
    ]
    const identifier = Array.from({ length: many }, (_, i) => ({ system: `urn:s${i}` }))
    const { issues, seconds } = timed(() => against(patient({ identifier }), known))
    expect(issues.at(-1)).toBe(tooCostly('Patient'))
    expect(seconds).toBeLessThan(20)
  }, 60_000)

  test('What is nested deeper than can be read is only told', () => {
    const url = 'http://example.org/deep'
    let inner: object = { url, valueBoolean: true }
    for (let i = 0; i < 10_000; i++) inner = { url, extension: [inner] }
    const [issue] = shown(validated(patient({ extension: [inner] })))
    expect(issue).toMatch(/^too-deep /)
  })

  test('A narrative that never closes its tags', () => {
    const div = `<div xmlns="http://www.w3.org/1999/xhtml">urn:${'<a '.repeat(300_000)}</div>`
    const { issues, seconds } = timed(() => shown(validated(patient({ text: { status: 'generated', div } }))))
    expect(issues).toContain('invalid-value Patient.text.div')
    expect(seconds).toBeLessThan(10)
  }, 60_000)

  test('A resource with ten thousand entries', () => {
    const bundle = patients(10_000, (i) => ({ gender: 'male', ...linkTo([(i + 1) % 10_000]) }))
    const { issues, seconds } = timed(() => shown(validated(bundle)))
    expect(issues).toEqual([])
    expect(seconds).toBeLessThan(15)
  }, 60_000)
})

test('An unfinished check is no success', () => {
  const request = { spend: createBudget(0) }
  expect(shown(validated(observation({ subject: { reference: urn(1) } }), { request }))).toEqual([
    tooCostly('Observation'),
  ])
})
