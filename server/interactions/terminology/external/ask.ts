/** Asks an external terminology server (`TX_SERVER`), and keeps what it says for a while. */
import type { Context } from '../../../context.ts'
import { exchange } from './exchange.ts'
import { keepFailure } from './memory.ts'
import { type Measured, measure, type Question, requestOf } from './question.ts'
import { readReply } from './read-reply.ts'
import { type Failure, failureText, limits, type Reply } from './reply.ts'

/** Undefined where no server is set. Never throws for what the server does. */
export async function askServer(context: Context, question: Question): Promise<Reply | undefined> {
  const { config, terminologyCache, now } = context
  const memory = terminologyCache.external
  if (config.txServer === undefined) return undefined
  const measured = measure(question)
  const known = memory.kept(measured.key, now()) ?? pauseOf(question, context)
  if (known) return known
  let asking = memory.asking.get(measured.key)
  if (!asking) {
    asking = askAnew(context, config.txServer, question, measured).finally(() => memory.asking.delete(measured.key))
    memory.asking.set(measured.key, asking)
  }
  return asking
}

/** A server that is down would cost each question its time. */
function pauseOf({ operation }: Question, { terminologyCache, now }: Context): Reply | undefined {
  const pause = terminologyCache.external.pauses.get(operation)
  return pause && pause.until > now() ? pause.reply : undefined
}

const pausing: ReadonlySet<Failure> = new Set<Failure>(['silent', 'unreachable'])

async function askAnew(context: Context, base: string, question: Question, measured: Measured): Promise<Reply> {
  const memory = context.terminologyCache.external
  const { reply, size, isFinal } = await replyTo(context, base, question, measured)
  const until = context.now() + keepFailure
  if (reply.kind === 'failed' && isFinal && pausing.has(reply.reason)) {
    memory.pauses.set(question.operation, { reply, until })
  }
  if (reply.kind === 'failed') logOnce(context, question, failureText(reply))
  if (isFinal) memory.keep(measured.key, reply, size, context.now())
  return reply
}

interface Outcome {
  readonly reply: Reply
  /** Characters of the answer. */
  readonly size: number
  /** Otherwise the next one may be told something else. */
  readonly isFinal: boolean
}

async function replyTo(context: Context, base: string, question: Question, { size }: Measured): Promise<Outcome> {
  if (size > limits.question) return failed('too-much')
  // One deadline for all of it, waiting for one's turn included.
  const signal = AbortSignal.timeout(limits.wait)
  const end = await context.terminologyCache.external.turns.take(signal)
  if (!end) return { ...failed('busy'), isFinal: false }
  try {
    const paused = pauseOf(question, context)
    if (paused) return { reply: paused, size: 0, isFinal: false }
    const received = await exchange(base, requestOf(question), { most: mostOf(question), signal })
    if ('kind' in received) return { reply: received, size: 0, isFinal: true }
    const reply = readReply(received, question.operation, context.definitions)
    return { reply, size: received.text.length, isFinal: true }
  } finally {
    end()
  }
}

function mostOf({ operation }: Question): number {
  return operation === 'ValueSet/$expand' ? limits.expansion : limits.answer
}

function failed(reason: Failure): Outcome {
  return { reply: { kind: 'failed', reason }, size: 0, isFinal: true }
}

/** Neither codes nor texts of the question or of the answer: they may be a patient's. */
function logOnce({ terminologyCache, now, warn }: Context, { operation }: Question, failure: string): void {
  const { told } = terminologyCache.external
  const key = `${operation} ${failure}`
  if ((told.get(key) ?? 0) > now()) return
  told.set(key, now() + keepFailure)
  warn(`The terminology server (TX_SERVER) ${failure}.`, { operation })
}
