/** Secrets that are handed out: the database keeps only what they hash to. */
import { createHash, randomBytes } from 'node:crypto'

/** Crockford's digits: none that is read as another, no I, L, O, U. */
const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const codeLength = 16

/** 256 bits, for links. */
export function newToken(): string {
  return randomBytes(32).toString('base64url')
}

/**
 * 80 bits to be typed from paper: `7K3M-9QXT-2WPA-64ZD`. As many as that, because a hash that is quick to compute must not
 * be turned round by whoever gets hold of the database.
 */
export function newCode(): string {
  const code = Array.from(randomBytes(codeLength), (byte) => letters[byte & 31]).join('')
  return code.match(/.{4}/g)!.join('-')
}

/** A code as it was typed, without what divides it; undefined where it cannot be one. */
export function typedCode(text: string): string | undefined {
  const code = text
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s._–—-]+/g, '')
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1')
  return code.length === codeLength && [...code].every((char) => letters.includes(char)) ? code : undefined
}

/** What is kept of a token or of a code without its dashes. */
export function secretHash(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}

/** What is kept of a code. */
export function codeHash(code: string): Buffer {
  return secretHash(code.replaceAll('-', ''))
}
