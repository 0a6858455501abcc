import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../server/fhir/json.ts'
import { heldUnlessReleased } from '../../../server/fhir/review/hold.ts'
import { hasLabel, reviewSystem } from '../../../server/fhir/review/labels.ts'
import { parseReleaseRules, releaseOf } from '../../../server/fhir/review/release-rules.ts'

const base = 'https://here.example.org/fhir'
const coded = (system: string, code: string) => ({ coding: [{ system, code }] })
const pathology = coded('http://terminology.hl7.org/CodeSystem/v2-0074', 'SP')
const laboratory = coded('http://terminology.hl7.org/CodeSystem/observation-category', 'laboratory')
const hba1c = coded('http://loinc.org', '4548-4')

function result(category: object, more: JsonObject = {}): JsonObject {
  return {
    resourceType: 'Observation',
    status: 'final',
    category: [category],
    code: { text: '…' },
    ...more,
  } as JsonObject
}

const performedBy = (...references: string[]) => ({ performer: references.map((reference) => ({ reference })) })

describe('rules of release', () => {
  test.each([
    'pathology',
    'pathology=later',
    'astrology=after-review',
    'toString=after-review',
    'pathology@Practitioner/1=immediate',
    'pathology=immediate,',
  ])('are not %s', (text) => {
    expect(parseReleaseRules(text)).toBeUndefined()
  })

  test.each([
    ['pathology=after-review', result(pathology), 'after-review'],
    ['pathology=after-review', result(laboratory), 'immediate'],
    ['pathology=after-review', { ...result(pathology), resourceType: 'DiagnosticReport' }, 'after-review'],
    ['pathology=after-review', { ...result(pathology), resourceType: 'ServiceRequest' }, 'immediate'],
    [
      'pathology=after-review',
      { resourceType: 'Observation', code: coded('http://loinc.org', '60567-5') },
      'after-review',
    ],
    // The nearer rule goes before, in whatever order they come.
    ['laboratory=after-review,http://loinc.org|4548-4=immediate', result(laboratory, { code: hba1c }), 'immediate'],
    ['http://loinc.org|4548-4=after-review,laboratory=immediate', result(laboratory, { code: hba1c }), 'after-review'],
    [
      'laboratory=after-review,laboratory@Organization/e=immediate',
      result(laboratory, performedBy('Organization/e')),
      'immediate',
    ],
    [
      'laboratory=after-review,laboratory@Organization/e=immediate',
      result(laboratory, performedBy('Organization/w')),
      'after-review',
    ],
    [
      'laboratory@Organization/e=after-review',
      result(laboratory, performedBy(`${base}/Organization/e`)),
      'after-review',
    ],
    // Of equally near ones the stricter.
    [
      'pathology=after-review,laboratory=immediate',
      { ...result(pathology), category: [laboratory, pathology] },
      'after-review',
    ],
    // What patients say of themselves.
    ['laboratory=after-review', result(laboratory, performedBy('Patient/p')), 'immediate'],
    ['laboratory=after-review', result(laboratory, performedBy('Patient/p', 'Practitioner/d')), 'after-review'],
  ])('%s of %j', (text, resource, release) => {
    expect(releaseOf(resource as JsonObject, parseReleaseRules(text)!, base)).toBe(release)
  })
})

describe('a result under a rule', () => {
  const rules = parseReleaseRules('pathology=after-review')!
  const labelled = (...codes: string[]) => ({
    meta: { security: codes.map((code) => ({ system: reviewSystem, code })) },
  })
  const labels = (resource: JsonObject) => (['held', 'released'] as const).filter((label) => hasLabel(resource, label))

  test.each([
    ['is held when it is new', result(pathology), false, ['held']],
    ['is held whoever made it', result(pathology), true, ['held']],
    ['stays released for who may say so', result(pathology, labelled('released')), true, ['released']],
    ['is held again when others change it', result(pathology, labelled('released')), false, ['held']],
    ['is released where both are said by who may', result(pathology, labelled('held', 'released')), true, ['released']],
    ['of another kind is left alone', result(laboratory), false, []],
    ['of another kind is not called released by others', result(laboratory, labelled('released')), false, []],
    ['of another kind may be held by hand', result(laboratory, labelled('held')), false, ['held']],
  ])('%s', (_case, resource, mayRelease, expected) => {
    expect(labels(heldUnlessReleased(resource, rules, { mayRelease, base }))).toEqual(expected)
  })

  test('keeps its other labels', () => {
    const other = { system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' }
    const held = heldUnlessReleased(result(pathology, { meta: { security: [other] } }), rules, {
      mayRelease: false,
      base,
    })
    expect((held['meta'] as JsonObject)['security']).toEqual([other, { system: reviewSystem, code: 'held' }])
  })
})
