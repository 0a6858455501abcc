/** `candela import PATH… [--again]`: loads files into the database, beside a running server or without one. */
import { loadConfig } from '../config-file.ts'
import { openMigrated } from '../migrated-database.ts'
import type { Database } from '../store/database.ts'
import { analyzeTables, packIndexes } from '../store/maintain.ts'
import { ImportPathError, importFiles } from './import/files.ts'
import { laneThread } from './import/lane-thread.ts'
import { noteImport } from './import/note-import.ts'
import { createReport, summaryText, type Terminal } from './import/report.ts'
import { ImportConflictError, runImport } from './import/run.ts'

const usage = 'Usage: candela import PATH… [--again]'

/** Threads that store. Each holds the definitions, and what it parsed, in memory. */
const laneCount = 2

/** 0 when everything went in, 1 when something did not, 2 when there is nothing to import. */
export async function importCommand(args: readonly string[]): Promise<number> {
  const paths = args.filter((arg) => !arg.startsWith('--'))
  const unknown = args.find((arg) => arg.startsWith('--') && arg !== '--again')
  if (unknown !== undefined || paths.length === 0) return refuse(unknown === undefined ? usage : `${unknown}? ${usage}`)
  try {
    const files = await importFiles(paths)
    if (files.length === 0) return refuse(`There are no .ndjson, .json or .gz files in ${paths.join(', ')}.`)
    return await importInto(files, args.includes('--again'))
  } catch (error) {
    if (error instanceof ImportPathError) return refuse(error.message)
    if (!(error instanceof ImportConflictError)) throw error
    console.error(error.message)
    return 1
  }
}

function refuse(message: string): number {
  console.error(message)
  return 2
}

async function importInto(files: Awaited<ReturnType<typeof importFiles>>, again: boolean): Promise<number> {
  const { config } = loadConfig()
  const { database, databaseUrl, close } = await openMigrated(config)
  const stop = new AbortController()
  const interrupt = () => stop.abort()
  process.once('SIGINT', interrupt)
  process.once('SIGTERM', interrupt)
  try {
    const start = performance.now()
    const size = files.reduce((sum, file) => sum + file.size, 0)
    if (config.auth !== 'none') await noteImport(database, { files: files.length, bytes: size, now: Date.now() })
    const report = createReport(stderr, size, () => performance.now())
    const lane = () => laneThread({ ...config, databaseUrl })
    const lanes = Array.from({ length: laneCount }, () => lane)
    const types = await runImport(files, { db: database, now: Date.now, lanes }, report, {
      again,
      signal: stop.signal,
    }).finally(report.end)
    const elapsed = performance.now() - start
    if (types.size > 0) await tidyUp(database, [...types], stop.signal)
    console.log(summaryText(report.totals, elapsed))
    if (stop.signal.aborted) console.log('Interrupted: the same command goes on from here.')
    return report.totals.rejected + report.totals.failed > 0 || stop.signal.aborted ? 1 : 0
  } finally {
    process.off('SIGINT', interrupt)
    process.off('SIGTERM', interrupt)
    await close()
  }
}

/** Statistics and dense indexes for what was written; an interrupted import will be back for the latter. */
async function tidyUp(database: Database, types: readonly string[], signal: AbortSignal): Promise<void> {
  await analyzeTables(database, types)
  if (signal.aborted) return
  const clear = stderr.isTTY ? '\r\x1b[K' : ''
  await packIndexes(database, types, (done, all) => {
    if (stderr.isTTY) stderr.write(`${clear}Packing indexes: ${done} of ${all}`)
  })
  stderr.write(clear)
}

const stderr: Terminal = {
  isTTY: process.stderr.isTTY ?? false,
  columns: process.stderr.columns ?? 80,
  write: (text) => {
    process.stderr.write(text)
  },
}
