import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../server/fhir/json.ts'
import { resultsView } from '../../../server/fhir/results/results-view.ts'
import { mutate } from '../../support/mutate.ts'
import { observation, quantity, refer, report } from '../../support/observations.ts'
import { oneOf, randomFrom, seed } from '../../support/random.ts'
import { sharedTexts } from '../../support/shared-data.ts'

const now = Date.UTC(2026, 5, 1)
const view = (resources: readonly JsonObject[], versions?: ReadonlyMap<string, readonly JsonObject[]>) =>
  resultsView({ resources, now, ...(versions && { versions }) })
const shape = (resources: readonly JsonObject[]) =>
  view(resources).panels.map(({ name, results }) => [name, results.map(({ reference }) => reference)])
const at = (time: string, given: JsonObject = {}) => observation({ effectiveDateTime: time, ...given })
const names = (...resources: JsonObject[]) => resources.map(({ id }) => `Observation/${id}`)

describe('results are grouped', () => {
  test('as they were reported, newest first', () => {
    const [a, b, c] = [observation(), observation(), at('2026-04-01')]
    const resources = [a, report({ result: refer(b, a) }), b, c]
    expect(shape(resources)).toEqual([
      ['Glucose', names(c)],
      ['Basic metabolic panel', names(b, a)],
    ])
  })

  test('as they are made of each other, to any depth, in a circle, too', () => {
    const [leaf, other] = [observation(), observation()]
    const middle = observation({ hasMember: refer(leaf) })
    const top = observation({ code: { text: 'CBC' }, hasMember: [...refer(middle, other)] })
    leaf['hasMember'] = refer(top)
    expect(shape([leaf, other, top, middle])).toHaveLength(1)
    expect(shape([top, other, middle, leaf])).toEqual([['CBC', names(top, middle, leaf, other)]])
  })

  test('by the order, or by visit and time', () => {
    const basedOn = [{ reference: 'ServiceRequest/1' }]
    const encounter = { reference: 'Encounter/1' }
    const [a, b, c, d, e] = [
      observation({ basedOn }),
      observation({ basedOn }),
      observation({ encounter, code: { text: 'Pulse' } }),
      observation({ encounter, code: { text: 'Weight' } }),
      observation({ encounter, category: [{ coding: [{ code: 'survey' }] }] }),
    ]
    expect(new Set(shape([a, b, c, d, e]).map(([, results]) => JSON.stringify(results)))).toEqual(
      new Set([names(a, b), names(c, d), names(e)].map((list) => JSON.stringify(list))),
    )
  })

  test('and what a report names that is not there is counted', () => {
    const [panel] = view([report({ result: [{ reference: 'Observation/hidden' }] })]).panels
    expect(panel).toMatchObject({ missing: 1, results: [] })
  })

  test('by absolute references, too', () => {
    const one = observation()
    const result = [{ reference: `https://ehr.example.org/fhir/Observation/${one['id']}/_history/2` }]
    expect(shape([one, report({ result })])).toEqual([['Basic metabolic panel', names(one)]])
  })
})

describe('corrections', () => {
  test('say what was said before, of earlier versions', () => {
    const one = observation({ id: 'c', status: 'corrected', valueQuantity: quantity(95) })
    const versions = new Map([
      ['Observation/c', [{ ...one, status: 'final', valueQuantity: quantity(59) }, { ...one }]],
    ])
    const [correction] = view([one], versions).corrections
    expect(correction).toMatchObject({ reference: 'Observation/c', earlier: [{ value: { measure: { number: 59 } } }] })
    expect(correction!.earlier).toHaveLength(1)
  })

  test('that were sent under other ids replace what they correct', () => {
    const basedOn = [{ reference: 'ServiceRequest/1' }]
    const wrong = observation({ basedOn, valueQuantity: quantity(59) })
    const right = observation({ basedOn, status: 'corrected', issued: '2026-03-02T00:00:00Z' })
    const again = observation({ basedOn, status: 'corrected', issued: '2026-03-03T00:00:00Z' })
    const { panels, corrections, trends } = view([wrong, right, again])
    expect(panels.map(({ results }) => results.map(({ reference }) => reference))).toEqual([names(again)])
    expect(corrections[0]!.earlier.map(({ reference }) => reference)).toEqual(names(right, wrong))
    expect(trends[0]!.count).toBe(1)
  })

  test('are none where two measurements of one moment stand', () => {
    const encounter = { reference: 'Encounter/1' }
    const { panels, corrections } = view([observation({ encounter }), observation({ encounter })])
    expect({ results: panels[0]!.results.length, corrections }).toEqual({ results: 2, corrections: [] })
  })
})

