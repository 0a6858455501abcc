import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkText } from '../../server/cli/package/check-text.ts'
import type { JsonObject } from '../../server/fhir/json.ts'
import { isError, issueText } from '../../server/fhir/outcome.ts'
import { validateNow, validateRest } from '../../server/interactions/validation/validator.ts'
import { checkPackages } from '../../server/packages/check.ts'
import type { ValidateStored } from '../../server/packages/check-stored.ts'
import { prepare } from '../../server/packages/prepare.ts'
import { installedPackages } from '../../server/store/packages.ts'
import { parameter } from '../support/custom-parameters.ts'
import { install, uninstall } from '../support/installed-packages.ts'
import { packageOf, profile, type SamplePackage, valueSet } from '../support/package-archive.ts'
import { type TestServer, testServer } from '../support/test-server.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'candela-check-'))
let server: TestServer
beforeAll(async () => {
  server = await testServer({ config: { dataDir, packageRegistry: 'http://127.0.0.1:9' } })
})
afterAll(async () => {
  await server.close()
  rmSync(dataDir, { recursive: true })
})

const site = 'http://example.org'
const standard = 'http://hl7.org/fhir/SearchParameter'

async function check(given: SamplePackage, validate?: ValidateStored) {
  const resolved = await prepare({ archive: await packageOf(given) }, server.context, { withoutMissing: true })
  return checkPackages(resolved, server.context, validate && { validate })
}

const order = parameter('order', {
  base: ['Patient'],
  type: 'number',
  expression: 'Patient.multipleBirth.ofType(integer)',
})

test('the search parameters that would change meaning are told, and nothing is changed', async () => {
  await install(server, { name: 'test.before', resources: { 'a.json': { ...order, version: '1' } } })
  const resources = {
    'a.json': { ...order, version: '2', expression: 'Patient.extension.value.ofType(integer)' },
    'b.json': parameter('gender', {
      base: ['Patient'],
      type: 'token',
      expression: 'Patient.gender',
      derivedFrom: `${standard}/individual-gender`,
    }),
    'c.json': parameter('birthdate', {
      base: ['Patient'],
      type: 'date',
      expression: 'Patient.deceased.ofType(dateTime)',
      derivedFrom: `${standard}/individual-birthdate`,
    }),
    'd.json': parameter('fresh', { base: ['Patient'], type: 'token', expression: 'Patient.maritalStatus' }),
    'e.json': parameter('name', { base: ['Patient'], type: 'string', expression: 'Patient.contact.name' }),
    'f.json': {
      ...parameter('old', { base: ['Patient'], type: 'token', expression: 'Patient.gender' }),
      status: 'retired',
    },
  }
  const checked = await check({ name: 'test.after', resources })
  expect(checked.parameters.map(({ code, effect }) => [code, effect])).toEqual([
    ['order', 'changed'],
    ['gender', 'same'],
    ['birthdate', 'changed'],
    ['fresh', 'new'],
    ['name', 'unusable'],
    ['old', 'unusable'],
  ])
  const text = checkText(checked)
  expect(text).toContain(
    `Patient?order: from number Patient.multipleBirth.ofType(integer) (${order['url']}) to number Patient.extension.value`,
  )
  expect(text).toContain(`(${standard}/individual-birthdate) to date Patient.deceased.ofType(dateTime)`)
  expect(text).toContain("'name' is a search parameter of Patient already")
  expect(text).toContain('Its status is retired.')
  expect(await installedPackages(server.context.store.database)).toHaveLength(1)
  await uninstall(server, 'test.before@1.0.0')
})

test('canonicals that would mean something else are told', async () => {
  const url = `${site}/ValueSet/a`
  await install(server, {
    name: 'test.v',
    resources: { 'a.json': valueSet(url, '1'), 'b.json': valueSet(`${site}/b`, '5') },
  })
  const patient = 'http://hl7.org/fhir/StructureDefinition/Patient'
  const checked = await check({
    name: 'test.w',
    resources: {
      'a.json': valueSet(url, '2'),
      'b.json': valueSet(`${site}/b`, '5', 'other'),
      'c.json': valueSet(`${site}/c`, '1'),
      'd.json': profile(patient, '9.0.0', 'Patient'),
    },
  })
  expect(checked.canonicals.map(({ url: one, change }) => [one, change])).toEqual([
    [url, 'Without a version, 2 would be meant instead of 1'],
    [`${site}/b`, 'With |5, that of test.v@1.0.0 would go on to be meant'],
    [patient, 'Without a version, 4.0.1 would go on to be meant instead of 9.0.0'],
  ])
  await uninstall(server, 'test.v@1.0.0')
})

