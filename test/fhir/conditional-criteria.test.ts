import { expect, test } from 'vitest'
import { checkCriteria } from '../../server/fhir/conditional-criteria.ts'

test.each(['identifier=urn:x|1', 'name=_count', 'active=true&_format=json&_pretty=true', '_id=1', ''])(
  "'%s' are criteria",
  (query) => {
    expect(() => checkCriteria(query)).not.toThrow()
  },
)

test.each(['active=false&_count=1', '_sort=name', '_include:iterate=Patient:link', '%5Fsummary=count', '_cursor=x'])(
  "'%s' says more",
  (query) => {
    expect(() => checkCriteria(query)).toThrow('a conditional request takes criteria alone')
  },
)
