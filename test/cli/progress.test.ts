import { expect, test } from 'vitest'
import { progressBar } from '../../server/cli/progress.ts'

test.each([
  [0, `${'░'.repeat(40)} 0 %`],
  [0.5, `${'█'.repeat(20)}${'░'.repeat(20)} 50 %`],
  [0.999, `${'█'.repeat(40)} 99 %`],
  [1.2, `${'█'.repeat(40)} 100 %`],
])('the bar at %s', (share, bar) => {
  expect(progressBar(share)).toBe(bar)
})
