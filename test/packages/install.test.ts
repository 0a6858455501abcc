import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../server/fhir/json.ts'
import { installPackages } from '../../server/packages/install.ts'
import { openPackage } from '../../server/packages/open-package.ts'
import { installedPackages } from '../../server/store/packages.ts'
import { parameter, totalOf } from '../support/custom-parameters.ts'
import { install, uninstall } from '../support/installed-packages.ts'
import { packageOf, profile, valueSet } from '../support/package-archive.ts'
import { type TestServer, testServer } from '../support/test-server.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'candela-install-'))
let server: TestServer
let other: TestServer
beforeAll(async () => {
  server = await testServer({ config: { dataDir } })
  // Another machine: it has no files of the first.
  other = await testServer({ config: { dataDir: join(dataDir, 'other') }, databaseUrl: server.databaseUrl })
})
afterAll(async () => {
  await other.close()
  await server.close()
  rmSync(dataDir, { recursive: true })
})

const site = 'http://example.org'

function found(on: TestServer, type: string, canonical: string): JsonObject | undefined {
  return on.context.conformance.current.find(type, canonical)
}

async function names(): Promise<string[]> {
  return (await installedPackages(server.context.store.database)).map(({ name, version }) => `${name}@${version}`)
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let rest = 200; !(await holds()); rest--) {
    expect(rest).toBeGreaterThan(0)
    await sleep(20)
  }
}

describe('several versions of a package', () => {
  const sample = (version: string) => ({
    name: 'test.versions',
    version,
    resources: {
      'ValueSet-a.json': valueSet(`${site}/ValueSet/a`, version, `code${version}`),
      'StructureDefinition-p.json': profile(`${site}/StructureDefinition/p`, version, 'Patient'),
    },
  })
  beforeAll(async () => {
    await install(server, sample('1.9.0'))
    await install(server, sample('1.10.0'))
  })
  afterAll(async () => {
    for (const version of ['1.9.0', '1.10.0']) await uninstall(server, `test.versions@${version}`)
    expect(found(server, 'ValueSet', `${site}/ValueSet/a`)).toBeUndefined()
  })

  test('are there side by side; the newest is meant where none is named', async () => {
    expect(await names()).toEqual(['test.versions@1.9.0', 'test.versions@1.10.0'])
    for (const type of ['ValueSet', 'StructureDefinition']) {
      const url = type === 'ValueSet' ? `${site}/ValueSet/a` : `${site}/StructureDefinition/p`
      const version = (canonical: string) => found(server, type, canonical)?.['version']
      expect(version(url)).toBe('1.10.0')
      expect(version(`${url}|1.9.0`)).toBe('1.9.0')
      expect(version(`${url}|1.9`)).toBe('1.9.0')
      expect(version(`${url}|2.0.0`)).toBeUndefined()
    }
  })

  test('are seen by other processes, too, without a restart', async () => {
    await until(() => found(other, 'ValueSet', `${site}/ValueSet/a|1.9.0`) !== undefined)
    expect(found(other, 'ValueSet', `${site}/ValueSet/a|1.9.0`)).toEqual(
      found(server, 'ValueSet', `${site}/ValueSet/a|1.9.0`),
    )
  })

  test('serve terminology', async () => {
    const code = async (canonical: string) => {
      const [url, version] = canonical.split('|')
      const query = `url=${url}${version === undefined ? '' : `&valueSetVersion=${version}`}`
      const reply = await server.fhir('GET', `ValueSet/$expand?${query}`)
      return (reply.json['expansion'] as { contains: { code: string }[] }).contains.map((one) => one.code)
    }
    expect(await code(`${site}/ValueSet/a`)).toEqual(['code1.10.0'])
    expect(await code(`${site}/ValueSet/a|1.9.0`)).toEqual(['code1.9.0'])
  })

  test('do not mix: what a package refers to is meant in its own version', () => {
    const own = found(server, 'StructureDefinition', `${site}/StructureDefinition/p|1.9.0`)!
    const near = server.context.conformance.current.near(own)
    expect(near.find('ValueSet', `${site}/ValueSet/a`)).toMatchObject({ version: '1.9.0' })
    expect(near.find('ValueSet', `${site}/ValueSet/a|1.10.0`)).toMatchObject({ version: '1.10.0' })
  })

  test('are installed once; another archive of the same name is refused', async () => {
    expect(await install(server, sample('1.9.0'))).toMatchObject({ names: [] })
    const changed = { ...sample('1.9.0'), resources: {} }
    await expect(install(server, changed)).rejects.toThrow('Another archive is installed as test.versions@1.9.0')
  })
})

