/**
 * Measures the reading of a SNOMED CT snapshot that is made up: `node test/bench/terminology-release.ts [CONCEPTS]`.
 * Nothing is stored; see `terminology.ts` for that.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openReleaseFiles } from '../../server/cli/terminology/release-files.ts'
import { snomed } from '../../server/cli/terminology/snomed/snomed.ts'
import { writeLargeSnapshot } from '../support/snomed-release.ts'

const count = Number(process.argv[2] ?? 500_000)
const folder = mkdtempSync(join(tmpdir(), 'candela-snomed-'))
try {
  await writeLargeSnapshot(folder, count)
  await measure()
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function measure(): Promise<void> {
  let most = 0
  const look = () => {
    most = Math.max(most, process.memoryUsage.rss())
  }
  const watch = setInterval(look, 20)
  const start = performance.now()
  const opened = await openReleaseFiles(folder)
  let problems = 0
  const { concepts } = await snomed.read({ files: opened.files, name: folder, tell: () => problems++ })
  const gathered = performance.now()
  let rows = 0
  for await (const row of concepts) if (row.code !== '' && ++rows % 10_000 === 0) look()
  const seconds = (performance.now() - start) / 1000
  clearInterval(watch)
  opened.close()
  console.log(
    `${rows} concepts, ${problems} problems, gathered in ${Math.round(gathered - start)} ms: ${Math.round(rows / seconds)} concepts/s, ${Math.round((rows * 12) / seconds)} rows/s, at most ${Math.round(most / 1e6)} MB`,
  )
}
