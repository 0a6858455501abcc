import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { commands } from '../../server/cli/commands.ts'
import { runCommand } from '../../server/cli/run-command.ts'
import { kinds } from '../../server/cli/terminology/readers.ts'

const said: string[] = []
vi.spyOn(console, 'log').mockImplementation((text: string) => void said.push(text))
vi.spyOn(console, 'error').mockImplementation((text: string) => void said.push(text))
afterEach(() => {
  said.length = 0
})

test('help lists every command', async () => {
  expect(await runCommand([])).toBe(0)
  expect(await runCommand(['--help'])).toBe(0)
  for (const name of Object.keys(commands)) expect(said[0]).toContain(`  ${name} `)
})

test('a mistyped command is answered with the nearest one', async () => {
  expect(await runCommand(['improt'])).toBe(2)
  expect(said[0]).toContain("There is no command 'improt'. Did you mean 'import'?")
  expect(await runCommand(['__proto__'])).toBe(2)
})

test.each(['start', 'fsck', 'config'])('%s takes no arguments', async (name) => {
  expect(await runCommand([name, 'zork'])).toBe(2)
  expect(said).toEqual([`candela ${name} takes no arguments, not 'zork'. Settings are environment variables.`])
})

test('each command explains itself', async () => {
  expect(await runCommand(['import', '--help'])).toBe(0)
  expect(said[0]).toContain('candela import PATH')
  expect(await runCommand(['terminology', '--help'])).toBe(0)
  expect(said[1]).toContain('remove URL[|VERSION]')
  for (const kind of Object.keys(kinds)) expect(said[1]).toMatch(new RegExp(`^  ${kind} +\\S`, 'm'))
})

test('every command takes its settings from the file, too: all work on the same database', () => {
  const folder = join(import.meta.dirname, '../../server/cli')
  const sources = readdirSync(folder).filter((name) => name.endsWith('.ts'))
  const careless = sources.filter((name) => readFileSync(join(folder, name), 'utf8').includes('readConfig('))
  expect(careless).toEqual([])
})
