import { expect, test } from 'vitest'
import { announcement } from '../../server/cli/start.ts'

test('all lines name the server alike', () => {
  expect(announcement('http://localhost:8080', 'http://127.0.0.1:8080')).toBe(
    [
      'Candela is running at http://localhost:8080',
      '  FHIR base      http://localhost:8080/fhir',
      '  documentation  http://localhost:8080/docs',
    ].join('\n'),
  )
})

test('where clients find it elsewhere, it tells where it listens', () => {
  const text = announcement('https://fhir.example.org', 'http://127.0.0.1:8080')
  expect(text).toContain('FHIR base      https://fhir.example.org/fhir')
  expect(text.split('\n').at(-1)).toBe('  listens on     http://127.0.0.1:8080')
})
