/** How far each file has been imported. Kept in the transactions that store its resources. */
import { sql } from '../sql.ts'
import type { Db, Transaction } from './database.ts'

export interface ImportProgress {
  /** Bytes of the uncompressed text that are done, and the lines in them. */
  readonly position: number
  readonly line: number
  readonly stored: number
  readonly rejected: number
  readonly finished: boolean
}

const noProgress: ImportProgress = { position: 0, line: 0, stored: 0, rejected: 0, finished: false }

/** The progress of the file with this fingerprint: none when it is new. */
export async function importProgress(db: Db, fingerprint: string): Promise<ImportProgress> {
  const rows = await db.query<{
    position: string
    line: string
    stored: string
    rejected: string
    finished: boolean
  }>(sql`
    select position, line, stored, rejected, finished from import_progress where fingerprint = ${fingerprint}`)
  const [row] = rows
  if (!row) return noProgress
  const { position, line, stored, rejected, finished } = row
  return {
    position: Number(position),
    line: Number(line),
    stored: Number(stored),
    rejected: Number(rejected),
    finished,
  }
}

/** Begins a file that is new, or anew; a file that has progress keeps it. */
export async function beginImport(
  db: Db,
  fingerprint: string,
  file: string,
  again: boolean,
  now: number,
): Promise<void> {
  if (again) await db.query(sql`delete from import_progress where fingerprint = ${fingerprint}`)
  await db.query(sql`
    insert into import_progress (fingerprint, file, position, line, stored, rejected, finished, ts)
    values (${fingerprint}, ${file}, 0, 0, 0, 0, false, ${now}) on conflict do nothing`)
}

/** What a step of an import adds: from one position to the next. */
export interface ImportStep {
  readonly from: number
  readonly to: number
  readonly line: number
  readonly stored: number
  readonly rejected: number
}

/** Records a step; false when the file is not where the step begins, because another import of it is under way. */
export async function advanceImport(db: Db, fingerprint: string, step: ImportStep, now: number): Promise<boolean> {
  const rows = await db.query(sql`
    update import_progress set position = ${step.to}, line = ${step.line}, stored = stored + ${step.stored},
      rejected = rejected + ${step.rejected}, ts = ${now}
    where fingerprint = ${fingerprint} and position = ${step.from} and not finished returning fingerprint`)
  return rows.length === 1
}

export async function finishImport(db: Db, fingerprint: string, now: number): Promise<void> {
  await db.query(sql`update import_progress set finished = true, ts = ${now} where fingerprint = ${fingerprint}`)
}

/**
 * For a transaction that stores a part of an import: it may take long, and need not wait for the disk. A crash loses its
 * rows and its progress together, and `finishImport`, which waits, makes all before it durable.
 */
export async function relaxForImport(tx: Transaction): Promise<void> {
  await tx.client.query('set local statement_timeout = 0; set local synchronous_commit = off')
}
