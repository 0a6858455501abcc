import { expect, test } from 'vitest'
import { reindexRequest, reindexText } from '../../server/cli/reindex.ts'
import { ConfigError } from '../../server/config.ts'
import type { ReindexJob } from '../../server/store/reindex-jobs.ts'

test.each([
  [[], { url: undefined, types: [], everything: false }],
  [['http://x/y'], { url: 'http://x/y', types: [], everything: false }],
  [['--type', 'Patient', '--type=Group'], { url: undefined, types: ['Patient', 'Group'], everything: false }],
  [['--everything'], { url: undefined, types: [], everything: true }],
])('%j is understood', (args, request) => {
  expect(reindexRequest(args)).toEqual(request)
})

test.each([[['a', 'b']], [['--typ', 'Patient']], [['--type']]])('%j is bad usage', (args) => {
  expect(() => reindexRequest(args)).toThrow(ConfigError)
})

const job: ReindexJob = {
  job: '1',
  state: 'done',
  urls: ['http://x/y'],
  types: ['Patient'],
  code: null,
  type: null,
  position: null,
  done: 10,
  changed: 3,
  skipped: 0,
  total: 10,
  outcome: null,
  seconds: 1,
}

test('a job that is done tells what it did', () => {
  expect(reindexText(job)).toBe('Done: http://x/y\n10 resources indexed, 3 changed.')
})

test('a job that failed says so', () => {
  expect(reindexText({ ...job, state: 'failed', skipped: 2 })).toBe(
    [
      'Not done: http://x/y',
      '10 resources indexed, 3 changed.',
      '2 resources cannot be read: see candela fsck.',
      'Indexing failed; $reindex-status tells why.',
    ].join('\n'),
  )
})
