/**
 * Reference data that is too large to be part of the project: `../shared/data` beside it, or where `SHARED_DIR` says.
 * A test that needs it says in its name that it was skipped where the folder is absent.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..', '..')

/** The folder of that name, or undefined where the data is absent. */
export function sharedFolder(name: string): string | undefined {
  const folder = join(process.env['SHARED_DIR'] ?? join(root, '..', 'shared', 'data'), name)
  return existsSync(folder) ? folder : undefined
}

/** A suite's name that tells why it did not run. */
export function needsFolder(title: string, folder: string | undefined): string {
  return folder ? title : `${title} (skipped: no ../shared/data here; set SHARED_DIR)`
}
