/** Puts notices into the outbox, and sends what lies there. */
import type { Sealer } from '../sealing.ts'
import type { Db } from '../store/database.ts'
import {
  addNotice,
  type ClaimedNotice,
  claimNotices,
  listOutbox,
  noticeFailed,
  noticeSent,
  type OutboxEntry,
  postponeNotice,
} from '../store/outbox.ts'
import { isMailAddress } from './address.ts'
import { type MailContent, renderNotice } from './render.ts'
import { type Notice, type NoticeParameters, noticeLanguages, type TemplateName } from './templates.ts'

export interface Mail extends MailContent {
  readonly to: string
  /** The same each time that the same notice is sent: a mailbox may show it once. */
  readonly messageId: string
}

/** Sends a mail, or throws: `MailRefusedError` where it makes no sense to try again. */
export type SendMail = (mail: Mail) => Promise<void>

/** The receiving server does not want this mail, now or later. */
export class MailRefusedError extends Error {}

export interface OutboxPowers {
  readonly db: Db
  readonly sealer: Sealer
  readonly now: () => number
  /** Who writes: the practice, or the product. */
  readonly sender: string
  /** The host that message ids are of. */
  readonly host: string
}

/** Stores a notice, in the transaction that `db` is. */
export async function queueNotice(
  { sealer, now }: Pick<OutboxPowers, 'sealer' | 'now'>,
  db: Db,
  address: string,
  { template, parameters, language }: Notice,
): Promise<void> {
  if (!isMailAddress(address)) throw new Error('A notice was to be sent to what is no address.')
  const sealed = sealer.seal(JSON.stringify(parameters), purpose(template))
  await addNotice(db, { address, template, parameters: sealed, language: language ?? null }, now())
}

/** Milliseconds until a notice that a process has claimed is given to another: longer than sending a batch can take. */
const lease = 600_000
const batch = 10

/** After so many tries, in about a week, a notice waits for an administrator. */
export const mostAttempts = 32

/** Milliseconds after the given number of tries: half a minute, two, eight, …, six hours. */
export function pauseAfter(attempts: number): number {
  return Math.min(30_000 * 4 ** Math.min(attempts - 1, 10), 6 * 3_600_000)
}

export interface Delivery {
  readonly sent: number
  readonly postponed: number
  readonly failed: number
}

/** Sends what is due, until nothing is or `signal` is aborted. */
export async function deliverDue(powers: OutboxPowers, send: SendMail, signal?: AbortSignal): Promise<Delivery> {
  const counts = { sent: 0, postponed: 0, failed: 0 }
  while (!signal?.aborted) {
    const claimed = await claimNotices(powers.db, batch, powers.now(), lease)
    if (claimed.length === 0) break
    for (const notice of claimed) counts[await deliver(powers, send, notice)] += 1
  }
  return counts
}

async function deliver(powers: OutboxPowers, send: SendMail, notice: ClaimedNotice): Promise<keyof Delivery> {
  const { db, now, host } = powers
  const { number, address, attempts } = notice
  try {
    const content = contentOf(powers, notice)
    await send({ ...content, to: address, messageId: `<notice-${number}@${host}>` })
  } catch (error) {
    const reason = (error as Error).message.slice(0, 500)
    if (error instanceof MailRefusedError || attempts >= mostAttempts) {
      await noticeFailed(db, number, reason)
      return 'failed'
    }
    await postponeNotice(db, number, now() + pauseAfter(attempts), reason)
    return 'postponed'
  }
  await noticeSent(db, number, now())
  return 'sent'
}

export interface ReadableEntry extends OutboxEntry {
  /** Absent once it was sent, or where this version of the program does not know the notice. */
  readonly content?: MailContent
}

/** The outbox as an administrator reads it, where no mail server is set up. */
export async function readOutbox(
  powers: OutboxPowers,
  which: Parameters<typeof listOutbox>[1],
): Promise<readonly ReadableEntry[]> {
  const entries = await listOutbox(powers.db, which)
  return entries.map((entry) => {
    const { template, parameters, language } = entry
    if (parameters === null || !isTemplate(template)) return entry
    return { ...entry, content: contentOf(powers, { template, parameters, language }) }
  })
}

function contentOf(
  { sealer, sender }: OutboxPowers,
  { template, parameters, language }: Pick<ClaimedNotice, 'template' | 'parameters' | 'language'>,
): MailContent {
  // A notice of a newer version of this program waits until that version runs.
  if (!isTemplate(template)) throw new Error(`There is no notice '${template}'.`)
  const values = JSON.parse(sealer.open(parameters, purpose(template))) as NoticeParameters
  return renderNotice({ template, parameters: values, language: language ?? undefined }, sender)
}

function isTemplate(name: string): name is TemplateName {
  return Object.hasOwn(noticeLanguages.en.templates, name)
}

function purpose(template: string): string {
  return `notice:${template}`
}
