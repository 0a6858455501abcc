/** Puts the server together: settings, database, definitions, HTTP; and takes it apart in reverse. */
import { randomBytes, randomUUID } from 'node:crypto'
import packageJson from '../package.json' with { type: 'json' }
import { openAccess } from './access/access.ts'
import { createApp } from './app.ts'
import { type Config, ConfigError, isLoopback } from './config.ts'
import { type Context, latestContext } from './context.ts'
import { dispatch } from './dispatch.ts'
import { computedValues } from './fhir/search/computed-values.ts'
import { namedPaths } from './fhir/search/indexing/presence.ts'
import { searchIndexes, standardState } from './fhir/search/search-indexes.ts'
import type { SipKey } from './fhir/search/siphash.ts'
import { createTerms, newKey } from './fhir/search/term.ts'
import { requiredProfileFaults } from './fhir/validation/required-profile-faults.ts'
import { openAccessSource } from './interactions/access/access-source.ts'
import { sweepJournal } from './interactions/audit/sweep.ts'
import { openTrail } from './interactions/audit/trail.ts'
import { createBackground } from './interactions/background.ts'
import { watchCritical } from './interactions/critical/escalate.ts'
import { isReindexDue, watchReindex } from './interactions/reindex/run.ts'
import { createTerminologyCache } from './interactions/terminology/cache.ts'
import { openMigrated } from './migrated-database.ts'
import { operations } from './operations/operations.ts'
import { packageFolder } from './packages/archive-cache.ts'
import { openConformanceSource } from './packages/conformance-source.ts'
import { installNamedPackages } from './packages/named-packages.ts'
import { ownPackage } from './packages/own-package.ts'
import { publishedResources } from './published-resources.ts'
import { readRoles } from './roles.ts'
import { openSealer } from './sealing-keys.ts'
import { registerOwnClients } from './smart/clients/own-clients.ts'
import { hasDemoAccounts } from './store/accounts/accounts.ts'
import { openDatabase } from './store/database.ts'
import { freePort } from './store/embedded-postgres.ts'
import { openIndexSource } from './store/index-source.ts'
import { givePresenceBits } from './store/search-parameters.ts'
import { databaseSecret, durabilityFaults, processNumber, typeNumbers } from './store/settings.ts'
import { statisticsSource } from './store/statistics.ts'
import { currentReleases } from './store/terminology/releases.ts'

export interface Core {
  readonly context: Context
  readonly databaseUrl: string
  close(): Promise<void>
}

export interface Server extends Core {
  /** Where HTTP listens: `http://127.0.0.1:8080`. */
  readonly url: string
}

/** Searches that run at once; others wait. */
const searchConnections = 6

