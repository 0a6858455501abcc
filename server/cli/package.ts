/** `candela package add | check | list | remove`: FHIR packages, beside running servers or without one. */
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import { ConfigError } from '../config.ts'
import { loadConfig } from '../config-file.ts'
import type { Context } from '../context.ts'
import type { JsonObject } from '../fhir/json.ts'
import { isError, issueText } from '../fhir/outcome.ts'
import { parsePackageName } from '../fhir/packages/manifest.ts'
import { PackageError } from '../fhir/packages/package-error.ts'
import { watchReindex } from '../interactions/reindex/run.ts'
import { awaitReindex, doneShare } from '../interactions/reindex/status.ts'
import { validateNow, validateRest } from '../interactions/validation/validator.ts'
import { openCore } from '../main.ts'
import { checkPackages } from '../packages/check.ts'
import { type Changed, installPackages, uninstallPackage } from '../packages/install.ts'
import { prepare } from '../packages/prepare.ts'
import type { Wanted } from '../packages/resolve.ts'
import { checkText } from './package/check-text.ts'
import { changedText, installationText, listText } from './package/texts.ts'
import { showProgress } from './progress.ts'

/** Prints what it has to say; answers the exit status. */
type Work = (context: Context, print: (text: string) => void) => Promise<number>

export async function packageCommand(args: readonly string[]): Promise<number> {
  const work = packageWork(args)
  const core = await openCore(loadConfig().config)
  try {
    return await work(core.context, console.log)
  } catch (error) {
    if (!(error instanceof PackageError)) throw error
    console.error(error.message)
    return 1
  } finally {
    await core.close()
  }
}

const usages = {
  add: 'candela package add NAME@VERSION|FILE.tgz [--without-missing]',
  check: 'candela package check NAME@VERSION|FILE.tgz',
  list: 'candela package list',
  remove: 'candela package remove NAME@VERSION',
} as const

/** What the arguments ask for; throws for those that cannot be understood. */
export function packageWork([action = '', ...args]: readonly string[]): Work {
  if (!Object.hasOwn(usages, action)) throw new ConfigError(`Usage:\n  ${Object.values(usages).join('\n  ')}`)
  const { names, withoutMissing } = parsed(action as keyof typeof usages, args)
  const [name = ''] = names
  if (action === 'list') return list
  if (action === 'add') return (context, print) => add(wantedOf(name), withoutMissing, context, print)
  if (action === 'check') return (context, print) => check(wantedOf(name), context, print)
  const installed = parsePackageName(name)
  if (!installed) throw new ConfigError(`'${name}' is no package: give its name and version, as in name@1.0.0.`)
  return async (context, print) => finish(await uninstallPackage(installed, context), 'Removed', context, print)
}

function parsed(action: keyof typeof usages, args: readonly string[]) {
  const options: ParseArgsOptionsConfig = action === 'add' ? { 'without-missing': { type: 'boolean' } } : {}
  try {
    const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options })
    if (positionals.length !== (action === 'list' ? 0 : 1)) throw new Error('')
    return { names: positionals, withoutMissing: 'without-missing' in values && values['without-missing'] === true }
  } catch {
    throw new ConfigError(`Usage: ${usages[action]}`)
  }
}

/** A file where there is one of that name. */
function wantedOf(text: string): Wanted {
  if (/\.(?:tgz|tar\.gz)$/.test(text)) {
    try {
      return { archive: readFileSync(text) }
    } catch (error) {
      throw new ConfigError(`${basename(text)} cannot be read: ${(error as Error).message}`)
    }
  }
  const name = parsePackageName(text)
  if (!name) throw new ConfigError(`'${text}' is no package: give NAME@VERSION, or a FILE.tgz.`)
  return name
}

async function add(wanted: Wanted, withoutMissing: boolean, context: Context, print: (text: string) => void) {
  const { packages, missing } = await prepare(wanted, context, { withoutMissing, report: showProgress })
  for (const one of packages) print(installationText(one))
  for (const { name, version, neededBy, reason } of missing)
    print(`Missing: ${name}@${version}, needed by ${neededBy}. ${reason}`)
  const changed = await installPackages(packages, context, (share) => showProgress(share, 'storing'))
  showProgress(1)
  return finish(changed, 'Installed', context, print)
}

async function check(wanted: Wanted, context: Context, print: (text: string) => void) {
  const resolved = await prepare(wanted, context, { withoutMissing: true, report: showProgress })
  const checked = await checkPackages(resolved, context, {
    validate: (resource, canonicals) => faultsOf(resource, { ...context, canonicals }),
    report: (share) => showProgress(share, 'checking what is stored'),
  })
  print(checkText(checked))
  return checked.missing.length > 0 || checked.stopping.length > 0 ? 1 : 0
}

async function faultsOf(resource: JsonObject, context: Context): Promise<string[]> {
  const issues = await validateRest(validateNow(resource, context, { mode: 'profiles' }), context)
  return issues.filter(isError).map((issue) => `${issue.expression ?? ''}: ${issueText(issue)}`)
}

const list: Work = async (context, print) => {
  print(await listText(context.store.db))
  return 0
}

/** Waits until what is stored is found by the parameters that came, and not any more by those that went. */
async function finish(changed: Changed, done: string, context: Context, print: (text: string) => void) {
  print(changedText(changed, done))
  if (changed.job === undefined) return 0
  const stopWatching = watchReindex(context)
  try {
    const job = await awaitReindex(changed.job, context, (found) => showProgress(doneShare(found), 'indexing'))
    if (job.state === 'done') print(`${job.done} resources indexed, ${job.changed} changed.`)
    else print('What is stored was not indexed; $reindex-status tells why.')
    return job.state === 'done' ? 0 : 1
  } finally {
    stopWatching()
  }
}
