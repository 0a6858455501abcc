import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { announcement } from '../../server/cli/start.ts'

const cli = join(import.meta.dirname, '../../server/cli.ts')

test('all lines name the server alike', () => {
  expect(announcement('http://localhost:8080', 'http://127.0.0.1:8080')).toBe(
    [
      'Candela is running at http://localhost:8080',
      '  FHIR base      http://localhost:8080/fhir',
      '  documentation  http://localhost:8080/docs',
    ].join('\n'),
  )
})

test('where clients find it elsewhere, it tells where it listens', () => {
  const text = announcement('https://fhir.example.org', 'http://127.0.0.1:8080')
  expect(text).toContain('FHIR base      https://fhir.example.org/fhir')
  expect(text.split('\n').at(-1)).toBe('  listens on     http://127.0.0.1:8080')
})

test.each(['1', '3'])(
  'a server of %s processes serves on any free port and ends when it is told to',
  async (count) => {
    const dataDir = mkdtempSync(join(tmpdir(), 'candela-start-'))
    const env = {
      ...process.env,
      DATA_DIR: dataDir,
      PORT: '0',
      AUTH: 'none',
      WORKERS: count,
      DEMO: '0',
      LOG_LEVEL: 'silent',
    }
    const server = spawn(process.execPath, [cli, 'start'], { cwd: dataDir, env, stdio: ['ignore', 'pipe', 'inherit'] })
    const ended = once(server, 'exit')
    try {
      let told = ''
      for await (const chunk of server.stdout) {
        told += chunk
        if (/documentation/.test(told)) break
      }
      const base = /FHIR base +(\S+)/.exec(told)![1]!
      const asked = await Promise.all(Array.from({ length: 6 }, () => fetch(`${base}/Patient?_summary=count`)))
      expect(asked.map(({ status }) => status)).toEqual(Array(6).fill(200))
      server.kill('SIGTERM')
      expect(await ended).toEqual([0, null])
    } finally {
      server.kill('SIGKILL')
      rmSync(dataDir, { recursive: true, force: true })
    }
  },
  60_000,
)

test('a required profile that cannot be met stops the start with the name that was probably meant', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'candela-start-'))
  const requiredProfiles = 'Ptient=http://hl7.org/fhir/StructureDefinition/Patient'
  const env = { ...process.env, DATA_DIR: dataDir, PORT: '0', DEMO: '0', REQUIRED_PROFILES: requiredProfiles }
  const server = spawn(process.execPath, [cli, 'start'], { cwd: dataDir, env, stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = once(server, 'exit')
  try {
    let told = ''
    for await (const chunk of server.stderr) told += chunk
    expect(told).toContain("REQUIRED_PROFILES: 'Ptient' is not a FHIR R4 resource type. Did you mean 'Patient'?")
    expect((await ended)[0]).toBe(2)
  } finally {
    server.kill('SIGKILL')
    rmSync(dataDir, { recursive: true, force: true })
  }
}, 60_000)
