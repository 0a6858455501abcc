import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { OutcomeError } from '../server/fhir/outcome.ts'
import { codeTable } from '../server/fhir/terminology/code-table.ts'
import { expand } from '../server/fhir/terminology/expand.ts'
import { publishedTerminology } from '../server/published-resources.ts'
import { memoryFacts } from './fhir/terminology/memory-facts.ts'

const folder = mkdtempSync(join(tmpdir(), 'candela-published-'))
const published = publishedTerminology(folder)
afterAll(() => rmSync(folder, { recursive: true }))

test('resources are found by url, with their version or without', () => {
  const url = 'http://hl7.org/fhir/ValueSet/administrative-gender'
  expect(published.find('ValueSet', url)).toMatchObject({ resourceType: 'ValueSet', url })
  expect(published.find('ValueSet', `${url}|4.0.1`)).toBe(published.find('ValueSet', url))
  expect(published.find('ValueSet', `${url}|1`)).toBeUndefined()
  expect(published.find('Patient', url)).toBeUndefined()
})

test('all that is published is there: the base specification, HL7 v3 and v2', () => {
  const counts = ['CodeSystem', 'ValueSet', 'ConceptMap'].map((type) => published.all(type).length)
  expect(counts).toEqual([1063, 1317, 19])
})

describe('the published value sets', () => {
  const facts = {
    ...memoryFacts([]),
    resource: published.find,
    system: (url: string, version?: string) => {
      const found = published.find('CodeSystem', version === undefined ? url : `${url}|${version}`)
      return found && found['content'] !== 'not-present' ? codeTable(found) : undefined
    },
  }

  test('can be expanded, but for those of systems that are not published or have no end', () => {
    const refused: string[] = []
    let expanded = 0
    for (const valueSet of published.all('ValueSet')) {
      try {
        expand(valueSet, facts, { count: 10_000 })
        expanded++
      } catch (error) {
        if (!(error instanceof OutcomeError)) throw error
        refused.push(error.issues[0]!.code)
      }
    }
    expect(expanded).toBeGreaterThan(1200)
    expect(new Set(refused)).toEqual(new Set(['unknown-terminology', 'query-too-costly']))
  })

  test.each([
    ['http://hl7.org/fhir/ValueSet/observation-status', 8],
    ['http://hl7.org/fhir/ValueSet/administrative-gender', 4],
    ['http://terminology.hl7.org/ValueSet/v3-ActEncounterCode', 11],
    ['http://hl7.org/fhir/ValueSet/currencies', undefined],
  ])('%s has %o codes', (url, count) => {
    const valueSet = published.find('ValueSet', url)!
    if (count === undefined) expect(() => expand(valueSet, facts, {})).toThrow('not known here')
    else expect(expand(valueSet, facts, {}).total).toBe(count)
  })
})
