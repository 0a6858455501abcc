import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { accessOf } from '../../../server/interactions/access/caller-access.ts'
import { sweepJournal } from '../../../server/interactions/audit/sweep.ts'
import { openTrail } from '../../../server/interactions/audit/trail.ts'
import { verifyAudit } from '../../../server/interactions/audit/verify.ts'
import { auditSize, journalIsEmpty } from '../../../server/store/audit.ts'
import { type SmartServer, smartServer } from '../../support/smart-server.ts'

let server: SmartServer
beforeAll(async () => {
  server = await smartServer()
})
afterAll(() => server?.close())

const noon = Date.UTC(2026, 4, 1, 12)
const warn = (error: unknown) => {
  throw error
}

function record(i: number) {
  const [what, patients] = [`Observation/o${i}`, [`p${i % 7}`]]
  return { t: noon + i, who: { client: 'app' }, code: 'read', what, status: 200, patients }
}

/** The trail of another process on the same database. */
function anotherTrail(sweep = (wait: boolean) => sweepJournal(server.context, wait)) {
  return openTrail({ db: server.context.store.database.aside, sweep, warn })
}

test('whoever waits for AuditEvents waits no longer than they say, and is told since when there are more', async () => {
  const slow = anotherTrail(async (wait) => {
    if (wait) await delay(20)
    return true
  })
  for (let i = 0; i < 10; i++) slow.note(record(i))
  const began = performance.now()
  expect(await slow.settle(200)).toBe(noon)
  expect(performance.now() - began).toBeLessThan(2000)
  await slow.close()

  const trail = anotherTrail()
  expect(await trail.settle()).toBeUndefined()
  expect(await journalIsEmpty(server.context.store.database)).toBe(true)
  await trail.close()
})

test('a search of AuditEvents tells in an outcome that there are more, and other searches do not', async () => {
  const account = { number: '5', roles: ['admin'], patients: [] }
  const access = await accessOf({ client: 'public', grant: '1', scopes: ['user/*.rs'], account }, server.context)
  const context = { ...server.context, access, audit: undefined, auditBehind: noon }
  const ask = (type: string) =>
    server.context.dispatch({ method: 'GET', path: [type], query: '', headers: {} }, context)
  const { content } = await ask('AuditEvent')
  const { entry } = JSON.parse(content!) as { entry: { search: { mode: string }; resource: { issue: object[] } }[] }
  const { resource } = entry.find(({ search }) => search.mode === 'outcome')!
  expect(resource.issue).toMatchObject([
    {
      severity: 'warning',
      code: 'incomplete',
      diagnostics:
        'AuditEvents of what happened since 2026-05-01T12:00:00.000Z are still being made; all before are here. Ask again for the rest.',
    },
  ])
  expect((await ask('Patient')).content).not.toContain('incomplete')
})

test('several processes make AuditEvents at once: one chain, and each access once', async () => {
  const { database } = server.context.store
  const before = await auditSize(database)
  const trails = [anotherTrail(), anotherTrail(), anotherTrail()]
  for (let i = 0; i < 6000; i++) trails[i % 3]!.note(record(i))
  expect(await Promise.all([...trails, ...trails].map((trail) => trail.settle()))).toEqual(Array(6).fill(undefined))
  expect((await auditSize(database)).events - before.events).toBe(6000)
  const { problems, events } = await verifyAudit(server.context)
  expect([problems, events]).toEqual([0, before.events + 6000])
  for (const trail of trails) await trail.close()
})

test('closing keeps what was noted just before', async () => {
  const { database } = server.context.store
  const before = await auditSize(database)
  const trail = anotherTrail()
  for (let i = 0; i < 2500; i++) trail.note(record(i))
  await trail.close()
  const next = anotherTrail()
  await next.settle()
  expect((await auditSize(database)).events - before.events).toBe(2500)
  await next.close()
})
