/** The same request many times at once, over all servers, alone and in Bundles. */
import { bundleAnswers, type OneAnswer, oneAnswer } from './answers.ts'
import type { Send } from './client.ts'
import { alone, bundled, create, type Request } from './requests.ts'

/** How the request of that number is sent. */
export type Form = (i: number) => 'alone' | 'bundled'

/** Sends what `make` makes for each number, all at once, and resolves to the answers to exactly these requests. */
export function parallel(servers: readonly Send[], count: number, form: Form, make: (i: number) => Request) {
  return Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const send = servers[i % servers.length]!
      return form(i) === 'alone' ? sendAlone(send, make(i)) : sendBundled(send, make(i), i)
    }),
  )
}

async function sendAlone(send: Send, request: Request): Promise<OneAnswer> {
  const answer = await send(alone(request))
  return answer ? oneAnswer(answer) : { status: 0 }
}

/** Beside it another entry is created, so that the transaction does something in any case. */
async function sendBundled(send: Send, request: Request, i: number): Promise<OneAnswer> {
  const answer = await send(bundled('transaction', [create(`beside${i}`), request]))
  if (answer?.status !== 200) return { status: answer?.status ?? 0 }
  return bundleAnswers(answer)[1]!
}

/** How many answers there were of each status. */
export function statuses(answers: readonly OneAnswer[]): Record<number, number> {
  const groups = Map.groupBy(answers, ({ status }) => status)
  return Object.fromEntries([...groups].map(([status, list]) => [status, list.length]))
}

/** The logical resources that the answers name. */
export function named(answers: readonly OneAnswer[]): ReadonlySet<string> {
  return new Set(answers.flatMap(({ location }) => /Patient\/[^/]+/.exec(location ?? '')?.[0] ?? []))
}
