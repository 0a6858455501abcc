import { expect, test } from 'vitest'
import { createBackground } from '../../server/interactions/background.ts'

const turn = () => new Promise((resolve) => setImmediate(resolve))

test('work of one name runs once more when it is asked for meanwhile', async () => {
  const background = createBackground(() => {})
  let runs = 0
  let end = () => {}
  const work = () => {
    runs++
    return new Promise<void>((resolve) => {
      end = resolve
    })
  }
  background.start('a', work)
  await turn()
  for (let i = 0; i < 5; i++) background.start('a', work)
  await turn()
  expect(runs).toBe(1)
  end()
  await turn()
  expect(runs).toBe(2)
  end()
  await turn()
  expect(runs).toBe(2)
})

test('work is asked to stop, and waited for; none begins afterwards', async () => {
  const background = createBackground(() => {})
  let stopped = false
  background.start('a', async (signal) => {
    await new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve())
    })
    stopped = true
  })
  await turn()
  await background.close()
  expect(stopped).toBe(true)
  background.start('a', () => expect.unreachable())
})

test('an error is reported, and other work goes on', async () => {
  const errors: unknown[] = []
  const background = createBackground((name, error) => errors.push([name, (error as Error).message]))
  background.start('a', () => Promise.reject(new Error('x')))
  background.start('b', async () => {})
  await background.close()
  expect(errors).toEqual([['a', 'x']])
})
