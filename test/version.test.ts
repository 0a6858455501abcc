import { expect, test } from 'vitest'
import { softwareVersion } from '../server/version.ts'

test('the version is that of the package', () => {
  expect(softwareVersion).toMatch(/^\d+\.\d+\.\d+/)
})
