import { expect, test, vi } from 'vitest'
import { importCommand } from '../../server/cli/import.ts'

test.each([
  ['no path', []],
  ['an unknown option', ['--anew', 'x']],
  ['a path that does not exist', ['/nowhere/at/all']],
  ['a folder without FHIR data', [import.meta.dirname]],
])('%s is bad usage', async (_case, args) => {
  const error = vi.spyOn(console, 'error').mockImplementation(() => {})
  expect(await importCommand(args)).toBe(2)
  expect(error).toHaveBeenCalledOnce()
  error.mockRestore()
})