test('what depends on a package keeps it; what nobody asked for goes with the last that needs it', async () => {
  const { context } = server
  const base = await packageOf({ name: 'test.base', resources: { 'a.json': valueSet(`${site}/ValueSet/base`, '1') } })
  const tops = ['one', 'two'].map((name) => ({ name: `test.${name}`, dependencies: { 'test.base': '1.0.x' } }))
  const open = (archive: Buffer) => openPackage(archive, { definitions: context.definitions, folders: [dataDir] })
  for (const top of tops) await installPackages([await open(base), await open(await packageOf(top))], context)
  expect(await names()).toEqual(['test.base@1.0.0', 'test.one@1.0.0', 'test.two@1.0.0'])
  await expect(uninstall(server, 'test.base@1.0.0')).rejects.toThrow(
    'test.base@1.0.0 is needed by test.one@1.0.0, test.two@1.0.0: remove them first.',
  )
  expect((await uninstall(server, 'test.one@1.0.0')).names).toEqual(['test.one@1.0.0'])
  expect((await uninstall(server, 'test.two@1.0.0')).names).toEqual(['test.two@1.0.0', 'test.base@1.0.0'])
  expect(await names()).toEqual([])
})

describe('packages that need each other', () => {
  const sample = (name: string, need: string) => packageOf({ name, dependencies: { [need]: '1.0.0' } })
  const open = async (archive: Buffer) =>
    openPackage(archive, { definitions: server.context.definitions, folders: [dataDir] })
  const both = async () => [await open(await sample('test.b', 'test.a')), await open(await sample('test.a', 'test.b'))]

  test('go together with the one that was asked for', async () => {
    await installPackages(await both(), server.context)
    await expect(uninstall(server, 'test.b@1.0.0')).rejects.toThrow(
      'test.b@1.0.0 is needed by test.a@1.0.0: remove that first.',
    )
    expect((await uninstall(server, 'test.a@1.0.0')).names).toEqual(['test.a@1.0.0', 'test.b@1.0.0'])
    expect(await names()).toEqual([])
  })

  test('go together where both were asked for', async () => {
    await installPackages(await both(), server.context)
    await installPackages((await both()).slice(0, 1), server.context)
    expect((await uninstall(server, 'test.b@1.0.0')).names).toEqual(['test.b@1.0.0', 'test.a@1.0.0'])
  })

  test('stay while another needs one of them', async () => {
    const top = await open(await packageOf({ name: 'test.top', dependencies: { 'test.b': '1.0.0' } }))
    await installPackages(await both(), server.context)
    await installPackages([top], server.context)
    await expect(uninstall(server, 'test.a@1.0.0')).rejects.toThrow(
      'test.a@1.0.0 is needed by test.top@1.0.0: remove that first.',
    )
    expect((await uninstall(server, 'test.top@1.0.0')).names).toEqual(['test.top@1.0.0'])
    expect((await uninstall(server, 'test.a@1.0.0')).names).toEqual(['test.a@1.0.0', 'test.b@1.0.0'])
  })
})

test('what is not installed cannot be removed', async () => {
  await expect(uninstall(server, 'test.none@1.0.0')).rejects.toThrow('test.none@1.0.0 is not installed. No package is.')
})

describe('profiles that clients store', () => {
  const url = `${site}/StructureDefinition/stored`

  test('are found at once where they were stored, soon everywhere, and are gone when they are deleted', async () => {
    const reply = await server.fhir('PUT', 'StructureDefinition/stored', {
      ...profile(url, '1', 'Patient'),
      id: 'stored',
    })
    expect([reply.status, reply.text]).toEqual([201, expect.any(String)])
    expect((await server.context.conformance.latest()).find('StructureDefinition', url)).toMatchObject({ version: '1' })
    await until(() => found(other, 'StructureDefinition', `${url}|1`) !== undefined)
    await server.fhir('PUT', 'StructureDefinition/stored', { ...profile(url, '2', 'Patient'), id: 'stored' })
    expect((await server.context.conformance.latest()).find('StructureDefinition', url)).toMatchObject({ version: '2' })
    await server.fhir('DELETE', 'StructureDefinition/stored')
    expect((await server.context.conformance.latest()).find('StructureDefinition', url)).toBeUndefined()
    await until(() => found(other, 'StructureDefinition', url) === undefined)
  })

  test('do not take the place of a package of the same version, nor a package that of the base specification', async () => {
    await install(server, {
      resources: {
        'p.json': profile(url, '1', 'Patient', { title: 'packaged' }),
        'base.json': profile('http://hl7.org/fhir/StructureDefinition/Patient', '9.0.0', 'Patient'),
      },
    })
    const stored = { ...profile(url, '1', 'Patient'), id: 'stored', title: 'stored' }
    await server.fhir('PUT', 'StructureDefinition/stored', stored)
    const canonicals = await server.context.conformance.latest()
    expect(canonicals.find('StructureDefinition', url)).toMatchObject({ title: 'packaged' })
    const patient = 'http://hl7.org/fhir/StructureDefinition/Patient'
    expect(canonicals.find('StructureDefinition', patient)).toMatchObject({ version: '4.0.1', kind: 'resource' })
    expect(canonicals.find('StructureDefinition', `${patient}|9.0.0`)).toMatchObject({ version: '9.0.0' })
    await server.fhir('DELETE', 'StructureDefinition/stored')
    await uninstall(server, 'test.sample@1.0.0')
  })
})

