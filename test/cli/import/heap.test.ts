import { getHeapStatistics } from 'node:v8'
import { expect, test } from 'vitest'
import { heapKeeper } from '../../../server/cli/import/heap.ts'

test('what is no longer used does not pile up', () => {
  const keep = heapKeeper()
  const start = getHeapStatistics().used_heap_size
  let most = 0
  let held: string[][] = []
  for (let i = 0; i < 300; i++) {
    held.push(Array.from({ length: 10_000 }, (_, k) => `${i} ${k}`))
    if (held.length > 20) held = []
    keep()
    most = Math.max(most, getHeapStatistics().used_heap_size)
  }
  expect(most - start).toBeLessThan(160e6)
})
