/**
 * Measures the reading of a SNOMED CT snapshot that is made up: `node test/bench/terminology-release.ts [CONCEPTS]`.
 * Nothing is stored; see `terminology.ts` for that.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openReleaseFiles } from '../../server/cli/terminology/release-files.ts'
import { snomed } from '../../server/cli/terminology/snomed/snomed.ts'
import { writeLargeSnapshot } from '../support/snomed-release.ts'

const count = Number(process.argv[2] ?? 500_000)
const written = process.argv[3]
if (written !== undefined) await writeLargeSnapshot(written, count)
else {
  const folder = mkdtempSync(join(tmpdir(), 'candela-snomed-'))
  try {
    // By a process of its own, so that the memory measured is the reader's.
    execFileSync(process.execPath, [import.meta.filename, String(count), folder])
    await measure(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measure(folder: string): Promise<void> {
  let most = 0
  const look = () => {
    most = Math.max(most, process.memoryUsage.rss())
  }
  const watch = setInterval(look, 20)
  const before = process.cpuUsage()
  const start = performance.now()
  const opened = await openReleaseFiles(folder)
  let problems = 0
  const { concepts } = await snomed.read({ files: opened.files, name: folder, tell: () => problems++ })
  const gathered = performance.now()
  let rows = 0
  for await (const row of concepts) if (row.code !== '' && ++rows % 10_000 === 0) look()
  const seconds = (performance.now() - start) / 1000
  clearInterval(watch)
  const { user, system } = process.cpuUsage(before)
  opened.close()
  console.log(
    `${rows} concepts, ${problems} problems, gathered in ${Math.round(gathered - start)} ms: ${Math.round(rows / seconds)} concepts/s, ${Math.round((rows * 12) / seconds)} rows/s, ${Math.round((user + system) / 1000)} ms of processors, at most ${Math.round(most / 1e6)} MB`,
  )
}
