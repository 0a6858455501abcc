import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'

const cli = new URL('../../server/cli.ts', import.meta.url).pathname

function candela(env: Record<string, string>) {
  return spawnSync(process.execPath, [cli, 'config'], { cwd: tmpdir(), encoding: 'utf8', env: { ...env } })
}

test('the settings in force are printed', () => {
  const { status, stdout } = candela({ PORT: '8123' })
  expect(status).toBe(0)
  expect(stdout).toMatch(/^PORT +8123 +environment$/m)
  expect(stdout).toMatch(/^HOST +127\.0\.0\.1 +default$/m)
})

test('what cannot be used is named, and the status says so', () => {
  const { status, stderr } = candela({ DATABASE_ULR: 'x' })
  expect(status).toBe(2)
  expect(stderr.trim()).toBe('DATABASE_ULR is not a setting. Did you mean DATABASE_URL?')
})
