import { expect, test } from 'vitest'
import type { SearchParameter } from '../../../server/fhir/definitions.ts'
import { computedValues } from '../../../server/fhir/search/computed-values.ts'
import { isSameAsStandard } from '../../../server/fhir/search/same-as-standard.ts'
import { indexCompiler } from '../../../server/fhir/search/search-indexes.ts'
import { loadDefinitions } from '../../../server/packages.ts'

const definitions = loadDefinitions('.data')
const compiler = indexCompiler(definitions, computedValues(definitions))

test.each<[string, Partial<SearchParameter>, boolean]>([
  ['the same for one of its types', { code: 'family', expression: 'Patient.name.family', type: 'string' }, true],
  ['another spelling', { code: 'death-date', expression: '(Patient.deceased as dateTime)', type: 'date' }, true],
  [
    'an element of all resources',
    { code: '_lastUpdated', expression: 'Resource.meta.lastUpdated', type: 'date' },
    true,
  ],
  ['an element of all resources, by the type', { code: '_id', expression: 'Patient.id', type: 'token' }, true],
  [
    'fewer targets',
    { code: 'organization', expression: 'Patient.managingOrganization', type: 'reference', target: ['Organization'] },
    true,
  ],
  [
    'more targets',
    { code: 'organization', expression: 'Patient.managingOrganization', type: 'reference', target: ['Group'] },
    false,
  ],
  ['another type', { code: 'family', expression: 'Patient.name.family', type: 'token' }, false],
  ['another path', { code: 'family', expression: 'Patient.contact.name.family', type: 'string' }, false],
  ['one path more', { code: 'family', expression: 'Patient.name.family | Patient.name.given', type: 'string' }, false],
  ['another code', { code: 'surname', expression: 'Patient.name.family', type: 'string' }, false],
  [
    'a type that the standard has not',
    { code: 'family', base: ['Patient', 'Group'], expression: 'Patient.name.family', type: 'string' },
    false,
  ],
  ['no base', { code: 'family', base: [], expression: 'Patient.name.family', type: 'string' }, false],
  ['an expression that nobody understands', { code: 'family', expression: 'Patient.name.(', type: 'string' }, false],
])('%s: %j', (_case, given, expected) => {
  const parameter = { url: 'http://example.org/x', base: ['Patient'], ...given } as SearchParameter
  expect(isSameAsStandard(parameter, compiler)).toBe(expected)
})
