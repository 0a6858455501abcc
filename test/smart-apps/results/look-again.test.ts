/** How often the results are looked at again. */
import { expect, test } from 'vitest'
import { lookAgain } from '../../../smart-apps/results/look-again.ts'

/** A clock of our own; `pass` lets so many milliseconds go by, and answers how often was looked. */
function world() {
  let time = 0
  let looks = 0
  let next: { readonly at: number; readonly run: () => void } | undefined
  const state = { isSeen: true, fails: false }
  const looking = lookAgain({
    look: async () => {
      looks += 1
      if (state.fails) throw new Error('unreachable')
    },
    isSeen: () => state.isSeen,
    now: () => time,
    setTimer: (run, milliseconds) => {
      next = { at: time + milliseconds, run }
      return next
    },
    clearTimer: (timer) => {
      if (timer === next) next = undefined
    },
  })
  const pass = async (milliseconds: number) => {
    const end = time + milliseconds
    const before = looks
    while (next && next.at <= end) {
      const { at, run } = next
      next = undefined
      time = at
      run()
      for (let i = 0; i < 5; i++) await Promise.resolve()
    }
    time = end
    return looks - before
  }
  return { state, looking, pass }
}

test('something new is seen within two seconds', async () => {
  expect(await world().pass(2000)).toBeGreaterThan(0)
})

test('a page that nobody sees asks for nothing', async () => {
  const { state, pass } = world()
  state.isSeen = false
  expect(await pass(60_000)).toBe(0)
  state.isSeen = true
  expect(await pass(2000)).toBe(1)
})

test('a page that nobody touches asks seldom, until somebody does', async () => {
  const { looking, pass } = world()
  await pass(11 * 60_000)
  expect(await pass(60_000)).toBeLessThanOrEqual(4)
  looking.touch()
  expect(await pass(2000)).toBeGreaterThan(0)
})

test('a server that fails is asked less and less, and as before once it answers', async () => {
  const { state, pass } = world()
  state.fails = true
  expect(await pass(60_000)).toBeLessThanOrEqual(6)
  state.fails = false
  await pass(5 * 60_000)
  expect(await pass(10_000)).toBeGreaterThanOrEqual(5)
})

test('it stops', async () => {
  const { looking, pass } = world()
  looking.stop()
  expect(await pass(60_000)).toBe(0)
})
