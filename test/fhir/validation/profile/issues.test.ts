import { expect, test } from 'vitest'
import type { Issue } from '../../../../server/fhir/outcome.ts'
import { addIssue } from '../../../../server/fhir/validation/profile/visit.ts'

const warning = (i: number): Issue => ({ code: 'unknown-profile', params: { profile: `p${i}` }, severity: 'warning' })
const error: Issue = { code: 'rule-violated', params: { reason: 'x' } }

test('errors are kept, however many warnings came before', () => {
  const issues: Issue[] = []
  for (let i = 0; i < 150; i++) addIssue(issues, warning(i))
  expect(issues).toHaveLength(100)
  addIssue(issues, error)
  addIssue(issues, error)
  addIssue(issues, warning(200))
  expect(issues).toHaveLength(100)
  expect(issues.filter((issue) => issue === error)).toHaveLength(1)
})
