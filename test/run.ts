/**
 * `npm test`: types, style, then all tests. `--long` runs the full sizes, and then shows that the tests of access and of
 * authorization catch each of their mutants. The last line counts what passed.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findChromium, installChromium } from './support/chromium.ts'

const long = process.argv.includes('--long')
const bin = join(import.meta.dirname, '..', 'node_modules', '.bin')
const folder = mkdtempSync(join(tmpdir(), 'candela-test-'))
const report = join(folder, 'report.json')

const checks = [
  ['tsc', '-p', '.'],
  ['biome', 'check'],
] as const
let chromium: string | undefined
const failedCheck = checks.find(([program, ...args]) => run(program, args) !== 0)
if (failedCheck) fail(`${failedCheck.join(' ')} does not pass.`)

chromium = findChromium() ?? installChromium(bin)
if (chromium === undefined) {
  fail('The tests need Chromium, and it could not be installed. Install it, or set CHROMIUM_PATH to a Chrome.')
}

const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
const tests = run('vitest', ['run', ...reporters])
const { numPassedTests, numFailedTests } = readReport()
rmSync(folder, { recursive: true, force: true })
const mutants = long ? ['reliability/non-interference/mutants.ts', 'smart/mutants.ts'] : []
const areCaught = mutants.every((program) => {
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, program)], { stdio: 'inherit' })
  return status === 0
})
console.log(`${numPassedTests} passed, ${numFailedTests} failed`)
process.exitCode = tests === 0 && areCaught && numPassedTests > 0 ? 0 : 1

function run(program: string, args: readonly string[]): number | null {
  const env = { ...process.env, ...(long && { LONG: '1' }), ...(chromium && { CHROMIUM_PATH: chromium }) }
  return spawnSync(join(bin, program), args, { stdio: 'inherit', env }).status
}

function readReport(): { numPassedTests: number; numFailedTests: number } {
  try {
    return JSON.parse(readFileSync(report, 'utf8'))
  } catch {
    return { numPassedTests: 0, numFailedTests: 0 }
  }
}

function fail(reason: string): never {
  rmSync(folder, { recursive: true, force: true })
  console.error(reason)
  process.exit(1)
}
