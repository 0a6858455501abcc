import { expect, test } from 'vitest'
import { languageOf } from '../../../server/smart/pages/language.ts'

test.each([
  ['what was chosen before', { chosen: 'es', uiLocales: 'en', acceptLanguage: 'en' }, 'es'],
  ['what the app asks for', { uiLocales: 'fr es-MX', acceptLanguage: 'en' }, 'es'],
  ['what the browser prefers', { acceptLanguage: 'fr;q=0.9, en;q=0.2, es-US;q=0.8' }, 'es'],
  ['not what it refuses', { acceptLanguage: 'es;q=0, en;q=0.1' }, 'en'],
  ['English without a wish', {}, 'en'],
  ['English for nonsense', { chosen: '<script>', acceptLanguage: ';;,q=' }, 'en'],
] as const)('The language is %s', (_name, wishes, language) => {
  expect(languageOf(wishes)).toBe(language)
})
