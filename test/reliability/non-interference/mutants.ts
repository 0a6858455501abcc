/**
 * `node test/reliability/non-interference/mutants.ts [text]`: forgets what the caller may not see in one place at a time, in a
 * copy of the sources, and says whether the twin worlds tell. What has never failed is no evidence.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Mutant, mutants } from './mutant-list.ts'

const requests = '4000'
/** Worlds that are tried in turn: in some there is nothing that one of the faults would tell. */
const seeds = ['20260417', '5']
const root = join(import.meta.dirname, '..', '..', '..')
const folder = mkdtempSync(join(tmpdir(), 'candela-mutants-'))
let caught = 0
try {
  for (const name of ['server', 'smart-apps', 'test', 'profiles', 'package.json', 'tsconfig.json']) {
    cpSync(join(root, name), join(folder, name), { recursive: true })
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  const only = process.argv[2]
  const chosen = mutants.filter(({ place }) => only === undefined || place.includes(only))
  for (const mutant of chosen) {
    const { told, after } = tried(mutant)
    caught += told ? 1 : 0
    console.log(`${told ? 'caught ' : 'MISSED '} ${mutant.place} (${after})`)
  }
  console.log(`${caught} of ${chosen.length} caught`)
  process.exitCode = caught === chosen.length ? 0 : 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function tried({ place, file, from, to, kind = "a patient's app" }: Mutant): { told: boolean; after: string } {
  const path = join(folder, file)
  const text = readFileSync(path, 'utf8')
  if (text.split(from).length !== 2) throw new Error(`The place of '${place}' is not there, or more than once.`)
  writeFileSync(
    path,
    text.replace(from, () => to),
  )
  const program = join(folder, 'test', 'reliability', 'non-interference', 'run-twins.ts')
  let told = false
  let after = ''
  for (const seed of seeds) {
    if (told) break
    const options = ['--kind', kind, '--requests', requests, '--most', '1', '--seed', seed]
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...options], {
      cwd: folder,
      encoding: 'utf8',
    })
    const sent = /: (\d+ requests)/.exec(stdout)?.[1]
    if (sent === undefined) throw new Error(`With '${place}' the twins do not run: ${stderr.slice(-2000)}`)
    told = status !== 0
    after = `${sent} of seed ${seed}`
  }
  writeFileSync(path, text)
  return { told, after }
}
