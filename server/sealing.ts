/**
 * Encrypts what the server must read again and what must not lie in clear in the database: secrets of second factors,
 * mails that contain links. AES-256-GCM; what was sealed for one purpose cannot be opened for another.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'

export interface Sealer {
  /** `purpose` tells where the text belongs, such as `totp:12`. */
  seal(text: string, purpose: string): Buffer
  /** Throws where the key is not known, the purpose is another, or a bit has changed. */
  open(sealed: Buffer, purpose: string): string
  /** Whether another key than the first sealed it. */
  isOutdated(sealed: Buffer): boolean
}

const version = 1
const idLength = 4
const ivLength = 12
const tagLength = 16
const head = 1 + idLength

/** A sealer with keys of 32 bytes: the first one seals, all of them open, so that keys can be changed. */
export function createSealer(keys: readonly Buffer[]): Sealer {
  if (keys.length === 0 || keys.some((key) => key.length !== 32)) throw new Error('A sealer takes keys of 32 bytes.')
  const byId = new Map(keys.map((key) => [idOf(key).toString('hex'), key]))
  const [first] = keys as [Buffer]
  return {
    seal: (text, purpose) => {
      const iv = randomBytes(ivLength)
      const cipher = createCipheriv('aes-256-gcm', first, iv, { authTagLength: tagLength }).setAAD(Buffer.from(purpose))
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([Buffer.of(version), idOf(first), iv, body, cipher.getAuthTag()])
    },
    open: (sealed, purpose) => {
      const key = byId.get(sealingKeyId(sealed))
      if (sealed[0] !== version || key === undefined) throw new UnknownKeyError()
      const iv = sealed.subarray(head, head + ivLength)
      const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: tagLength })
      decipher.setAAD(Buffer.from(purpose)).setAuthTag(sealed.subarray(sealed.length - tagLength))
      const body = sealed.subarray(head + ivLength, sealed.length - tagLength)
      return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8')
    },
    isOutdated: (sealed) => !sealed.subarray(1, head).equals(idOf(first)),
  }
}

/** What was sealed with a key that is not known, or is no longer. */
export class UnknownKeyError extends Error {
  override readonly name = 'UnknownKeyError'

  constructor() {
    super('This was sealed with a key that is not known.')
  }
}

/** The id, in hexadecimal, of the key that something was sealed with. */
export function sealingKeyId(sealed: Buffer): string {
  return sealed.subarray(1, head).toString('hex')
}

/** Tells keys apart, and nothing about them. */
export function idOf(key: Buffer): Buffer {
  return createHash('sha256').update('candela sealing key').update(key).digest().subarray(0, idLength)
}