describe('orders', () => {
  const order = (id: string, given: JsonObject = {}) => ({
    resourceType: 'ServiceRequest',
    id,
    status: 'active',
    code: { text: 'Lipid panel' },
    category: [{ coding: [{ code: '108252007' }] }],
    ...given,
  })

  test('are on their way until a final result answers them', () => {
    const basedOn = [{ reference: 'ServiceRequest/1' }]
    const open = ({ orders }: ReturnType<typeof view>) => orders.map(({ reference, state }) => [reference, state])
    expect(open(view([order('1')]))).toEqual([['ServiceRequest/1', 'pending']])
    expect(open(view([order('1'), report({ basedOn, status: 'preliminary' })]))).toHaveLength(1)
    expect(open(view([order('1'), report({ basedOn })]))).toEqual([])
    expect(open(view([order('1'), observation({ basedOn })]))).toEqual([])
  })

  test('that were cancelled say why; those that are done or of other things are none', () => {
    const cancelled = order('1', { status: 'revoked', statusReason: { text: 'Specimen lost' } })
    const others = [
      order('2', { status: 'completed' }),
      order('3', { category: [{ coding: [{ code: '409073007' }] }] }),
    ]
    expect(view([cancelled, ...others]).orders).toMatchObject([{ state: 'cancelled', reason: 'Specimen lost' }])
  })
})

test('what cannot be shown among the others is set aside with its reason', () => {
  const aside = [observation({ code: {} }), observation({ status: 'entered-in-error' }), at('2031-01-01')]
  const { setAside, panels } = view(aside)
  expect(setAside.map(({ reason }) => reason)).toEqual(['no-code', 'withdrawn', 'future'])
  expect(panels).toEqual([])
})

test('a resource that comes twice counts once', () => {
  const one = observation()
  expect(view([one, one]).trends[0]!.count).toBe(1)
})

describe(`whatever is sent (seed ${seed})`, () => {
  const random = randomFrom(seed)
  const real = [...(sharedTexts('us-core')?.values() ?? [])].flatMap((text) =>
    ((JSON.parse(text) as { entry?: { resource: JsonObject }[] }).entry ?? []).map(({ resource }) => resource),
  )
  const resources = [...real, observation(), report()].filter(({ resourceType }) =>
    ['Observation', 'DiagnosticReport', 'ServiceRequest'].includes(String(resourceType)),
  )

  test('every result is in one panel, or set aside', () => {
    const { panels, setAside, corrections } = view(resources)
    const shown = panels.flatMap(({ results }) => results.map(({ reference }) => reference))
    expect(new Set(shown).size).toBe(shown.length)
    const replaced = corrections.flatMap(({ earlier }) => earlier.map(({ reference }) => reference))
    const all = [...shown, ...replaced, ...setAside.map(({ reference }) => reference)]
    const expected = resources
      .filter(({ resourceType }) => resourceType === 'Observation')
      .map(({ id }) => `Observation/${id}`)
    expect(new Set(all.filter((one) => one.startsWith('Observation/')))).toEqual(new Set(expected))
  })

  test('nothing fails, even on what is no FHIR', () => {
    for (let round = 0; round < 300; round++) {
      const changed = Array.from({ length: 8 }, () => wreck(mutate(oneOf(random, resources), random)))
      expect(() => view(changed)).not.toThrow()
    }
  })

  function wreck(resource: JsonObject): JsonObject {
    const members = Object.entries(resource).map(([name, value]) =>
      random() < 0.2 && name !== 'resourceType'
        ? [name, oneOf(random, [null, 7, 'x', [], {}, [null], [[]], true])]
        : [name, value],
    )
    return Object.fromEntries(members)
  }
})
