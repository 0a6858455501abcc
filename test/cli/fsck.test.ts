import { expect, test } from 'vitest'
import { reportText } from '../../server/cli/fsck.ts'

const counts = { resources: 2, versions: 3, changes: 3, danglingReferences: 0, indexing: false }

test('a report without problems says so', () => {
  expect(reportText({ ...counts, problems: 0, examples: [] })).toBe(
    '2 resources, 3 versions, 3 changes checked.\nAll is well.',
  )
})

test('a report names the problems, and how many it does not name', () => {
  const examples = [{ check: 'index', reference: 'Patient/1/_history/2', detail: 'differs in terms' }] as const
  expect(reportText({ ...counts, danglingReferences: 4, problems: 3, examples })).toBe(
    [
      '2 resources, 3 versions, 3 changes checked.',
      '4 references lead to resources that are not here (allowed).',
      'index: Patient/1/_history/2 differs in terms',
      '… and 2 more',
      '3 problems.',
    ].join('\n'),
  )
})
