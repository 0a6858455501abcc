import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { packageWork } from '../../server/cli/package.ts'
import { ConfigError } from '../../server/config.ts'
import { withNamedPackages } from '../../server/main.ts'
import { parameter } from '../support/custom-parameters.ts'
import { packageOf, type SampleRegistry, sampleRegistry, valueSet } from '../support/package-archive.ts'
import { type TestServer, testServer } from '../support/test-server.ts'

const folder = mkdtempSync(join(tmpdir(), 'candela-cli-package-'))
let registry: SampleRegistry
let server: TestServer
beforeAll(async () => {
  registry = await sampleRegistry()
  server = await testServer({ config: { dataDir: folder, packageRegistry: registry.url } })
  const base = { name: 'sample.base', resources: { 'a.json': valueSet('http://example.org/a', '1') } }
  registry.publish('sample.base', '1.0.0', await packageOf(base))
  const order = parameter('order', {
    base: ['Patient'],
    type: 'number',
    expression: 'Patient.multipleBirth.ofType(integer)',
  })
  const top = {
    name: 'sample.top',
    dependencies: { 'sample.base': '1.0.x', 'hl7.fhir.r4.core': '4.0.1' },
    resources: { 'b.json': order, 'c.json': '{' },
  }
  registry.publish('sample.top', '1.0.0', await packageOf(top))
})
afterAll(async () => {
  await server.close()
  await registry.close()
  rmSync(folder, { recursive: true })
})

async function run(...args: string[]): Promise<{ status: number; lines: string[] }> {
  const lines: string[] = []
  const status = await packageWork(args)(server.context, (text) => lines.push(...text.split('\n')))
  return { status, lines }
}

test('a package is added from the registry with what it depends on, listed, and removed', async () => {
  expect(await run('list')).toEqual({ status: 0, lines: ['No package is installed.'] })
  const { status, lines } = await run('add', 'sample.top@1.0.0')
  expect([status, lines]).toEqual([
    0,
    [
      'sample.base@1.0.0: 1 resources (1 ValueSet)',
      'sample.top@1.0.0: 1 resources (1 SearchParameter)',
      expect.stringMatching(/^ {2}Not taken: c\.json: It cannot be read as JSON/),
      'Installed sample.base@1.0.0, sample.top@1.0.0.',
      '0 resources indexed, 0 changed.',
    ],
  ])
  expect((await run('list')).lines).toEqual([
    'sample.base@1.0.0 (others depend on it): 1 resources (1 ValueSet)',
    'sample.top@1.0.0: 1 resources (1 SearchParameter)',
    expect.stringContaining('Not taken: c.json'),
  ])
  expect((await run('add', 'sample.top@latest')).lines).toContain('All of it is installed already.')
  expect((await run('remove', 'sample.top@1.0.0')).lines[0]).toBe('Removed sample.top@1.0.0, sample.base@1.0.0.')
})

test('what is missing stops an installation, unless it is to go on without', async () => {
  const file = join(folder, 'needs.tgz')
  writeFileSync(file, await packageOf({ name: 'sample.needs', dependencies: { 'no.such': '1.0.0' } }))
  await expect(run('add', file)).rejects.toThrow(
    /^Nothing was installed, because of what is missing:\nno\.such@1\.0\.0/,
  )
  expect((await run('check', file)).status).toBe(1)
  expect((await run('list')).lines).toEqual(['No package is installed.'])
  const { lines } = await run('add', '--without-missing', file)
  expect(lines.slice(1)).toEqual([
    `Missing: no.such@1.0.0, needed by sample.needs@1.0.0. ${registry.url}/ has no package no.such@1.0.0.`,
    'Installed sample.needs@1.0.0.',
  ])
  await run('remove', 'sample.needs@1.0.0')
})

test.each([
  [[]],
  [['install', 'a@1']],
  [['add']],
  [['add', 'a@1', 'b@1']],
  [['add', '--without', 'a@1']],
  [['check', '--without-missing', 'a@1']],
  [['list', 'a@1']],
  [['remove', 'no-version']],
])('%j is bad usage', (args) => {
  expect(() => packageWork(args)).toThrow(ConfigError)
})

test.each([['no-version'], ['no-such-file.tgz']])('%s cannot be added', (name) => {
  expect(() => packageWork(['add', name])(server.context, () => {})).toThrow(ConfigError)
})

describe('the packages that PACKAGES names', () => {
  const start = (packages: string[]) =>
    withNamedPackages({
      context: { ...server.context, config: { ...server.context.config, packages } },
      databaseUrl: server.databaseUrl,
      close: async () => {},
    })

  test('are there when the server begins to listen; the registry is asked once', async () => {
    const context = await start(['sample.top@1.0.0'])
    expect(context.canonicals.find('ValueSet', 'http://example.org/a|1')).toBeDefined()
    expect(context.indexes.custom.map(({ code }) => code)).toEqual(['order'])
    const asked = registry.asked.length
    await start(['sample.top@1.0.0'])
    expect(registry.asked).toHaveLength(asked)
    await run('remove', 'sample.top@1.0.0')
  })

  test('keep the server from starting where they cannot be had', async () => {
    const starting = start(['no.such@1.0.0'])
    await expect(starting).rejects.toThrow(ConfigError)
    await expect(starting).rejects.toThrow(
      `PACKAGES: no.such@1.0.0 cannot be installed. ${registry.url}/ has no package`,
    )
  })
})
