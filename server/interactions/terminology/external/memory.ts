/** What a process keeps of its questions to an external terminology server. */
import type { ExternalOperation } from './question.ts'
import type { Reply } from './reply.ts'
import { createTurns, type Turns } from './turns.ts'

export interface ExternalMemory {
  kept(key: string, now: number): Reply | undefined
  /** `size`: characters. */
  keep(key: string, reply: Reply, size: number, now: number): void
  /** The failure for which an operation is not asked for a while. */
  readonly pauses: Map<ExternalOperation, Expiring>
  /** When a failure may be logged again. */
  readonly told: Map<string, number>
  /** Questions that wait for their answer. */
  readonly asking: Map<string, Promise<Reply>>
  readonly turns: Turns
}

export interface Expiring {
  readonly reply: Reply
  readonly until: number
}

/** Milliseconds that answers are kept, and that all else is. */
export const keepAnswer = 3_600_000
export const keepFailure = 30_000

const mostReplies = 10_000
const mostCharacters = 20_000_000
/** Questions at once. */
const mostAsking = 8

export function createExternalMemory(): ExternalMemory {
  const replies = new Map<string, Expiring & { readonly size: number }>()
  let characters = 0

  const forget = (key: string) => {
    characters -= replies.get(key)?.size ?? 0
    replies.delete(key)
  }
  return {
    kept: (key, now) => {
      const known = replies.get(key)
      if (!known || known.until <= now) return undefined
      replies.delete(key)
      replies.set(key, known)
      return known.reply
    },
    keep: (key, reply, size, now) => {
      forget(key)
      replies.set(key, { reply, size, until: now + (reply.kind === 'answered' ? keepAnswer : keepFailure) })
      characters += size
      for (const oldest of replies.keys()) {
        if (replies.size <= mostReplies && characters <= mostCharacters) break
        forget(oldest)
      }
    },
    pauses: new Map(),
    told: new Map(),
    asking: new Map(),
    turns: createTurns(mostAsking),
  }
}
