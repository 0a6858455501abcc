/**
 * How long is waited between attempts to sign in. Nobody can lock somebody else out: attempts from networks that an account
 * has signed in from before are counted apart from those of all others.
 */
import { createHash } from 'node:crypto'
import { isIPv6 } from 'node:net'

const minute = 60_000

/** Milliseconds after which failures are forgotten. */
export const failureAge = 60 * minute
/** Milliseconds for which a network counts as one that the account signs in from. */
export const networkAge = 180 * 24 * 60 * minute

interface Allowance {
  /** Attempts that may fail without a delay. */
  readonly free: number
  /** Milliseconds, at most. */
  readonly most: number
}

export type DelayKind = 'login' | 'known' | 'network' | 'code'

/** A person mistypes; a program goes on. Many people may share a network. */
const allowances: Readonly<Record<DelayKind, Allowance>> = {
  login: { free: 5, most: 15 * minute },
  known: { free: 10, most: 5 * minute },
  network: { free: 50, most: 15 * minute },
  code: { free: 5, most: 15 * minute },
}

/** Milliseconds to wait after so many failures: a second, and twice as long each time. */
export function delayAfter(kind: DelayKind, failures: number): number {
  const { free, most } = allowances[kind]
  return failures <= free ? 0 : Math.min(most, 1000 * 2 ** Math.min(failures - free - 1, 30))
}

/** What is counted: nothing of it can be read back without guessing it. */
export function delayKey(kind: DelayKind, ...parts: readonly string[]): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([kind, ...parts]))
    .digest()
}

/** The network of an address: a home has a whole /64 of IPv6. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined || !isIPv6(address)) return mapped ?? address
  const [head = '', tail = ''] = address.toLowerCase().split('::')
  const left = head.split(':').filter((part) => part !== '')
  const right = tail.split(':').filter((part) => part !== '')
  const zeros = address.includes('::') ? 8 - left.length - right.length : 0
  const groups = [...left, ...Array.from({ length: zeros }, () => '0'), ...right]
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`
}
