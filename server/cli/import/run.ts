/** Runs an import: reads ahead while what was read is stored, in several lanes at once. */

import type { Db } from '../../store/database.ts'
import { beginImport, finishImport, type ImportProgress, importProgress } from '../../store/import-progress.ts'
import { fingerprintOf, type ImportFile, openText, readWhole } from './files.ts'
import type { Lane, ParcelResult } from './lane.ts'
import { linesOf } from './lines.ts'
import { documentText, lineTexts, type ParcelText } from './parcel-text.ts'
import type { Report } from './report.ts'

export interface ImportOptions {
  /** Imports files that were imported already. */
  readonly again: boolean
  /** Stops between parcels when it is aborted. */
  readonly signal: AbortSignal
}

/** What an import works with. The lanes are opened when there is something for them, and closed at its end. */
export interface ImportTools {
  readonly db: Db
  readonly now: () => number
  readonly lanes: readonly (() => Lane)[]
}

interface Run {
  readonly tools: ImportTools
  readonly report: Report
  readonly options: ImportOptions
  readonly lanes: Lanes
  /** What is being stored, the oldest first. */
  readonly storing: Set<Storing>
  readonly types: Set<string>
  failure: unknown
}

interface Storing {
  readonly job: Job
  /** Names of what it writes, once they are known; settles without failing. */
  readonly names: Promise<ReadonlySet<string>>
  /** Settles without failing. */
  readonly done: Promise<boolean>
}

/** A file that is being imported. */
interface Job {
  readonly file: ImportFile
  readonly fingerprint: string
  /** Bytes on disk whose resources are stored. */
  bytes: number
  /** Tells whether the parcel that was begun last was stored. */
  last: Promise<boolean>
}

/** Imports the files, in their order; returns the types that were written. Throws when the database fails. */
export async function runImport(
  files: readonly ImportFile[],
  tools: ImportTools,
  report: Report,
  options: ImportOptions,
): Promise<ReadonlySet<string>> {
  const lanes = openLanes(tools.lanes)
  const run: Run = { tools, report, options, lanes, storing: new Set(), types: new Set(), failure: undefined }
  try {
    await importAll(files, run)
  } finally {
    await lanes.close()
  }
  if (run.failure !== undefined) throw run.failure
  return run.types
}

async function importAll(files: readonly ImportFile[], run: Run): Promise<void> {
  let finished: Promise<void>[] = []
  for (const [i, file] of files.entries()) {
    // What others refer to must be there before they are.
    if (i > 0 && file.rank > files[i - 1]!.rank) await Promise.all(finished)
    if (mustStop(run)) break
    const { done } = await importFile(file, run)
    finished = [...finished.slice(-run.tools.lanes.length), done]
  }
  await Promise.all([...finished, ...[...run.storing].map(({ done }) => done)])
}

function mustStop({ options, failure }: Run): boolean {
  return options.signal.aborted || failure !== undefined
}

/** Reads a file and begins to store what it holds; `done` settles when all of it is stored. */
async function importFile(file: ImportFile, run: Run): Promise<{ done: Promise<void> }> {
  const { tools, report, options } = run
  const { db } = tools
  const fingerprint = await fingerprintOf(file)
  const before = await importProgress(db, fingerprint)
  if (before.finished && !options.again) {
    report.totals.already++
    report.totals.bytes += file.size
    return { done: Promise.resolve() }
  }
  await beginImport(db, fingerprint, file.path, options.again, tools.now())
  const job: Job = { file, fingerprint, bytes: 0, last: Promise.resolve(true) }
  const complete = await readParcels(job, options.again ? undefined : before, run)
  return { done: finish(job, complete, run) }
}

/** Whether the file was read to its end. */
async function readParcels(job: Job, before: ImportProgress | undefined, run: Run): Promise<boolean> {
  const { file } = job
  try {
    for await (const { text, bytes } of textsOf(file, before)) {
      const lane = await run.lanes.free()
      if (mustStop(run)) {
        run.lanes.giveBack(lane)
        return false
      }
      begin(job, { text, bytes }, lane, run)
    }
    return true
  } catch (error) {
    fail(job, error instanceof Error ? error.message : String(error), run)
    return false
  }
}

