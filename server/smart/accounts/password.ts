/** Passwords at rest: Argon2id (RFC 9106) as PHC strings, `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`. */
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

/** https://www.rfc-editor.org/rfc/rfc9106.html#name-argon2-inputs-and-outputs */
export interface PasswordCost {
  /** KiB. */
  readonly memory: number
  readonly passes: number
  readonly parallelism: number
}

/** The least that the OWASP cheat sheet of password storage recommends for Argon2id. */
export const currentCost: PasswordCost = { memory: 19_456, passes: 2, parallelism: 1 }

export interface PasswordCheck {
  readonly right: boolean
  /** What to store instead: the same password at the cost of today. */
  readonly rehashed?: string
}

const saltLength = 16
const hashLength = 32

/** More than this would hold the server for what nobody types. */
export const longestPassword = 256

/** Whoever stored a hash that takes more than this wanted to stop the server. */
const mostMemory = 1_048_576
const mostPasses = 64

const derive = promisify(argon2)

export async function hashPassword(password: string, cost: PasswordCost = currentCost): Promise<string> {
  const salt = randomBytes(saltLength)
  const hash = await argon2id(password, salt, cost, hashLength)
  const { memory, passes, parallelism } = cost
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(salt)}$${base64(hash)}`
}

/** Takes as long where there is no hash, because there is no such account or it has no password. */
export async function verifyPassword(password: string, stored: string | undefined): Promise<boolean> {
  const parts = stored === undefined ? undefined : parsePhc(stored)
  const { cost, salt, hash } = parts ?? decoy
  const derived = await argon2id(password, salt, cost, hash.length)
  return timingSafeEqual(derived, hash) && parts !== undefined && password.length <= longestPassword
}

/** Whether a right password is to be hashed anew, because the cost has changed since. */
export function needsRehash(stored: string, cost: PasswordCost = currentCost): boolean {
  const parts = parsePhc(stored)
  if (!parts || parts.hash.length !== hashLength || parts.salt.length < saltLength) return true
  const { memory, passes, parallelism } = parts.cost
  return memory !== cost.memory || passes !== cost.passes || parallelism !== cost.parallelism
}

/** `verifyPassword`, and the hash to store where the stored one is out of date. */
export async function checkPassword(
  password: string,
  stored: string | undefined,
  cost: PasswordCost = currentCost,
): Promise<PasswordCheck> {
  const right = await verifyPassword(password, stored)
  if (!right || !needsRehash(stored!, cost)) return { right }
  return { right, rehashed: await hashPassword(password, cost) }
}

interface PhcParts {
  readonly cost: PasswordCost
  readonly salt: Buffer
  readonly hash: Buffer
}

const phc = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/

/** Never the hash of anything. */
const decoy: PhcParts = { cost: currentCost, salt: randomBytes(saltLength), hash: randomBytes(hashLength) }

function parsePhc(stored: string): PhcParts | undefined {
  const [, memory, passes, parallelism, salt, hash] = phc.exec(stored) ?? []
  if (hash === undefined) return undefined
  const cost = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) }
  const sane = cost.passes >= 1 && cost.passes <= mostPasses && cost.parallelism >= 1 && cost.memory <= mostMemory
  if (!sane || cost.memory < 8 * cost.parallelism) return undefined
  return { cost, salt: Buffer.from(salt!, 'base64'), hash: Buffer.from(hash, 'base64') }
}

function argon2id(password: string, salt: Buffer, cost: PasswordCost, length: number): Promise<Buffer> {
  // Other keyboards spell the same characters in other ways: NIST SP 800-63B, 3.1.1.2.
  const message = Buffer.from(password.slice(0, longestPassword).normalize('NFKC'))
  const given = { message, nonce: salt, tagLength: length, ...cost }
  return inTurn(async () => Buffer.from(await derive('argon2id', given)))
}

/** Hashes at once: were they all the threads that this process has, files and names of hosts would wait for passwords. */
const mostAtOnce = 2
const waiting: (() => void)[] = []
let running = 0

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= mostAtOnce) await new Promise<void>((ready) => waiting.push(ready))
  else running += 1
  try {
    return await work()
  } finally {
    const next = waiting.shift()
    if (next) next()
    else running -= 1
  }
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '')
}
