/** Sends notices as they become due, beside everything else. */
import type { Background } from '../interactions/background.ts'
import { deliverDue, type OutboxPowers, type SendMail } from './outbox.ts'

/** Milliseconds between two looks. */
const interval = 5000

export interface OutboxWatch {
  /** Looks at once, after a notice was stored. */
  nudge(): void
  stop(): void
}

export function watchOutbox(background: Background, powers: OutboxPowers, send: SendMail): OutboxWatch {
  const nudge = () => background.start('outbox', async (signal) => void (await deliverDue(powers, send, signal)))
  nudge()
  const timer = setInterval(nudge, interval)
  timer.unref()
  return { nudge, stop: () => clearInterval(timer) }
}