function fail({ file }: Job, reason: string, { report }: Run): void {
  report.totals.failed++
  report.remark(file.path, reason)
}

async function finish(job: Job, complete: boolean, run: Run): Promise<void> {
  const stored = await job.last
  const { totals } = run.report
  if (!complete || !stored) return
  try {
    await finishImport(run.tools.db, job.fingerprint, run.tools.now())
    totals.files++
    totals.bytes += job.file.size - job.bytes
  } catch (error) {
    run.failure = error
  }
}

interface Piece {
  readonly text: ParcelText
  /** Bytes on disk that were read so far. */
  readonly bytes: number
}

async function* textsOf(file: ImportFile, before: ImportProgress | undefined): AsyncGenerator<Piece> {
  const position = before?.position ?? 0
  if (file.kind === 'json') {
    if (position === 0) yield { text: documentText(await readWhole(file)), bytes: file.size }
    return
  }
  const { stream, bytesRead } = openText(file, position)
  const start = { position, line: before?.line ?? 0, skip: file.gzip ? position : 0 }
  for await (const text of lineTexts(linesOf(stream, start), position)) yield { text, bytes: bytesRead() }
}

function begin(job: Job, { text, bytes }: Piece, lane: Lane, run: Run): void {
  const earlier = [...run.storing].filter((other) => other.job === job)
  const previous = job.last
  const names = Promise.withResolvers<ReadonlySet<string>>()
  const steps = {
    mayStore: (list: readonly string[]) => {
      const own = new Set(list)
      names.resolve(own)
      return untouched(own, earlier)
    },
    mayCommit: () => previous,
  }
  const delivery = { text, fingerprint: job.fingerprint }
  const storing: Storing = {
    job,
    names: names.promise,
    done: lane
      .store(delivery, steps)
      .then((result) => tell(job, result, bytes, run))
      .catch((error) => {
        run.failure ??= error
        return false
      })
      .finally(() => {
        names.resolve(new Set())
        run.storing.delete(storing)
        run.lanes.giveBack(lane)
      }),
  }
  run.storing.add(storing)
  job.last = storing.done
}

/**
 * Waits for the earlier parcels of the file that write one of these names. A parcel is committed after the one before it
 * in the file: one that waited for a lock of it would wait for ever.
 */
async function untouched(names: ReadonlySet<string>, earlier: readonly Storing[]): Promise<void> {
  for (const other of earlier) if (!names.isDisjointFrom(await other.names)) await other.done
}

/** Two processes import the same file: this one gave way. */
export class ImportConflictError extends Error {}

function tell(job: Job, result: ParcelResult, bytes: number, run: Run): boolean {
  if ('taken' in result) throw new ImportConflictError(`${job.file.path} is being imported by another process.`)
  if ('unreadable' in result) {
    fail(job, result.unreadable, run)
    return false
  }
  const { stored, found, rejected, types } = result
  const { report } = run
  const { totals } = report
  totals.stored += stored
  totals.found += found
  totals.rejected += rejected.length
  totals.bytes += bytes - job.bytes
  job.bytes = bytes
  for (const { line, name, issues } of rejected) report.rejected(job.file.path, line, name, issues)
  for (const type of types) run.types.add(type)
  report.progress()
  return true
}

/** Lanes that are opened when they are needed. */
interface Lanes {
  free(): Promise<Lane>
  giveBack(lane: Lane): void
  close(): Promise<void>
}

function openLanes(openers: readonly (() => Lane)[]): Lanes {
  const closed = [...openers]
  const open: Lane[] = []
  const idle: Lane[] = []
  const waiting: ((lane: Lane) => void)[] = []
  return {
    free: async () => {
      const lane = idle.pop() ?? closed.shift()?.()
      if (!lane) return new Promise((resolve) => waiting.push(resolve))
      if (!open.includes(lane)) open.push(lane)
      return lane
    },
    giveBack: (lane) => {
      const next = waiting.shift()
      if (next) next(lane)
      else idle.push(lane)
    },
    close: async () => {
      await Promise.all(open.map((lane) => lane.close()))
    },
  }
}
