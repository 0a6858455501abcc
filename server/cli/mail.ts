/** `candela mail list | show | retry`: the outbox, for whoever runs the server. */
import { parseArgs } from 'node:util'
import { ConfigError } from '../config.ts'
import { loadConfig } from '../config-file.ts'
import { openCore } from '../main.ts'
import { type OutboxPowers, type ReadableEntry, readOutbox } from '../notices/outbox.ts'
import { openSealer } from '../sealing-keys.ts'
import { type NoticeState, retryNotice } from '../store/outbox.ts'

const usage = 'Usage: candela mail list [--state waiting|sent|failed] | show NUMBER | retry NUMBER'
const states: readonly NoticeState[] = ['waiting', 'sent', 'failed']
const most = 100

/** Runs one of the actions; answers the exit status. */
export async function mailCommand(args: readonly string[]): Promise<number> {
  const work = mailWork(args)
  const { config } = loadConfig()
  const core = await openCore(config)
  try {
    const { store, now } = core.context
    const host = new URL(config.publicUrl).hostname
    const sealer = openSealer(config.dataDir)
    const { text, status } = await work({ db: store.database, sealer, now, sender: 'Candela', host })
    console.log(text)
    return status
  } finally {
    await core.close()
  }
}

export interface MailAnswer {
  readonly text: string
  readonly status: number
}

/** What the arguments ask for; throws for those that cannot be understood. */
export function mailWork(args: readonly string[]): (powers: OutboxPowers) => Promise<MailAnswer> {
  const { action, number, state } = parsed(args)
  if (action === 'list' && number === undefined) return (powers) => list(powers, state)
  if (number === undefined || !/^[1-9]\d{0,17}$/.test(number) || state !== undefined) throw new ConfigError(usage)
  if (action === 'show') return (powers) => show(powers, number)
  if (action === 'retry') return (powers) => retry(powers, number)
  throw new ConfigError(usage)
}

function parsed(args: readonly string[]) {
  try {
    const options = { state: { type: 'string' } } as const
    const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options })
    const [action, number, ...more] = positionals
    const state = states.find((one) => one === values.state)
    if (more.length > 0 || (values.state !== undefined && state === undefined)) throw new Error(usage)
    return { action, number, state }
  } catch (error) {
    throw new ConfigError((error as Error).message)
  }
}

async function list(powers: OutboxPowers, state: NoticeState | undefined): Promise<MailAnswer> {
  const entries = await readOutbox(powers, { most, ...(state && { state }) })
  return { text: entries.length === 0 ? 'There are no mails.' : entries.map(lineOf).join('\n'), status: 0 }
}

async function show(powers: OutboxPowers, number: string): Promise<MailAnswer> {
  const [entry] = await readOutbox(powers, { most: 1, before: String(BigInt(number) + 1n) })
  if (entry?.number !== number) return missing(number)
  const { content } = entry
  const body = content ? `${content.subject}\n\n${content.text}` : 'What it said is not kept once it is sent.'
  return { text: `${lineOf(entry)}\n\n${body}`, status: 0 }
}

async function retry({ db, now }: OutboxPowers, number: string): Promise<MailAnswer> {
  return (await retryNotice(db, number, now()))
    ? { text: `Mail ${number} is tried again.`, status: 0 }
    : missing(number)
}

function missing(number: string): MailAnswer {
  return { text: `There is no mail ${number} that waits.`, status: 1 }
}

function lineOf({ number, state, created, address, template, attempts, error }: ReadableEntry): string {
  const tries = attempts === 0 ? '' : `  ${attempts === 1 ? 'one try' : `${attempts} tries`}`
  const reason = error === null ? '' : `  ${error}`
  return `${number}  ${new Date(created).toISOString()}  ${state}  ${address}  ${template}${tries}${reason}`
}
