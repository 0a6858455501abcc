/** What became of a question to an external terminology server. */
import type { JsonObject } from '../../../fhir/json.ts'

export type Reply =
  | { readonly kind: 'answered'; readonly resource: JsonObject }
  /** `text`: what its OperationOutcome says. */
  | { readonly kind: 'refused'; readonly status: number; readonly text: string }
  | { readonly kind: 'failed'; readonly reason: Failure; readonly value?: number }

export type Failure = keyof typeof failures

/**
 * Milliseconds and bytes for one question. What is not a list is short; reading what is made to be bad takes a second for
 * each ten megabytes.
 */
export const limits = { wait: 5000, question: 5_000_000, expansion: 20_000_000, answer: 2_000_000 }

const failures = {
  silent: `was asked and did not answer in ${limits.wait / 1000} s`,
  unreachable: 'was asked and could not be reached',
  'broken-off': 'was asked and broke off its answer',
  status: 'was asked and answered with HTTP {value}',
  'no-fhir': 'was asked and did not answer in FHIR JSON',
  malformed: 'was asked and answered with what is not valid',
  'too-large': 'was asked and answered with more than {value} MB',
  'too-much': `was not asked: what it would have to be sent is more than ${limits.question / 1_000_000} MB`,
  busy: `was not asked: for ${limits.wait / 1000} s others were before`,
} as const

/** Why there is no answer, to come after the name of the server. */
export function failureText({ reason, value }: Extract<Reply, { kind: 'failed' }>): string {
  return failures[reason].replace('{value}', String(value))
}

/** A sentence for the client about why the external server does not help either; none where there is no such server. */
export function hintOf(reply: Reply | undefined): string | undefined {
  if (!reply || reply.kind === 'answered') return undefined
  if (reply.kind === 'failed') return `${server} ${failureText(reply)}.`
  return reply.text === '' ? `${server} refuses the question with HTTP ${reply.status}.` : saying(reply.text)
}

/** A hint that quotes it. */
export function saying(text: string): string {
  const line = text.trim().replace(/\s+/g, ' ')
  return `${server} says: ${line.length > mostQuoted ? `${line.slice(0, mostQuoted)}…` : line}`
}

const server = 'The terminology server that is set (TX_SERVER)'
const mostQuoted = 300