/** Database and definitions, ready to use: what every command needs. */
export async function openCore(config: Config): Promise<Core> {
  const migrated = await openMigrated(config)
  const { definitions, database, databaseUrl } = migrated
  // Connections of their own: however many costly searches run, reads and writes do not wait for them.
  const searches = openDatabase(config.databaseReadUrl ?? databaseUrl, { connections: searchConnections })
  const background = createBackground((name, error) => console.error(`The work '${name}' failed:`, error))
  const closing = [searches.close, migrated.close]
  const close = async () => {
    for (const step of closing) await step()
  }
  try {
    const base = `${config.publicUrl}/fhir`
    const terms = createTerms(secretKey(await databaseSecret(database, () => randomBytes(16))))
    const makeIndexes = searchIndexes({ definitions, terms, base, fallback: computedValues(definitions) })
    const standard = makeIndexes(standardState)
    const paths = definitions.resourceTypes.flatMap((type) => namedPaths(standard.index(type)))
    await givePresenceBits(database, paths)
    const indexSource = await openIndexSource(database.aside, makeIndexes)
    const conformance = await openConformanceSource({
      db: database.aside,
      base: publishedResources(config.dataDir),
      own: ownPackage(),
      folders: [packageFolder(config)],
      now: Date.now,
    })
    const roles = readRoles({ definitions, indexes: indexSource.current, base })
    const warn: Context['warn'] = (message, facts) => console.warn(message, facts)
    const accessSource = await openAccessSource({
      db: database.aside,
      roles,
      warn,
      indexes: indexSource.current,
      base,
      now: Date.now,
    })
    closing.unshift(background.close, indexSource.close, conformance.close, accessSource.close)
    const terminologyCache = createTerminologyCache()
    terminologyCache.releases = await currentReleases(database)
    const context: Context = {
      config,
      definitions,
      indexes: indexSource.current,
      indexSource,
      base,
      access: openAccess,
      roles,
      accessSource,
      sealer: openSealer(config.dataDir),
      version: packageJson.version,
      operations,
      now: Date.now,
      newKey: keySource(Date.now, await processNumber(database)),
      store: {
        database,
        db: database,
        searchDb: searches,
        statistics: statisticsSource(database.aside),
        typeNumbers: await typeNumbers(database),
        dictionary: { known: new Set() },
      },
      canonicals: conformance.current,
      conformance,
      terminologyCache,
      background,
      reportBug: logBug,
      warn,
      dispatch,
    }
    if (config.auth === 'none') return { context, databaseUrl, close }
    const audit = openTrail({
      db: database.aside,
      sweep: (wait) => sweepJournal(context, wait),
      warn: (error) => console.warn('The audit trail could not be written:', error),
    })
    closing.unshift(audit.close)
    return { context: { ...context, audit }, databaseUrl, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Refuses a database that would lose acknowledged writes in a crash. */
export async function requireDurability({ store }: Context): Promise<void> {
  const faults = await durabilityFaults(store.database)
  if (faults.length > 0) throw new ConfigError(faults.join('\n'))
}

/** Refuses to show others a server whose passwords everybody knows. */
export async function requirePrivateDemo({ config, store }: Context): Promise<void> {
  if (isLoopback(config.host) || !(await hasDemoAccounts(store.database))) return
  throw new ConfigError(
    `HOST must be a loopback address such as 127.0.0.1 while there are demo accounts, not '${config.host}'. Remove them with: candela user remove --demo`,
  )
}

export async function startServer(settings: Config): Promise<Server> {
  const config = await withPort(settings)
  const core = await openCore(config)
  await requireDurability(core.context)
  await requirePrivateDemo(core.context)
  await registerOwnClients(core.context)
  const context = await withNamedPackages(core)
  const app = await createApp(context)
  if (await isReindexDue(context)) {
    app.log.warn('The search index was made by another version of this program: call $reindex?everything=true.')
  }
  const url = await app.listen({ port: config.port, host: config.host })
  const stopWatching = [watchReindex(context), watchCritical(context)]
  return {
    ...core,
    context,
    url,
    close: async () => {
      for (const stop of stopWatching) stop()
      // Who waits for that work is answered, so that no request keeps the process.
      await context.background.close()
      await app.close()
      await core.close()
    },
  }
}

/** The context once the packages are there that the settings name; and the profiles that they require. */
export async function withNamedPackages(core: Core): Promise<Context> {
  try {
    await installNamedPackages(core.context)
    const context = latestContext(core.context)
    requireUsableProfiles(context)
    return context
  } catch (error) {
    await core.close()
    throw error
  }
}

/** Resources could not be written at all, or would not be held to what is wanted, if a profile's name is misspelled. */
export function requireUsableProfiles({ config, definitions, canonicals }: Context): void {
  const faults = requiredProfileFaults(config.requiredProfiles, definitions, canonicals)
  if (faults.length > 0) throw new ConfigError(faults.map((fault) => `REQUIRED_PROFILES: ${fault}`).join('\n'))
}

/** With a free port where any will do: chosen before the start, because the FHIR base contains it. */
export async function withPort(config: Config): Promise<Config> {
  if (config.port !== 0) return config
  const port = await freePort()
  return { ...config, port, publicUrl: config.publicUrl.replace(/:0$/, `:${port}`) }
}

function secretKey(bytes: Buffer): SipKey {
  return [bytes.readInt32LE(0), bytes.readInt32LE(4), bytes.readInt32LE(8), bytes.readInt32LE(12)]
}

function logBug(error: unknown): string {
  const id = randomUUID()
  console.error(`internal error ${id}:`, error)
  return id
}

/** Keys in order of creation. */
function keySource(now: () => number, node: number): () => bigint {
  let last = 0
  let sequence = 0
  return () => {
    const time = Math.max(now(), last)
    sequence = time === last ? sequence + 1 : 0
    last = sequence > 4095 ? time + 1 : time
    sequence &= 4095
    return newKey(last, node, sequence)
  }
}
