/** `candela terminology import KIND PATH`, `list` and `remove URL`: releases of code systems. */
import { ConfigError } from '../config.ts'
import { loadConfig } from '../config-file.ts'
import { nearest } from '../fhir/nearest.ts'
import { splitCanonical } from '../fhir/terminology/facts.ts'
import { openMigrated } from '../migrated-database.ts'
import type { Database } from '../store/database.ts'
import { CircularReleaseError } from '../store/terminology/copy-concepts.ts'
import {
  EmptyReleaseError,
  type ImportStep,
  importRelease,
  OlderReleaseError,
} from '../store/terminology/import-release.ts'
import { currentReleases } from '../store/terminology/releases.ts'
import { ReleaseChoiceError, removeRelease } from '../store/terminology/remove-release.ts'
import { heapKeeper } from './import/heap.ts'
import { showProgress } from './progress.ts'
import { kinds, type OpenRelease, readers } from './terminology/readers.ts'
import { ReleaseError, type ReleaseProblem } from './terminology/release.ts'

export async function terminology(args: readonly string[]): Promise<number> {
  const work = workOf(args, readers)
  const { database, close } = await openMigrated(loadConfig().config)
  try {
    for await (const line of work(database)) console.log(line)
    return 0
  } catch (error) {
    if (!(error instanceof ReleaseError || error instanceof ReleaseChoiceError)) throw error
    console.error(error.message)
    return 1
  } finally {
    await close()
  }
}

/** Lines that tell what was done, as it is done. */
type Work = (database: Database) => AsyncIterable<string>

/** What the arguments ask for; throws for those that cannot be understood. */
export function workOf([action, ...rest]: readonly string[], table: Readonly<Record<string, OpenRelease>>): Work {
  if (action === 'list' && rest.length === 0) return listReleases
  if (action === 'remove' && rest.length === 1) return (database) => remove(database, rest[0]!)
  const [kind, path, ...more] = rest.filter((arg) => arg !== '--older')
  if (action !== 'import' || kind === undefined || path === undefined || more.length > 0) {
    throw new ConfigError(`Usage: candela terminology ${usage}`)
  }
  const reader = Object.hasOwn(table, kind) ? table[kind] : undefined
  if (!reader) {
    const near = nearest(kind, Object.keys(table))
    const known = `It takes ${Object.keys(table).join(', ')}.`
    throw new ConfigError(`'${kind}' is no kind of release.${near ? ` Did you mean '${near}'?` : ''} ${known}`)
  }
  const older = rest.includes('--older')
  return (database) => importAll(database, { kind, path, older, open: reader })
}

const usage = 'import KIND PATH [--older] | list | remove URL[|VERSION]'

interface Asked {
  readonly kind: string
  readonly path: string
  readonly older: boolean
  readonly open: OpenRelease
}

async function* importAll(database: Database, { kind, path, older, open }: Asked) {
  const problems: ReleaseProblem[] = []
  let problemCount = 0
  const tell = (problem: ReleaseProblem) => {
    if (problemCount++ < mostShown) problems.push(problem)
  }
  const start = performance.now()
  const { close, ...release } = await open(path, tell)
  try {
    yield await importOne(database, { kind, older }, release, start)
  } catch (error) {
    throw await faultOf(error, path, release)
  } finally {
    close?.()
  }
  for (const { file, line, message } of problems)
    yield `${file}${line === undefined ? '' : `, line ${line}`}: ${message}`
  if (problemCount > problems.length) yield `… and ${problemCount - problems.length} more.`
}

/** What whoever imports is told. */
async function faultOf(error: unknown, path: string, opened: Opened): Promise<unknown> {
  if (error instanceof CircularReleaseError) return circleFault(error, opened)
  if (error instanceof EmptyReleaseError) return new ReleaseError(`${path}: ${error.message}`)
  if (error instanceof OlderReleaseError) return new ReleaseError(`${error.message} --older takes it nevertheless.`)
  return error
}

async function circleFault({ message, codes }: CircularReleaseError, { placeOfLink }: Opened): Promise<ReleaseError> {
  const place = await placeOfLink?.(codes[0]!, codes[1] ?? codes[0]!)
  return new ReleaseError(place === undefined ? message : `${place}: ${message}`)
}

/** Problems that are told one by one. */
const mostShown = 20

type Opened = Omit<Awaited<ReturnType<OpenRelease>>, 'close'>

type How = Pick<Asked, 'kind' | 'older'>

async function importOne(database: Database, how: How, opened: Opened, start: number): Promise<string> {
  const { system, concepts: rows, valueSets, readShare } = opened
  const keepHeap = heapKeeper()
  let doing: ImportStep | undefined
  const { concepts, repeated } = await importRelease(database, {
    ...how,
    system,
    rows,
    ...(valueSets && { valueSets }),
    report: (count, step) => {
      keepHeap(step !== doing)
      doing = step
      showProgress(shareOf(step, readShare?.()), `${system.name}: ${count} concepts`)
    },
  })
  showProgress(1)
  const seconds = (performance.now() - start) / 1000
  const rate = Math.round(concepts / Math.max(seconds, 0.001))
  return [
    `${system.name} (${system.url}|${system.version}): ${concepts} concepts in ${seconds.toFixed(1)} s, ${rate} a second.`,
    ...(repeated > 0 ? [`${repeated} rows had a code that came before; the first of each was taken.`] : []),
  ].join('\n')
}

/** Where the steps end, as far as they take like parts of the time. */
const ends: Readonly<Record<ImportStep, number>> = { reading: 0, hierarchy: 0.6, words: 0.8, indexes: 0.9 }

function shareOf(step: ImportStep, read = 0): number {
  return step === 'reading' ? read * ends.hierarchy : ends[step]
}

async function* listReleases(database: Database): AsyncGenerator<string> {
  const releases = await currentReleases(database)
  if (releases.size === 0) yield 'No release of a code system was imported yet.'
  for (const { name, url, version, kind, concepts } of [...releases.values()].flat()) {
    yield `${name} (${url}|${version}): ${concepts} concepts, imported as ${kind}`
  }
}

async function* remove(database: Database, canonical: string): AsyncGenerator<string> {
  const { url, version } = splitCanonical(canonical)
  const removed = await removeRelease(database, url, version)
  yield `${removed.name} (${removed.url}|${removed.version}): ${removed.concepts} concepts removed.`
}

/** What `--help` tells besides. */
export function detailsText(): string {
  const width = Math.max(...Object.keys(kinds).map((kind) => kind.length))
  const lines = Object.entries(kinds).map(([kind, { about }]) => `  ${kind.padEnd(width)}  ${about}`)
  return [
    'KIND is one of',
    ...lines,
    '',
    'A release takes the place of the one before, of SNOMED CT of that of the same edition; with --older it may be an earlier',
    "one. VERSION says which one to remove where there are several, and may be an edition: 'list' names them.",
  ].join('\n')
}
