import { expect, test } from 'vitest'
import { compareReleases } from '../../../server/fhir/terminology/release-order.ts'

const snomed = 'http://snomed.info/sct'
const rxnorm = 'http://www.nlm.nih.gov/research/umls/rxnorm'

test.each([
  ['http://loinc.org', '2.79', '2.80'],
  [rxnorm, '12022024', '01062025'],
  [rxnorm, '01062025', '02032025'],
  [snomed, `${snomed}/900000000000207008/version/20250101`, `${snomed}/731000124108/version/20250301`],
  [snomed, `${snomed}/900000000000207008/version/20240901`, `${snomed}/11000146104/version/20250101`],
  ['http://hl7.org/fhir/sid/cvx', '20231231', '20240101'],
  ['http://nucc.org/provider-taxonomy', '24.1', '25.0'],
  ['http://hl7.org/fhir/sid/icd-10-cm', '2025', '2026'],
])('of %s %s comes before %s', (url, earlier, later) => {
  expect(compareReleases(url, earlier, later)).toBeLessThan(0)
  expect(compareReleases(url, later, earlier)).toBeGreaterThan(0)
  expect(compareReleases(url, later, later)).toBe(0)
})
