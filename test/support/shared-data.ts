/**
 * Reference data that is too large to be part of the project: `../shared/data` beside it, or where `SHARED_DIR` says.
 * A test that needs it says in its name that it was skipped where the folder is absent.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

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

/** The texts of a folder of compressed reference data by file name; undefined where it is absent. */
export function sharedTexts(name: string): ReadonlyMap<string, string> | undefined {
  const folder = sharedFolder(name)
  if (!folder) return undefined
  const files = readdirSync(folder).filter((file) => file.endsWith('.json.gz'))
  return new Map(files.map((file) => [file, gunzipSync(readFileSync(join(folder, file))).toString()]))
}
