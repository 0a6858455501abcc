/** The database with its tables in place: what every command needs, and all that some do. */
import type { Config } from './config.ts'
import type { Definitions } from './fhir/definitions.ts'
import { loadDefinitions } from './packages.ts'
import { type Database, openDatabase } from './store/database.ts'
import { startPostgres } from './store/embedded-postgres.ts'
import { migrate } from './store/migrate.ts'

export interface MigratedDatabase {
  readonly database: Database
  readonly databaseUrl: string
  readonly definitions: Definitions
  close(): Promise<void>
}

/** Starts PostgreSQL where none is named, connects, and brings the tables up to date. */
export async function openMigrated(config: Config): Promise<MigratedDatabase> {
  const definitions = loadDefinitions(config.dataDir)
  const embedded = config.databaseUrl ? undefined : await startPostgres(config.dataDir)
  const databaseUrl = config.databaseUrl ?? embedded!.url
  const database = openDatabase(databaseUrl)
  const close = async () => {
    await database.close()
    await embedded?.stop()
  }
  try {
    await migrate(database, definitions.resourceTypes)
    return { database, databaseUrl, definitions, close }
  } catch (error) {
    await close()
    throw error
  }
}
