/** Kills a server or PostgreSQL at a moment of its choice, brings it back, and lets clients wait for that. */
import type { Random } from '../oracle/random/random.ts'
import type { PostgresKill } from './own-postgres.ts'
import type { Processes } from './processes.ts'

export type Kill = 'server' | PostgresKill

/** In turn: servers and PostgreSQL alternate. */
export const kinds: readonly Kill[] = ['server', 'all', 'server', 'postmaster', 'server', 'backend']

export interface Killer {
  /** To be told of every answer: kills come in the middle of work. */
  readonly onAnswer: () => void
  /** Resolves after so many more answers. */
  afterAnswers(count: number): Promise<void>
  /** Kills, and resolves when what was killed is back. */
  kill(kind: Kill, random: Random): Promise<void>
  /** Resolves when nothing is down. */
  untilReady(): Promise<void>
  /** No more kills: nobody has to wait. */
  finish(): void
}

export function killer({ servers, postgres }: Processes): Killer {
  let answers = 0
  let awaited = { count: Number.POSITIVE_INFINITY, reached: () => {} }
  let ready = Promise.resolve()
  let open = () => {}
  return {
    onAnswer: () => {
      answers += 1
      if (answers >= awaited.count) awaited.reached()
    },
    afterAnswers: (count) =>
      new Promise((reached) => {
        awaited = { count: answers + count, reached }
      }),
    kill: async (kind, random) => {
      ready = new Promise((done) => {
        open = done
      })
      if (kind === 'server') {
        const server = random.pick(servers)
        await server.kill()
        await server.start()
      } else {
        await postgres.kill(kind)
        await postgres.recover()
      }
      open()
    },
    untilReady: () => ready,
    finish: () => open(),
  }
}
