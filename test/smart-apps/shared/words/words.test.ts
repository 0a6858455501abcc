import { describe, expect, test } from 'vitest'
import { csvText } from '../../../../smart-apps/shared/words/csv.ts'
import { dateInWords, dayInWords } from '../../../../smart-apps/shared/words/dates.ts'
import { fill, fillPlural } from '../../../../smart-apps/shared/words/fill.ts'
import { chosenLanguage } from '../../../../smart-apps/shared/words/language.ts'

describe('dates', () => {
  test.each([
    ['2026', '2026', '2026'],
    ['2026-03', 'March 2026', 'marzo de 2026'],
    ['2026-03-01', 'March 1, 2026', '1 de marzo de 2026'],
    ['soon', 'soon', 'soon'],
    ['2026-99-99', '2026-99-99', '2026-99-99'],
  ])('%s is as precise as it is', (text, english, spanish) => {
    expect([dateInWords(text, 'en'), dateInWords(text, 'es')]).toEqual([english, spanish])
  })

  test('with a time are those of the reader', () => {
    expect(dateInWords('2026-03-01T08:00:00Z', 'en')).toMatch(/^(?:February 28|March 1), 2026 at \d+:00/)
    expect(dayInWords('2026-03-01T12:00:00Z', 'en')).toMatch(/^March [12], 2026$/)
  })
})

test('gaps are filled, unknown ones stay', () => {
  expect(fill('{a} and {b}', { a: 1 })).toBe('1 and {b}')
  expect(fillPlural({ one: '{count} result', other: '{count} results' }, 1, 'en')).toBe('1 result')
  expect(fillPlural({ one: '{count} result', other: '{count} results' }, 1200, 'en')).toBe('1,200 results')
})

test('a table is safe for spreadsheets', () => {
  const rows = [['a"b', 'c,d', '=1+1', '-5', '-x', '@now', 'two\nlines']]
  expect(csvText(rows)).toBe(`\uFEFF"a""b","c,d",'=1+1,-5,'-x,'@now,"two\nlines"\r\n`)
})

test('the language is what was chosen, or what the browser wants', () => {
  const storage = (value: string | null) => ({ getItem: () => value }) as unknown as Storage
  expect(chosenLanguage(storage('es'), ['en-US'])).toBe('es')
  expect(chosenLanguage(storage(null), ['fr-FR', 'es-MX'])).toBe('es')
  expect(chosenLanguage(storage('xx'), ['fr'])).toBe('en')
})
