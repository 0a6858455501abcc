import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { commands } from '../server/cli/commands.ts'
import { settingsTable } from '../server/config-table.ts'

const root = join(import.meta.dirname, '..')
const readme = readFileSync(join(root, 'README.md'), 'utf8')

test('the README lists the settings as they are', () => {
  expect(readme).toContain(settingsTable().trim())
})

test('every file that the README leads to exists', () => {
  const links = [...readme.matchAll(/\]\(([^)#:]+)\)/g)].map((match) => match[1]!)
  expect(links.length).toBeGreaterThan(5)
  expect(links.filter((link) => !existsSync(join(root, link)))).toEqual([])
})

test('every command that the README names exists', () => {
  const named = [...readme.matchAll(/npx candela (\w+)/g)].map((match) => match[1]!)
  expect(named.filter((name) => !commands[name])).toEqual([])
})
