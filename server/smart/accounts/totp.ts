/** Codes of authenticator apps: https://www.rfc-editor.org/rfc/rfc6238 over https://www.rfc-editor.org/rfc/rfc4226 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { base32 } from './base32.ts'

export interface TotpForm {
  readonly algorithm: 'sha1' | 'sha256' | 'sha512'
  readonly digits: number
  /** Seconds. */
  readonly period: number
}

/** What every authenticator app can do. */
export const commonForm: TotpForm = { algorithm: 'sha1', digits: 6, period: 30 }

/** RFC 4226, section 4, asks for 160 bits. */
export const secretLength = 20

/** Steps before and after the present one: clocks differ, and typing takes time. */
const drift = 1

/** The number of the time step that a moment lies in. */
export function timeStep(milliseconds: number, { period }: TotpForm = commonForm): number {
  return Math.floor(milliseconds / 1000 / period)
}

/** The code of a time step. */
export function totpCode(secret: Uint8Array, step: number, form: TotpForm = commonForm): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const mac = createHmac(form.algorithm, secret).update(counter).digest()
  const offset = mac[mac.length - 1]! & 15
  const number = mac.readUInt32BE(offset) & 0x7fff_ffff
  return String(number % 10 ** form.digits).padStart(form.digits, '0')
}

/** The time step near `milliseconds` that `code` is of; undefined when it is of none. */
export function matchingStep(
  secret: Uint8Array,
  code: string,
  milliseconds: number,
  form: TotpForm = commonForm,
): number | undefined {
  const typed = Buffer.from(code.replace(/[\s-]/g, ''))
  const now = timeStep(milliseconds, form)
  let found: number | undefined
  // All of them, whichever matches: how long it takes tells nothing.
  for (let step = now - drift; step <= now + drift; step++) {
    const expected = Buffer.from(totpCode(secret, step, form))
    if (typed.length === expected.length && timingSafeEqual(typed, expected)) found = step
  }
  return found
}

/** What the QR code holds: https://github.com/google/google-authenticator/wiki/Key-Uri-Format */
export function otpauthUri(secret: Uint8Array, issuer: string, account: string): string {
  const { algorithm, digits, period } = commonForm
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`
  const parameters = { secret: base32(secret), issuer, algorithm: algorithm.toUpperCase(), digits, period }
  // Apps do not take a plus sign for a space.
  const query = Object.entries(parameters).map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
  return `otpauth://totp/${label}?${query.join('&')}`
}
