/** Builds the apps: `npm run build`, and the server at its first start. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const root = import.meta.dirname
/** Where the built files are. */
export const builtFolder = join(root, 'dist')
const mark = join(builtFolder, '.sources')

/** Builds unless what is built is of the sources as they are; true where something was built. */
export async function buildApps(): Promise<boolean> {
  const sources = sourcesHash()
  if (existsSync(mark) && readFileSync(mark, 'utf8') === sources) return false
  const { build } = await import('vite')
  await build({ configFile: join(root, 'vite.config.ts') })
  writeFileSync(mark, sources)
  return true
}

/** Of every file the apps are made of. */
function sourcesHash(): string {
  const hash = createHash('sha256')
  for (const folder of [root, join(root, '..', 'server', 'fhir', 'results')]) {
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
      if (name.startsWith('dist') || !/\.\w+$/.test(name)) continue
      hash
        .update(`${name}\0`)
        .update(readFileSync(join(folder, name)))
        .update('\0')
    }
  }
  return hash.digest('hex')
}

if (import.meta.main) await buildApps()