describe('search parameters of a package', () => {
  const order = parameter('order', {
    base: ['Patient'],
    type: 'number',
    expression: 'Patient.multipleBirth.ofType(integer)',
  })
  const birthdate = parameter('birthdate', {
    base: ['Patient'],
    type: 'date',
    expression: 'Patient.deceased.ofType(dateTime)',
    derivedFrom: 'http://hl7.org/fhir/SearchParameter/individual-birthdate',
  })
  const gender = parameter('gender', {
    base: ['Patient'],
    type: 'token',
    expression: 'Patient.gender',
    derivedFrom: 'http://hl7.org/fhir/SearchParameter/individual-gender',
  })
  const broken = parameter('broken', { base: ['Patient'], type: 'token', expression: 'Patient.nmae' })

  test('find what was stored before; those that cannot are told; removing restores the former answers', async () => {
    const patient = {
      resourceType: 'Patient',
      id: 'p',
      multipleBirthInteger: 3,
      gender: 'male',
      birthDate: '1970-01-01',
      deceasedDateTime: '2020-01-01',
    }
    await server.fhir('PUT', 'Patient/p', patient)
    const resources = { 'a.json': order, 'b.json': birthdate, 'c.json': gender, 'd.json': broken }
    const changed = await install(server, { name: 'test.search', resources })
    expect(changed.refused.map(({ params }) => params)).toEqual([
      { url: broken['url'], reason: "Patient has no element 'nmae'. Did you mean 'name'?" },
    ])
    const custom = () => server.context.indexSource.current.custom.map(({ code }) => code).sort()
    expect(custom()).toEqual(['birthdate', 'order'])
    expect(await totalOf(server, 'Patient?order=3')).toBe(1)
    expect(await totalOf(server, 'Patient?birthdate=2020')).toBe(1)
    expect(await totalOf(server, 'Patient?birthdate=1970')).toBe(0)
    expect(await totalOf(server, 'Patient?gender=male')).toBe(1)

    await uninstall(server, 'test.search@1.0.0')
    expect(custom()).toEqual([])
    expect(await totalOf(server, 'Patient?birthdate=1970')).toBe(1)
    expect(await totalOf(server, 'Patient?birthdate=2020')).toBe(0)
    expect((await server.fhir('GET', 'Patient?order=3')).status).toBe(400)
  })

  test('of several versions the newest serves; without it the one before does again', async () => {
    const versioned = (version: string, expression: string) => ({ ...order, version, expression })
    const sample = (version: string, expression: string) => ({
      name: 'test.search',
      version,
      resources: { 'a.json': versioned(version, expression) },
    })
    await server.fhir('PUT', 'Patient/q', { resourceType: 'Patient', id: 'q', multipleBirthInteger: 5 })
    await install(server, sample('1.0.0', 'Patient.multipleBirth.ofType(integer)'))
    expect(await totalOf(server, 'Patient?order=5')).toBe(1)
    await install(server, sample('2.0.0', "Patient.extension.where(url='http://x').value.ofType(integer)"))
    expect(await totalOf(server, 'Patient?order=5')).toBe(0)
    await uninstall(server, 'test.search@2.0.0')
    expect(await totalOf(server, 'Patient?order=5')).toBe(1)
    await uninstall(server, 'test.search@1.0.0')
    expect((await server.fhir('GET', 'Patient?order=5')).status).toBe(400)
  })

  test('that clients stored stay as they are', async () => {
    await server.fhir('PUT', 'SearchParameter/order', order)
    await server.fhir('POST', '$reindex?wait=true')
    await install(server, { name: 'test.other', resources: { 'a.json': valueSet(`${site}/ValueSet/x`, '1') } })
    expect(await totalOf(server, 'Patient?order=5')).toBe(1)
    await uninstall(server, 'test.other@1.0.0')
    expect(await totalOf(server, 'Patient?order=5')).toBe(1)
    await server.fhir('DELETE', 'SearchParameter/order')
    await server.fhir('POST', '$reindex?wait=true')
  })
})

test('what fails while it is installed leaves nothing', async () => {
  const { context } = server
  const archive = await packageOf({ name: 'test.fails', resources: { 'a.json': valueSet(`${site}/ValueSet/f`, '1') } })
  const opened = await openPackage(archive, { definitions: context.definitions, folders: [dataDir] })
  const failing = { ...opened.resources, text: () => '\u0000' }
  await expect(installPackages([{ ...opened, resources: failing }], context)).rejects.toThrow()
  expect(await names()).toEqual([])
})
