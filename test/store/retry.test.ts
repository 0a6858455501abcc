import { expect, test } from 'vitest'
import { OutcomeError } from '../../server/fhir/outcome.ts'
import { isContention, retryContention } from '../../server/store/retry.ts'

/** Fails with the errors in turn, then returns how often it was run. */
function failing(errors: readonly Error[]): () => Promise<number> {
  let runs = 0
  return async () => {
    const error = errors[runs++]
    if (error) throw error
    return runs
  }
}

const contention = new OutcomeError('contention')

test('what loses by contention is repeated', async () => {
  expect(await retryContention(failing([]))).toBe(1)
  expect(await retryContention(failing([contention, contention, contention]))).toBe(4)
})

test('after three repetitions it is given up', async () => {
  await expect(retryContention(failing(Array(4).fill(contention)))).rejects.toBe(contention)
})

test.each([new OutcomeError('version-conflict'), new OutcomeError('outcome-unknown'), new TypeError('bug')])(
  '%s is not repeated',
  async (error) => {
    expect(isContention(error)).toBe(false)
    await expect(retryContention(failing([error]))).rejects.toBe(error)
  },
)
