import { describe, expect, test } from 'vitest'
import { meaningOf } from '../../../smart-apps/results/words/meanings.ts'
import { bloodCount } from '../../../smart-apps/results/words/meanings-blood-count.ts'
import { chemistry } from '../../../smart-apps/results/words/meanings-chemistry.ts'
import { otherTests } from '../../../smart-apps/results/words/meanings-other.ts'

const entries = [...chemistry, ...bloodCount, ...otherTests]
const loinc = (code: string) => [{ system: 'http://loinc.org', code }]

/** LOINC's check digit: modulus 10. */
function isLoinc(code: string): boolean {
  const [number, check] = code.split('-') as [string, string]
  const sum = [...number].reverse().reduce((total, digit, i) => {
    const value = Number(digit) * (i % 2 === 0 ? 2 : 1)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return Number(check) === (10 - (sum % 10)) % 10
}

describe('the library of meanings', () => {
  test('has codes of LOINC, each once', () => {
    const codes = entries.flatMap((entry) => entry.codes)
    expect(codes.filter((code) => !isLoinc(code))).toEqual([])
    expect(codes.filter((code, i) => codes.indexOf(code) !== i)).toEqual([])
  })

  test('is in short sentences of both languages', () => {
    for (const entry of entries) {
      for (const { name, about } of [entry.en, entry.es]) {
        expect(name.length).toBeLessThan(40)
        expect(about).toMatch(/[.)]$/)
        for (const sentence of about.split(/(?<=\.) /)) expect(sentence.split(' ').length, sentence).toBeLessThan(28)
      }
      expect(entry.en.about).not.toBe(entry.es.about)
    }
  })

  test('is found by LOINC alone', () => {
    expect(meaningOf(loinc('2345-7'), 'en')?.name).toBe('Blood sugar (glucose)')
    expect(meaningOf(loinc('2345-7'), 'es')?.name).toBe('Azúcar en la sangre (glucosa)')
    expect(meaningOf([{ system: 'http://lab.example', code: '2345-7' }], 'en')).toBeUndefined()
    expect(meaningOf(loinc('constructor'), 'en')).toBeUndefined()
  })
})
