import { expect, test } from 'vitest'
import { takeTurns } from '../../../server/interactions/reindex/turns.ts'

test('others get their turn while work lasts', async () => {
  const turn = takeTurns(new AbortController().signal)
  let others = false
  setImmediate(() => {
    others = true
  })
  // Ends by others' turn alone: nothing else lets go of the process.
  while (!others) await turn()
})

test('work that is told to stop stops at once', async () => {
  const stop = new AbortController()
  const turn = takeTurns(stop.signal)
  await turn()
  stop.abort()
  await expect(turn()).rejects.toThrow('aborted')
})
