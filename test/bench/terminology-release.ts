/**
 * Measures the import of releases that are made up: `node test/bench/terminology-release.ts [CONCEPTS]`. A process of its
 * own writes the files, another one imports them, so that the memory measured is the importer's.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readers } from '../../server/cli/terminology/readers.ts'
import { workOf } from '../../server/cli/terminology.ts'
import { openDatabase } from '../../server/store/database.ts'
import { startPostgres } from '../../server/store/embedded-postgres.ts'
import { writeLargeLoinc } from '../support/loinc-release.ts'
import { writeLargeSnapshot } from '../support/snomed-release.ts'
import { postgresFolder, removeFolder, testConfig } from '../support/test-postgres.ts'

const writers = { snomed: writeLargeSnapshot, loinc: writeLargeLoinc } as const
type Kind = keyof typeof writers

const [count = '500000', step, kind, folder = '', url = ''] = process.argv.slice(2)
if (step === 'write') await writers[kind as Kind](folder, Number(count))
else if (step === 'import') await measure(kind as Kind, folder)
else await measureAll()

async function measureAll(): Promise<void> {
  const data = postgresFolder()
  const postgres = await startPostgres(data)
  try {
    // Only here: the importer has no use for a server's code.
    const { openCore } = await import('../../server/main.ts')
    await (await openCore(testConfig(postgres.url))).close()
    for (const one of Object.keys(writers)) {
      const files = mkdtempSync(join(tmpdir(), `candela-${one}-`))
      try {
        for (const each of ['write', 'import']) {
          const args = [import.meta.filename, count, each, one, files, postgres.url]
          execFileSync(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] })
        }
      } finally {
        rmSync(files, { recursive: true, force: true })
      }
    }
  } finally {
    await postgres.stop()
    removeFolder(data)
  }
}

async function measure(of: Kind, path: string): Promise<void> {
  const database = openDatabase(url, { connections: 2 })
  const before = process.cpuUsage()
  for await (const line of workOf(['import', of, path], readers)(database)) console.log(line)
  const { user, system } = process.cpuUsage(before)
  await database.close()
  const { maxRSS } = process.resourceUsage()
  console.log(`  ${Math.round((user + system) / 1000)} ms of processors, at most ${Math.round(maxRSS / 1000)} MB`)
}
