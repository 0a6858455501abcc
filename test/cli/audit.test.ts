import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { audit } from '../../server/cli/audit.ts'
import { importCommand } from '../../server/cli/import.ts'
import { openDatabase } from '../../server/store/database.ts'
import { signedIn } from '../support/audited.ts'
import { type SmartServer, smartServer } from '../support/smart-server.ts'

let server: SmartServer
let folder: string

beforeAll(async () => {
  server = await smartServer()
  folder = mkdtempSync(join(tmpdir(), 'candela-audit-'))
  const { dataDir } = server.context.config
  for (const [name, value] of [
    ['DATABASE_URL', server.databaseUrl],
    ['DATA_DIR', dataDir],
    ['AUTH', 'smart'],
  ] as const) {
    vi.stubEnv(name, value)
  }
}, 60_000)
afterAll(async () => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
  await server?.close()
})

async function told(run: () => Promise<number>): Promise<readonly [number, string]> {
  const lines: string[] = []
  const log = vi.spyOn(console, 'log').mockImplementation((text) => void lines.push(String(text)))
  const status = await run().finally(() => log.mockRestore())
  return [status, lines.join('\n')]
}

test('an import is noted, once for each run', async () => {
  const file = join(folder, 'two.ndjson')
  writeFileSync(file, '{"resourceType":"Patient","id":"a"}\n{"resourceType":"Patient","id":"b"}\n')
  const [status, text] = await told(() => importCommand([file]))
  expect(status, text).toBe(0)
  const admin = await signedIn(server, { account: '5', scopes: 'user/*.cruds' })
  const { json } = await admin('GET', 'AuditEvent?type=110107')
  const entries = json['entry'] as { resource: { outcomeDesc: string; action: string } }[]
  expect(entries.map(({ resource }) => resource.action)).toEqual(['C'])
  expect(entries[0]!.resource.outcomeDesc).toMatch(
    /^Import of 1 files with 72 bytes from the command line, by the system's user \S+$/,
  )
}, 60_000)

test('candela audit verify names the event that was changed', async () => {
  const [whole, text] = await told(() => audit(['verify']))
  expect([whole, text]).toEqual([0, expect.stringContaining('All is as it was written.')])
  const database = openDatabase(server.databaseUrl, { connections: 1 })
  const id = await database.transaction(async (tx) => {
    await tx.client.query('set local session_replication_role = replica')
    const changed = await tx.client.query<{ id: string }>(
      `update r_auditevent set content = replace(content, '"action":"C"', '"action":"R"')
       where content like '%110107%' returning substring(content from '"id":"([^"]+)"') as id`,
    )
    return changed.rows[0]!.id
  })
  await database.close()
  const [status, report] = await told(() => audit(['verify']))
  expect(status).toBe(1)
  expect(report).toContain(`AuditEvent/${id} is not what was stored.`)
}, 60_000)

test('and nothing else is a command of it', async () => {
  const error = vi.spyOn(console, 'error').mockImplementation(() => {})
  expect(await audit(['erase'])).toBe(2)
  expect(await audit(['verify', 'xyz'])).toBe(2)
  error.mockRestore()
})
