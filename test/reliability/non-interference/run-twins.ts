/**
 * The twin worlds as a program, for one who looks for a leak or measures:
 * `node test/reliability/non-interference/run-twins.ts [--requests n] [--seed n] [--kind text] [--most n]`.
 */
import { parseArgs } from 'node:util'
import { raw } from '../../../server/sql.ts'
import { openDatabase } from '../../../server/store/database.ts'
import { databaseUrl, startTestPostgres, template, testConfig } from '../../support/test-postgres.ts'
import { kinds } from './callers.ts'
import { runTwins } from './twin-run.ts'

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '20260417' },
    kind: { type: 'string', default: '' },
    most: { type: 'string', default: '10' },
    paths: { type: 'boolean', default: false },
  },
})

const postgres = await startTestPostgres()
const server = openDatabase(postgres.url, { connections: 1 })
let differing = 0
try {
  for (const [i, kind] of kinds.filter(({ name }) => name.includes(values.kind)).entries()) {
    const names = [`one_${i}`, `two_${i}`] as const
    for (const name of names)
      await server.query(raw(`create database ${name} template ${template}`), { prepared: false })
    const [one, two] = names.map((name) => databaseUrl(postgres.url, name))
    const began = process.cpuUsage()
    const outcome = await runTwins({
      kind,
      urls: [one!, two!],
      config: (url) => testConfig(url, { publicUrl: 'http://localhost', validation: 'off' }),
      seed: Number(values.seed),
      requests: Number(values.requests),
      most: Number(values.most),
    })
    const cpu = process.cpuUsage(began)
    const { differences, faults, sent, toAdministrator, toCaller, kinds: tried } = outcome
    const seconds = ((cpu.user + cpu.system) / 1e6).toFixed(1)
    console.log(
      `${kind.name}: ${sent} requests, ${seconds} s of CPU, ${(100 * toAdministrator).toFixed(0)} % tell an administrator something, ${(100 * toCaller).toFixed(0)} % the caller; ${differences.length} differences, ${faults.length} faults`,
    )
    if (values.paths) console.log(JSON.stringify([...tried]))
    for (const text of [...differences, ...faults]) console.log(`  ${text}`)
    differing += differences.length + faults.length
    if (differing >= Number(values.most)) break
  }
} finally {
  await server.close()
  await postgres.stop()
}
process.exitCode = differing === 0 ? 0 : 1
