/** The small reader of units against the whole of UCUM. */
import { describe, expect, test } from 'vitest'
import { unitScale } from '../../../server/fhir/quantity.ts'
import { labUnitScale } from '../../../server/fhir/results/lab-unit.ts'

/** Units that laboratories and wards report in. */
const units = [
  ...[
    'mg/dL',
    'g/dL',
    'g/L',
    'mg/L',
    'ug/L',
    'ug/dL',
    'ng/mL',
    'pg/mL',
    'ng/dL',
    'ug/mL',
    'ng/L',
    'g',
    'mg',
    'kg',
    'ug',
  ],
  ...[
    'mmol/L',
    'umol/L',
    'nmol/L',
    'pmol/L',
    'mol/L',
    'mmol/mol',
    'umol/g',
    'mg/g',
    'mg/mmol',
    'g/mol',
    'mmol/d',
    'g/(24.h)',
  ],
  ...[
    '10*3/uL',
    '10*6/uL',
    '10*9/L',
    '10*12/L',
    '/uL',
    '/L',
    '10^9/L',
    '{cells}/uL',
    '/[HPF]',
    '{score}',
    '1',
    '%',
    '[ppth]',
  ],
  ...['U/L', 'mU/L', 'kU/L', 'U/mL', 'mU/mL', 'ukat/L', 'nkat/L', 'meq/L', 'eq/L', 'mosm/kg', 'mosm/L', 'osm/kg'],
  ...['fL', 'pL', 'nL', 'uL', 'mL', 'dL', 'L', 'l', 'mL/min', 'mL/min/{1.73_m2}', 'mL/s', 'L/min', 'mL/kg', 'mL/kg/h'],
  ...['pg', 'fg', 'mm', 'cm', 'm', 'um', 'nm', '[in_i]', '[ft_i]', '[lb_av]', '[oz_av]', 'kg/m2', 'm2', 'mm2', 'cm3'],
  ...['s', 'ms', 'min', 'h', 'd', 'wk', 'a', 'mm/h', '/min', '/s', 'Hz', 'm[Hg]', 'mm[Hg]', 'kPa', 'Pa', 'cm/s'],
]
/** What no line can be drawn through, and what is nothing. */
const none = [
  'Cel',
  '[degF]',
  'pH',
  '[pH]',
  'bogus',
  'mg/',
  '/',
  'kmin',
  'dd%',
  'm g',
  '',
  'mg//dL',
  '(mg',
  'x'.repeat(100),
]

const ours = units.flatMap((unit) => {
  const scale = labUnitScale(unit)
  return scale ? [{ unit, scale }] : []
})

describe('a unit', () => {
  test('of laboratories is known, but for a few', () => {
    const unknown = units.filter((unit) => !labUnitScale(unit))
    expect(unknown).toEqual(['g/(24.h)', '/[HPF]'])
  })

  test.each(none)('"%s" is compared with itself alone', (unit) => {
    expect(labUnitScale(unit)).toBeUndefined()
  })

  test('has the scale that UCUM gives it, beside every other', () => {
    const wrong = ours.flatMap((a) =>
      ours.flatMap((b) => {
        const [of, to] = [unitScale(a.unit), unitScale(b.unit)]
        if (!of || !to) return []
        const comparable = of.dimension === to.dimension
        if (comparable !== (a.scale.dimension === b.scale.dimension)) return [`${a.unit} and ${b.unit}: ${comparable}`]
        const [expected, found] = [of.factor / to.factor, a.scale.factor / b.scale.factor]
        return comparable && Math.abs(found / expected - 1) > 1e-9
          ? [`${a.unit} in ${b.unit}: ${found}, not ${expected}`]
          : []
      }),
    )
    expect(wrong).toEqual([])
  })

  test('of international activity is compared within itself', () => {
    expect(labUnitScale('m[IU]/L')).toEqual({ dimension: 'international1 length-3', factor: 1 })
    expect(labUnitScale('[IU]/L')?.dimension).not.toBe(labUnitScale('U/L')?.dimension)
  })
})
