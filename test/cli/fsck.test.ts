import { expect, test } from 'vitest'
import { exitStatus, reportText } from '../../server/cli/fsck.ts'

const counts = { resources: 2, versions: 3, changes: 3, danglingReferences: 0, indexing: 'complete' } as const

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

test.each([
  ['under way', 'Indexes were not compared, because $reindex is under way: check again when it is done.', 0],
  ['failed', 'Indexes were not compared, because $reindex has failed: $reindex-status tells why. Call it again.', 1],
] as const)(
  'a report without the indexes, as $reindex is %s, says so and not that all is well',
  (indexing, text, status) => {
    const report = { ...counts, indexing, problems: 0, examples: [] }
    expect(reportText(report).split('\n').slice(1)).toEqual([
      text,
      'What was checked is well; the indexes were left out.',
    ])
    expect(exitStatus(report)).toBe(status)
  },
)

test('a report with problems ends the command with 1', () => {
  expect(exitStatus({ ...counts, problems: 1, examples: [] })).toBe(1)
})
