import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadConfig } from '../server/config-file.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'candela-config-'))
  writeFileSync(join(folder, 'candela.config.json'), '{ "port": 9000 }')
  writeFileSync(join(folder, 'other.json'), '{ "port": 9001 }')
  writeFileSync(join(folder, 'broken.json'), '{ "port": ')
  writeFileSync(join(folder, 'list.json'), '[]')
})
afterAll(() => rmSync(folder, { recursive: true }))

test('the file in the working folder is read, where there is one', () => {
  expect(loadConfig({}, folder).config.port).toBe(9000)
  expect(loadConfig({}, tmpdir()).config.port).toBe(8080)
})

test('CONFIG_FILE names another, from the working folder or from the root', () => {
  expect(loadConfig({ CONFIG_FILE: 'other.json' }, folder).config.port).toBe(9001)
  expect(loadConfig({ CONFIG_FILE: join(folder, 'other.json') }, '/').config.port).toBe(9001)
})

test.each(['broken.json', 'list.json', 'none.json'])('%s stops the start', (name) => {
  expect(() => loadConfig({ CONFIG_FILE: name }, folder)).toThrow(`${name} cannot be read`)
})
