/** Runs an import: reads ahead while what was read is stored, over two connections. */
import { latestContext } from '../../context.ts'
import { withFreshIndex } from '../../interactions/fresh-index.ts'
import {
  advanceImport,
  beginImport,
  finishImport,
  type ImportProgress,
  importProgress,
  relaxForImport,
} from '../../store/import-progress.ts'
import { retryContention } from '../../store/retry.ts'
import type { ImportContext } from './context.ts'
import type { ImportDraft } from './drafts.ts'
import { fingerprintOf, type ImportFile, openText, readWhole } from './files.ts'
import { linesOf } from './lines.ts'
import { documentParcel, lineParcels, type Parcel } from './parcels.ts'
import type { Report } from './report.ts'
import { type Stored, storeDrafts } from './store-drafts.ts'

export interface ImportOptions {
  /** Imports files that were imported already. */
  readonly again: boolean
  /** Stops between parcels when it is aborted. */
  readonly signal: AbortSignal
}

/** Parcels that are being stored at once. */
const atOnce = 2

interface Run {
  readonly context: ImportContext
  readonly report: Report
  readonly options: ImportOptions
  /** What is being stored; settles without failing. */
  readonly storing: Set<Storing>
  readonly types: Set<string>
  failure: unknown
}

interface Storing {
  readonly job: Job
  readonly parcel: Parcel
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
  context: ImportContext,
  report: Report,
  options: ImportOptions,
): Promise<ReadonlySet<string>> {
  const run: Run = {
    context,
    report,
    options,
    storing: new Set(),
    types: new Set(),
    failure: undefined,
  }
  let finished: Promise<void>[] = []
  for (const [i, file] of files.entries()) {
    // What others refer to must be there before they are.
    if (i > 0 && file.rank > files[i - 1]!.rank) await Promise.all(finished)
    if (mustStop(run)) break
    const { done } = await importFile(file, run)
    finished = [...finished.slice(-atOnce), done]
  }
  await Promise.all([...finished, ...[...run.storing].map(({ done }) => done)])
  if (run.failure !== undefined) throw run.failure
  return run.types
}

function mustStop({ options, failure }: Run): boolean {
  return options.signal.aborted || failure !== undefined
}

/** Reads a file and begins to store what it holds; `done` settles when all of it is stored. */
async function importFile(file: ImportFile, run: Run): Promise<{ done: Promise<void> }> {
  const { context, report, options } = run
  const { db } = context.store
  const fingerprint = await fingerprintOf(file)
  const before = await importProgress(db, fingerprint)
  if (before.finished && !options.again) {
    report.totals.already++
    report.totals.bytes += file.size
    return { done: Promise.resolve() }
  }
  await beginImport(db, fingerprint, file.path, options.again, context.now())
  const job: Job = { file, fingerprint, bytes: 0, last: Promise.resolve(true) }
  const complete = await readParcels(job, options.again ? undefined : before, run)
  return { done: finish(job, complete, run) }
}

/** Whether the file was read to its end. */
async function readParcels(job: Job, before: ImportProgress | undefined, run: Run): Promise<boolean> {
  const { file } = job
  try {
    for await (const { parcel, bytes } of parcelsOf(file, before, run.context)) {
      await room(job, parcel, run)
      if (mustStop(run)) return false
      begin(job, parcel, bytes, run)
    }
    return true
  } catch (error) {
    run.report.totals.failed++
    run.report.remark(file.path, error instanceof Error ? error.message : String(error))
    return false
  }
}

async function finish(job: Job, complete: boolean, run: Run): Promise<void> {
  const stored = await job.last
  const { totals } = run.report
  if (!complete || !stored) return
  try {
    await finishImport(run.context.store.db, job.fingerprint, run.context.now())
    totals.files++
    totals.bytes += job.file.size - job.bytes
  } catch (error) {
    run.failure = error
  }
}

interface Piece {
  readonly parcel: Parcel
  /** Bytes on disk that were read so far. */
  readonly bytes: number
}

async function* parcelsOf(
  file: ImportFile,
  before: ImportProgress | undefined,
  context: ImportContext,
): AsyncGenerator<Piece> {
  const position = before?.position ?? 0
  if (file.kind === 'json') {
    if (position === 0) yield { parcel: documentParcel(await readWhole(file), context), bytes: file.size }
    return
  }
  const text = openText(file, position)
  const start = { position, line: before?.line ?? 0, skip: file.gzip ? position : 0 }
  for await (const parcel of lineParcels(linesOf(text.stream, start), position, context)) {
    yield { parcel, bytes: text.bytesRead() }
  }
}

/** Waits until another parcel may be stored. */
async function room(job: Job, parcel: Parcel, { storing }: Run): Promise<void> {
  // A parcel is committed after the one before it in the file: one that waited for a lock of it would wait for ever.
  const names = new Set(parcel.drafts.flatMap(referenceTo))
  const meets = (other: Storing) =>
    other.job === job && other.parcel.drafts.some((draft) => referenceTo(draft).some((name) => names.has(name)))
  while (storing.size >= atOnce || [...storing].some(meets)) await Promise.race([...storing].map((one) => one.done))
}

function referenceTo({ entry: { type, id } }: ImportDraft): string[] {
  return id === undefined ? [] : [`${type}/${id}`]
}

function begin(job: Job, parcel: Parcel, bytes: number, run: Run): void {
  const previous = job.last
  const storing: Storing = {
    job,
    parcel,
    done: store(job, parcel, previous, run)
      .then((stored) => tell(job, parcel, stored, bytes, run))
      .catch((error) => {
        run.failure ??= error
        return false
      })
      .finally(() => run.storing.delete(storing)),
  }
  run.storing.add(storing)
  job.last = storing.done
}

async function store(job: Job, parcel: Parcel, previous: Promise<boolean>, run: Run): Promise<Stored> {
  const { store, now } = run.context
  const { from, to, line } = parcel
  return withFreshIndex(latestContext(run.context), (current) =>
    retryContention(() =>
      store.database.transaction(async (tx) => {
        await relaxForImport(tx)
        const context = { ...current, store: { ...store, db: tx } }
        const result = await storeDrafts(tx, parcel, context)
        if (!(await previous)) throw new Error('The part of the file before this one was not stored.')
        const step = { from, to, line, stored: result.stored, rejected: result.rejected.length }
        if (await advanceImport(tx, job.fingerprint, step, now())) return result
        throw new Error(`${job.file.path} is being imported by another process.`)
      }),
    ),
  )
}

function tell(
  job: Job,
  parcel: Parcel,
  { stored, found, rejected, types }: Stored,
  bytes: number,
  { report, types: all }: Run,
): boolean {
  const { totals } = report
  totals.stored += stored
  totals.found += found
  totals.rejected += rejected.length
  totals.bytes += bytes - job.bytes
  job.bytes = bytes
  for (const { draft, issues } of rejected)
    report.rejected(job.file.path, parcel.lineOf(draft), referenceTo(draft)[0] ?? (draft.entry.type || 'entry'), issues)
  for (const type of types) all.add(type)
  report.progress()
  return true
}
