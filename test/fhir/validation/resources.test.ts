import { expect, test } from 'vitest'
import type { Row } from '../../support/validation.ts'
import { code, found, patient } from '../../support/validation.ts'

const types: readonly Row[] = [
  ['no type', { id: '1' }, ['missing-element Resource.resourceType']],
  ['an unknown type', { resourceType: 'Patiant' }, ['unknown-inner-type Resource']],
  ['an abstract type', { resourceType: 'DomainResource' }, ['unknown-inner-type Resource']],
  ['a data type', { resourceType: 'HumanName' }, ['unknown-inner-type Resource']],
  ['the name of a property of objects', { resourceType: '__proto__' }, ['unknown-inner-type Resource']],
  ['a number', { resourceType: 1 }, ['wrong-shape Resource.resourceType']],
]

test.each(types)('%s as resource type', (_name, resource, expected) => {
  expect(found(resource)).toEqual(expected)
})

const organization = { resourceType: 'Organization', id: 'org', name: 'Clinic' }

const contained: readonly Row[] = [
  ['fine', patient({ contained: [organization] }), []],
  [
    'without an id',
    patient({ contained: [{ resourceType: 'Organization' }] }),
    ['missing-element Patient.contained[0].id'],
  ],
  [
    'of unknown type',
    patient({ contained: [{ resourceType: 'Clinic', id: 'a' }] }),
    ['unknown-inner-type Patient.contained[0]'],
  ],
  ['without a type', patient({ contained: [{ id: 'a' }] }), ['missing-element Patient.contained[0].resourceType']],
  ['not a list', patient({ contained: organization }), ['wrong-shape Patient.contained']],
  ['not an object', patient({ contained: ['x'] }), ['wrong-shape Patient.contained[0]']],
  [
    'empty',
    patient({ contained: [{}] }),
    ['missing-element Patient.contained[0].resourceType', 'missing-element Patient.contained[0].id'],
  ],
  [
    'with faults',
    patient({ contained: [{ ...organization, nam: 'x' }] }),
    ['unknown-element Patient.contained[0].nam'],
  ],
  [
    'containing another',
    patient({ contained: [{ ...organization, contained: [{ nonsense: 1 }] }] }),
    ['misplaced-element Patient.contained[0].contained'],
  ],
  [
    'with a version',
    patient({ contained: [{ ...organization, meta: { versionId: '1' } }] }),
    ['misplaced-element Patient.contained[0].meta.versionId'],
  ],
  [
    'with a time of update',
    patient({ contained: [{ ...organization, meta: { lastUpdated: '2024-01-01T00:00:00Z' } }] }),
    ['misplaced-element Patient.contained[0].meta.lastUpdated'],
  ],
  [
    'with a security label',
    patient({ contained: [{ ...organization, meta: { security: [{ code: 'R' }] } }] }),
    ['misplaced-element Patient.contained[0].meta.security'],
  ],
  ['with a profile', patient({ contained: [{ ...organization, meta: { profile: ['http://x.org/p'] } }] }), []],
]

test.each(contained)('a contained resource %s', (_name, resource, expected) => {
  expect(found(resource)).toEqual(expected)
})

function bundle(type: string, resource: unknown): object {
  return { resourceType: 'Bundle', type, entry: [{ resource }] }
}

const inside: readonly Row[] = [
  [
    'in an entry',
    bundle('collection', patient({ name: [{ first: 'Jo' }] })),
    ['unknown-element Bundle.entry[0].resource.name[0].first'],
  ],
  [
    'of unknown type in an entry',
    bundle('collection', { resourceType: 'X' }),
    ['unknown-inner-type Bundle.entry[0].resource'],
  ],
  ['that is null in an entry', bundle('collection', null), ['empty-value Bundle.entry[0].resource']],
  ['that is no object in an entry', bundle('collection', 'x'), ['wrong-shape Bundle.entry[0].resource']],
  ['with an id alone in an entry', bundle('collection', { resourceType: 'Patient', id: 'a' }), []],
  [
    'in a Bundle in an entry',
    bundle('collection', bundle('batch', { resourceType: 'X' })),
    ['unknown-inner-type Bundle.entry[0].resource.entry[0].resource'],
  ],
  [
    'in the outcome of an entry',
    {
      resourceType: 'Bundle',
      type: 'batch-response',
      entry: [{ response: { status: '400', outcome: { resourceType: 'OperationOutcome' } } }],
    },
    ['missing-element Bundle.entry[0].response.outcome.issue'],
  ],
  [
    'in Parameters',
    {
      resourceType: 'Parameters',
      parameter: [{ name: 'a', part: [{ name: 'b', resource: { resourceType: 'Observation', code } }] }],
    },
    ['missing-element Parameters.parameter[0].part[0].resource.status'],
  ],
]

test.each(inside)('a resource %s', (_name, resource, expected) => {
  expect(found(resource)).toEqual(expected)
})
