/** The queue of indexing again: jobs in order, of which one runs at a time, in whichever process. */
import { tableOf } from '../fhir/search/table.ts'
import { sql } from '../sql.ts'
import type { Db } from './database.ts'

export type JobState = 'waiting' | 'running' | 'done' | 'failed'

export interface ReindexJob {
  readonly job: string
  readonly state: JobState
  /** Of the parameters that it makes usable or removes. */
  readonly urls: readonly string[]
  readonly types: readonly string[]
  /** The version of the indexing code, where the whole index is made again. */
  readonly code: string | null
  /** The type that it is at, and the last key that is done. */
  readonly type: string | null
  readonly position: string | null
  readonly done: number
  readonly changed: number
  readonly skipped: number
  readonly total: number | null
  /** JSON of an OperationOutcome. */
  readonly outcome: string | null
  /** Since it was started. */
  readonly seconds: number | null
}

export type NewJob = Pick<ReindexJob, 'urls' | 'types' | 'code' | 'outcome'>

export type Progress = Pick<ReindexJob, 'type' | 'position' | 'done' | 'changed' | 'skipped'>

/** Seconds after which a process that says nothing is thought dead, and its job another's. */
const lease = 15

const columns = sql`job, state, urls, types, code, type, position, done::float8 as done, changed::float8 as changed,
  skipped::float8 as skipped, total::float8 as total, outcome, extract(epoch from now() - started)::float8 as seconds`

export async function addJob(db: Db, { urls, types, code, outcome }: NewJob): Promise<string> {
  const rows = await db.query<{ job: string }>(sql`
    insert into reindex_job (urls, types, code, outcome)
    values (${urls}::text[], ${types}::text[], ${code}, ${outcome}) returning job`)
  return rows[0]!.job
}

/** A job; the newest where none is named. */
export async function readJob(db: Db, job: string | undefined): Promise<ReindexJob | undefined> {
  const which = job === undefined ? sql`true` : sql`job = ${job}::bigint`
  const rows = await db.query<ReindexJob>(sql`
    select ${columns} from reindex_job where ${which} order by reindex_job.job desc limit 1`)
  return rows[0]
}

/** The unfinished jobs by the URL that they make usable, with the definition that they do it for. */
export async function buildingJobs(db: Db): Promise<ReadonlyMap<string, { job: string; definition: string }>> {
  const rows = await db.query<{ url: string; definition: string; job: string }>(sql`
    select p.url, p.definition, p.job from search_parameter p join reindex_job j on j.job = p.job
    where p.state = 'building' and j.state in ('waiting', 'running')`)
  return new Map(rows.map(({ url, ...rest }) => [url, rest]))
}

/** Whether all rows are of the present index, or a job makes them so, or has failed to. */
export type Indexing = 'complete' | 'under way' | 'failed'

export async function indexingState(db: Db): Promise<Indexing> {
  const rows = await db.query<{ indexing: Indexing }>(sql`
    select case when exists (select from reindex_job where state in ('waiting', 'running')) then 'under way'
      when exists (select from search_parameter where state = 'building') then 'failed'
      else 'complete' end as indexing`)
  return rows[0]!.indexing
}

/** The next job, which is `runner`'s from now on; undefined while there is none, or another process works on it. */
export async function claimJob(db: Db, runner: string): Promise<ReindexJob | undefined> {
  const rows = await db.query<ReindexJob>(sql`
    update reindex_job set state = 'running', runner = ${runner}, alive = now(), started = coalesce(started, now())
    where job = (select min(job) from reindex_job where state in ('waiting', 'running')) and ${unheld}
    returning ${columns}`)
  return rows[0]
}

/** Whether there is a job that nobody works on. */
export async function isJobDue(db: Db): Promise<boolean> {
  const rows = await db.query(sql`
    select from reindex_job where job = (select min(job) from reindex_job where state in ('waiting', 'running'))
      and ${unheld}`)
  return rows.length > 0
}

const unheld = sql`(runner is null or alive < now() - make_interval(secs => ${lease}))`

/** Says how far `runner` is with its job, or only that it is alive. False where the job has become another's. */
export async function saveProgress(db: Db, job: string, runner: string, progress?: Progress): Promise<boolean> {
  const changes = progress
    ? sql`, type = ${progress.type}, position = ${progress.position}::bigint, done = ${progress.done}::bigint,
        changed = ${progress.changed}::bigint, skipped = ${progress.skipped}::bigint`
    : sql``
  const rows = await db.query(sql`
    update reindex_job set alive = now()${changes}
    where job = ${job}::bigint and runner = ${runner} and state = 'running' returning job`)
  return rows.length > 0
}

export async function saveTotal(db: Db, job: string, total: number): Promise<void> {
  await db.query(sql`update reindex_job set total = ${Math.round(total)}::bigint where job = ${job}::bigint`)
}

/** Lets another process go on with it. */
export async function releaseJob(db: Db, job: string, runner: string): Promise<void> {
  await db.query(sql`
    update reindex_job set runner = null where job = ${job}::bigint and runner = ${runner} and state = 'running'`)
}

/** False where the job has become another's. */
export async function endJob(
  db: Db,
  job: string,
  runner: string,
  state: 'done' | 'failed',
  outcome?: string,
): Promise<boolean> {
  const rows = await db.query(sql`
    update reindex_job set state = ${state}, runner = null, alive = now(), outcome = coalesce(${outcome ?? null}, outcome)
    where job = ${job}::bigint and runner = ${runner} and state = 'running' returning job`)
  return rows.length > 0
}

/** Counting more rows than this takes long: PostgreSQL's own estimate serves. */
const mostCounted = 100_000

/** About how many resources these types have. */
export async function countResources(db: Db, types: readonly string[]): Promise<number> {
  let total = 0
  for (const type of types) {
    const table = `r_${type.toLowerCase()}`
    const [row] = await db.query<{ rows: number }>(sql`
      select reltuples::float8 as rows from pg_class where oid = ${table}::regclass`)
    const estimate = row!.rows
    if (estimate > mostCounted) total += estimate
    else {
      const [count] = await db.query<{ n: number }>(sql`select count(*)::float8 as n from ${tableOf(type)}`)
      total += count!.n
    }
  }
  return total
}
