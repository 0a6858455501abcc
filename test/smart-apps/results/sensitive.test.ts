/** Which results people may want to be asked about before they are shown. */
import { expect, test } from 'vitest'
import type { JsonObject } from '../../../server/fhir/json.ts'
import { resultsView } from '../../../server/fhir/results/results-view.ts'
import { isSensitive } from '../../../smart-apps/results/sensitive.ts'
import { observation, report } from '../../support/observations.ts'

const named = (text: string) => observation({ code: { text } })
const labelled = (code: string) =>
  observation({ meta: { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code }] } })
const coded = (display: string) =>
  observation({ code: { coding: [{ system: 'http://loinc.org', code: '1-1', display }], text: 'Test' } })
const section = (code: string) =>
  report({ category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0074', code }] }] })

function sensitive(resource: JsonObject): boolean {
  return resultsView({ resources: [resource], now: Date.UTC(2026, 5, 1) }).panels.every(isSensitive)
}

test.each([
  ['a test by its name', named('HIV 1+2 antibodies')],
  ['a test by the name that LOINC has', coded('Chlamydia trachomatis rRNA [Presence] in Urine by NAA')],
  ['a pregnancy test', named('hCG, quantitative')],
  ['a drug screen', named('Urine drugs of abuse')],
  ['what is restricted', labelled('R')],
  ['pathology', section('SP')],
  ['genetics', section('GE')],
])('%s is', (_kind, resource) => {
  expect(sensitive(resource)).toBe(true)
})

test.each([
  ['glucose', observation()],
  ['what is as confidential as all is', labelled('N')],
  ['hepatitis A', named('Hepatitis A antibody')],
  ['a name with such letters in it', named('Archive hive')],
  ['chemistry', section('CH')],
])('%s is not', (_kind, resource) => {
  expect(sensitive(resource)).toBe(false)
})