test('stored resources that would stop validating are told', async () => {
  const url = `${site}/StructureDefinition/strict`
  const store = (id: string, more: JsonObject) =>
    server.fhir('PUT', `Patient/${id}`, { resourceType: 'Patient', id, ...more })
  await store('a', { meta: { profile: [url] }, gender: 'male' })
  await store('b', { meta: { profile: [`${url}|1`] } })
  await store('c', { meta: { profile: [`${url}|1`] }, active: false })
  await store('d', {})
  const given = { name: 'test.strict', resources: { 'a.json': profile(url, '1', 'Patient') } }
  const validate: ValidateStored = (resource, canonicals) => [
    ...(resource['active'] === false ? ['It was not valid before.'] : []),
    ...(canonicals.find('StructureDefinition', url) && !resource['gender'] ? ['Patient.gender is missing.'] : []),
  ]
  const checked = await check(given, validate)
  expect(checked).toMatchObject({
    concerned: 3,
    validated: true,
    stopping: [{ reference: 'Patient/b', profile: url, reasons: ['Patient.gender is missing.'] }],
  })
  expect(checkText(checked)).toContain(
    '3 stored resources claim one of the profiles, or have one of the extensions; 1 would stop validating.',
  )
  expect(checkText(await check(given))).toContain(
    '3 stored resources claim one of the profiles, or have one of the extensions.',
  )
})

test('stored resources whose extensions would be wrong are told, claimed profile or not', async () => {
  const url = `${site}/StructureDefinition/hair_colour`
  const put = async (id: string, resource: JsonObject) =>
    expect((await server.fhir('PUT', `${resource['resourceType']}/${id}`, { id, ...resource })).text).toContain(id)
  const extension = (value: JsonObject) => [{ url, ...value }]
  await put('red', { resourceType: 'Patient', extension: extension({ valueString: 'red' }) })
  await put('deep', {
    resourceType: 'Observation',
    ...{ status: 'final', code: { text: 'x', extension: extension({ valueBoolean: true }) } },
  })
  await put('other', {
    resourceType: 'Patient',
    extension: [{ url: `${site}/StructureDefinition/hairXcolour`, valueBoolean: true }],
  })
  await put('quoted', { resourceType: 'Patient', name: [{ text: `"url":"${url}"` }] })
  const elements: JsonObject[] = [
    { id: 'Extension', path: 'Extension' },
    { id: 'Extension.url', path: 'Extension.url', fixedUri: url },
    { id: 'Extension.value[x]', path: 'Extension.value[x]', min: 1, type: [{ code: 'string' }] },
  ]
  const definition: JsonObject = {
    ...profile(url, '1', 'Extension', { kind: 'complex-type' }),
    ...{ context: [{ type: 'element', expression: 'Element' }], differential: { element: elements } },
  }
  const validate: ValidateStored = async (resource, canonicals) => {
    const context = { ...server.context, canonicals }
    const issues = await validateRest(validateNow(resource, context, {}), context)
    return issues.filter(isError).map(issueText)
  }
  const checked = await check({ name: 'test.hair', resources: { 'a.json': definition } }, validate)
  expect(checked).toMatchObject({
    concerned: 2,
    stopping: [
      {
        reference: 'Observation/deep',
        profile: url,
        reasons: ["'value' must be of type string, but is of type boolean."],
      },
    ],
  })
})

test('what is missing is told; what is installed would not change', async () => {
  const given = { name: 'test.needs', dependencies: { 'a.b': '1.0.0' } }
  const checked = await check(given)
  expect(checkText(checked)).toMatch(/Missing: a\.b@1\.0\.0, needed by test\.needs@1\.0\.0\. .* cannot be reached/)
  await install(server, { name: 'test.there' })
  expect(checkText(await check({ name: 'test.there' }))).toBe('All of it is installed already: nothing would change.')
})
