import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { commands } from '../server/cli/commands.ts'
import { settingsTable } from '../server/config-table.ts'
import { parseRequiredProfiles } from '../server/fhir/validation/mode.ts'
import { install, sharedPackages, usCore } from './support/installed-packages.ts'
import { needsFolder } from './support/shared-data.ts'
import { testServer } from './support/test-server.ts'

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

describe.skipIf(!sharedPackages)(needsFolder('the example of profiles', sharedPackages), () => {
  test('is as the README shows it', async () => {
    const requiredProfiles = parseRequiredProfiles(/^REQUIRED_PROFILES=(\S+)/m.exec(readme)![1]!)!
    const server = await testServer({ config: { requiredProfiles } })
    try {
      await install(server, usCore('6.1.0'))
      const post = (payload: string) =>
        server.inject({
          method: 'POST',
          url: '/fhir/Patient',
          headers: { 'content-type': 'application/fhir+json' },
          payload,
        })
      const refused = await post(block('refused'))
      expect(refused.status).toBe(422)
      expect(refused.json).toEqual(JSON.parse(block('outcome')))
      expect((await post(block('accepted'))).status).toBe(201)
    } finally {
      await server.close()
    }
  })
})

/** The code block below a mark. */
function block(mark: string): string {
  return new RegExp(`<!-- ${mark} -->\n\`\`\`json\n([^]*?)\`\`\``).exec(readme)![1]!
}
