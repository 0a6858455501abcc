/** Reference data that is not part of the project: `../shared/data`, or below `SHARED_DIR`. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const folder = join(process.env['SHARED_DIR'] ?? join(root, '..', 'shared'), 'data')

/** The texts of a folder of reference data by file name; undefined, and a line that says so, where it is absent. */
export function sharedTexts(name: string): ReadonlyMap<string, string> | undefined {
  const dir = join(folder, name)
  if (!existsSync(dir)) {
    console.warn(`Skipped: there is no ${dir}. Set SHARED_DIR to the folder that holds data/${name}.`)
    return undefined
  }
  const files = readdirSync(dir).filter((file) => file.endsWith('.json.gz'))
  return new Map(files.map((file) => [file, gunzipSync(readFileSync(join(dir, file))).toString()]))
}
