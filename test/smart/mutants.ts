/**
 * `node test/smart/mutants.ts`: puts one bug at a time into a copy of the sources and says whether the tests catch it. What has
 * never failed is no evidence.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Mutant, mutants } from './mutant-list.ts'

const root = join(import.meta.dirname, '..', '..')
const folder = mkdtempSync(join(tmpdir(), 'candela-mutants-'))
let caught = 0
try {
  for (const name of [
    'server',
    'smart-apps',
    'test',
    'profiles',
    'package.json',
    'vitest.config.ts',
    'tsconfig.json',
    'README.md',
  ]) {
    cpSync(join(root, name), join(folder, name), { recursive: true })
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  const only = process.argv[2]
  const chosen = mutants.filter(({ bug }) => only === undefined || bug.includes(only))
  for (const mutant of chosen) {
    const isCaught = tried(mutant)
    caught += isCaught ? 1 : 0
    console.log(`${isCaught ? 'caught ' : 'MISSED '} ${mutant.bug}`)
  }
  console.log(`${caught} of ${chosen.length} caught`)
  process.exitCode = caught === chosen.length ? 0 : 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function tried({ bug, file, from, to, tests }: Mutant): boolean {
  const path = join(folder, file)
  const text = readFileSync(path, 'utf8')
  if (text.split(from).length !== 2) throw new Error(`The place of '${bug}' is not there, or more than once.`)
  writeFileSync(
    path,
    text.replace(from, () => to),
  )
  const program = join(root, 'node_modules', '.bin', 'vitest')
  const { status } = spawnSync(program, ['run', '--bail=1', ...tests.split(' ')], { cwd: folder, stdio: 'ignore' })
  writeFileSync(path, text)
  return status !== 0
}
