/**
 * A server that wants tokens; with the argument `unaudited` it notes nothing of who reads. Neither makes AuditEvents until
 * they are asked for: each would do so while it is the other's turn, and be measured as part of that.
 */
import { createApp } from '../../server/app.ts'
import { loadConfig } from '../../server/config-file.ts'
import { sweepJournal } from '../../server/interactions/audit/sweep.ts'
import { openTrail } from '../../server/interactions/audit/trail.ts'
import { openCore } from '../../server/main.ts'

const core = await openCore(loadConfig().config)
await core.context.audit?.close()
const trail = openTrail({
  db: core.context.store.database.aside,
  sweep: async (wait) => wait && (await sweepJournal(core.context, wait)),
  warn: console.warn,
})
const noted = process.argv[2] === 'unaudited' ? undefined : trail
const app = await createApp({ ...core.context, audit: noted })
console.log(`The server is running at ${await app.listen({ port: 0, host: '127.0.0.1' })}`)
process.once('SIGTERM', async () => {
  await app.close()
  await trail.close()
  await core.close()
})
