/** `candela terms publish | show`: the terms of use that people accept when they sign in. */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { ConfigError } from '../config.ts'
import { loadConfig } from '../config-file.ts'
import { openCore } from '../main.ts'
import { publishTerms } from '../smart/accounts/terms.ts'
import { currentTerms, type Terms } from '../store/accounts/terms.ts'
import type { Database } from '../store/database.ts'

const usage = 'Usage: candela terms publish FILE --version VERSION --title TITLE [--effective YYYY-MM-DD] | terms show'

export interface TermsPowers {
  readonly database: Database
  readonly now: () => number
}

export interface TermsAnswer {
  readonly text: string
  readonly status: number
}

/** Runs one of the actions; answers the exit status. */
export async function termsCommand(args: readonly string[]): Promise<number> {
  const work = termsWork(args)
  const core = await openCore(loadConfig().config)
  try {
    const { store, now } = core.context
    const { text, status } = await work({ database: store.database, now })
    console.log(text)
    return status
  } finally {
    await core.close()
  }
}

/** What the arguments ask for; throws for those that cannot be understood. */
export function termsWork(args: readonly string[]): (powers: TermsPowers) => Promise<TermsAnswer> {
  const { action, file, version, title, effective } = parsed(args)
  if (action === 'show' && file === undefined) return show
  if (action !== 'publish' || file === undefined || !version || !title) throw new ConfigError(usage)
  const since = effective === undefined ? undefined : Date.parse(`${effective}T00:00:00Z`)
  if (Number.isNaN(since)) throw new ConfigError(`--effective takes a day such as 2026-07-01, not '${effective}'.`)
  const content = read(file)
  return (powers) => publish(powers, { version, title, content, effective: since ?? powers.now() })
}

function parsed(args: readonly string[]) {
  try {
    const text = { type: 'string' } as const
    const options = { version: text, title: text, effective: text }
    const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options })
    const [action, file, ...more] = positionals
    if (more.length > 0) throw new Error(usage)
    return { action, file, ...values }
  } catch (error) {
    throw new ConfigError((error as Error).message)
  }
}

function read(file: string): string {
  try {
    const content = readFileSync(file, 'utf8').trim()
    if (content !== '') return content
  } catch {
    throw new ConfigError(`The file '${file}' cannot be read.`)
  }
  throw new ConfigError(`The file '${file}' is empty.`)
}

async function publish(powers: TermsPowers, terms: Terms): Promise<TermsAnswer> {
  const isNew = await publishTerms(powers, terms)
  if (!isNew)
    return { text: `There is a version '${terms.version}' already: what was accepted does not change.`, status: 1 }
  const day = new Date(terms.effective).toISOString().slice(0, 10)
  return { text: `Version '${terms.version}' counts from ${day} on: people accept it when they sign in.`, status: 0 }
}

async function show({ database, now }: TermsPowers): Promise<TermsAnswer> {
  const terms = await currentTerms(database, now())
  if (!terms) return { text: 'There are no terms of use yet.', status: 0 }
  return { text: `${terms.title} (version ${terms.version})\n\n${terms.content}`, status: 0 }
}
