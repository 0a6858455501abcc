import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { PackageName } from '../../server/fhir/packages/manifest.ts'
import { archiveCache } from '../../server/packages/archive-cache.ts'
import { openRegistry } from '../../server/packages/registry.ts'
import { resolvePackages } from '../../server/packages/resolve.ts'
import { loadDefinitions } from '../../server/packages.ts'
import { packageOf, sampleRegistry } from '../support/package-archive.ts'

const folder = mkdtempSync(join(tmpdir(), 'candela-resolve-'))
const definitions = loadDefinitions('.data')
const registry = await sampleRegistry()
afterAll(async () => {
  rmSync(folder, { recursive: true })
  await registry.close()
})

let made = 0

/** Packages by `name@version` with what they depend on. */
async function publish(packages: Readonly<Record<string, Readonly<Record<string, string>>>>): Promise<void> {
  for (const [text, dependencies] of Object.entries(packages)) {
    const [name = '', version = ''] = text.split('@')
    registry.publish(name, version, await packageOf({ name, version, dependencies }))
  }
}

async function resolve(name: string, version: string, installed: readonly PackageName[] = []) {
  const cache = archiveCache(join(folder, String(made++)))
  const client = openRegistry({ url: registry.url, cache })
  const options = { registry: client, definitions, folders: [folder], installed }
  const { packages, missing } = await resolvePackages({ name, version }, options)
  return { order: packages.map(({ manifest }) => `${manifest.name}@${manifest.version}`), missing }
}

test('what a package depends on comes before it, each once', async () => {
  await publish({
    'a.top@1.0.0': { 'hl7.fhir.r4.core': '4.0.1', 'a.left': '1.0.x', 'a.right': '1.0.0' },
    'a.left@1.0.0': { 'a.base': '1.0.0' },
    'a.left@1.0.3': { 'a.base': '1.0.0', 'hl7.fhir.r4.core': '4.0.x' },
    'a.right@1.0.0': { 'a.base': 'latest' },
    'a.base@1.0.0': {},
  })
  expect(await resolve('a.top', '1.0.0')).toEqual({
    order: ['a.base@1.0.0', 'a.left@1.0.3', 'a.right@1.0.0', 'a.top@1.0.0'],
    missing: [],
  })
})

test('packages in a circle are resolved, the one that was wanted last', async () => {
  await publish({
    'c.a@1.0.0': { 'c.b': '1.0.0' },
    'c.b@1.0.0': { 'c.c': '1.0.0' },
    'c.c@1.0.0': { 'c.a': '1.0.x', 'c.c': '1.0.0' },
  })
  expect(await resolve('c.a', '1.0.0')).toEqual({ order: ['c.c@1.0.0', 'c.b@1.0.0', 'c.a@1.0.0'], missing: [] })
})

test('several versions of one package are there side by side', async () => {
  await publish({
    'v.top@1.0.0': { 'v.left': '1.0.0', 'v.base': '2.0.0' },
    'v.left@1.0.0': { 'v.base': '1.0.0' },
    'v.base@1.0.0': {},
    'v.base@2.0.0': {},
  })
  expect((await resolve('v.top', '1.0.0')).order.sort()).toEqual([
    'v.base@1.0.0',
    'v.base@2.0.0',
    'v.left@1.0.0',
    'v.top@1.0.0',
  ])
})

test('what is installed is not fetched', async () => {
  await publish({ 'i.top@1.0.0': { 'i.base': '1.0.x' } })
  const found = await resolve('i.top', '1.0.0', [{ name: 'i.base', version: '1.0.7' }])
  expect(found).toEqual({ order: ['i.top@1.0.0'], missing: [] })
})

test('what cannot be had is named, with who needs it', async () => {
  registry.publish('m.r5', '1.0.0', await packageOf({ name: 'm.r5', fhirVersions: ['5.0.0'] }))
  await publish({
    'm.top@1.0.0': { 'm.gone': '1.0.0', 'm.base': '2.0.x', 'm.r5': '1.0.0', 'm.build': 'current' },
    'm.base@1.0.0': {},
    'm.build@1.0.0': {},
  })
  const { order, missing } = await resolve('m.top', '1.0.0')
  expect(order).toEqual(['m.top@1.0.0'])
  expect(missing.map(({ name, reason }) => [name, reason])).toEqual([
    ['m.gone', `${registry.url}/ has no package m.gone@1.0.0.`],
    ['m.base', `${registry.url}/ has no version 2.0.x of m.base; it has 1.0.0.`],
    ['m.r5', 'm.r5@1.0.0 is for FHIR 5.0.0: this server takes packages for FHIR 4.0.'],
    ['m.build', expect.stringContaining("'current' is a build")],
  ])
  expect(missing[0]).toMatchObject({ version: '1.0.0', neededBy: 'm.top@1.0.0' })
})

test('a package without end is refused', async () => {
  await publish(
    Object.fromEntries(Array.from({ length: 102 }, (_, i) => [`e.p${i}@1.0.0`, { [`e.p${i + 1}`]: '1.0.0' }])),
  )
  await expect(resolve('e.p0', '1.0.0')).rejects.toThrow('needs more than 100 packages')
})

test.each([['that builds on another FHIR', 'x.r5', { 'hl7.fhir.core': '5.0.0' }, 'builds on hl7.fhir.core@5.0.0']])(
  'a package %s is refused',
  async (_case, name, dependencies, expected) => {
    await publish({ [`${name}@1.0.0`]: dependencies })
    await expect(resolve(name, '1.0.0')).rejects.toThrow(expected)
  },
)

test('a registry that answers with another package is not believed', async () => {
  registry.publish('w.wanted', '1.0.0', await packageOf({ name: 'w.other' }))
  await expect(resolve('w.wanted', '1.0.0')).rejects.toThrow(
    'answers for w.wanted@1.0.0 with another package, w.other@1.0.0',
  )
})
