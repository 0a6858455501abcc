/** A passkey in software: it answers as a browser with a platform authenticator does. https://www.w3.org/TR/webauthn-3/ */
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server'

export interface SoftwareKey {
  readonly id: string
  counter: number
  /** Whether the person is verified, by a finger or a code. */
  verifies: boolean
  register(challenge: string, origin?: string): RegistrationResponseJSON
  signIn(challenge: string, origin?: string): AuthenticationResponseJSON
}

export function softwareKey(host: string, home: string): SoftwareKey {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const credential = randomBytes(32)
  const id = credential.toString('base64url')
  const { x, y } = publicKey.export({ format: 'jwk' })

  const authData = (key: SoftwareKey, attested: Buffer) => {
    const flags = 1 | (key.verifies ? 4 : 0) | (attested.length > 0 ? 64 : 0)
    const counter = Buffer.alloc(4)
    counter.writeUInt32BE(key.counter)
    return Buffer.concat([sha256(Buffer.from(host)), Buffer.of(flags), counter, attested])
  }
  const clientData = (type: string, challenge: string, origin: string) =>
    Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }))
  const named = { id, rawId: id, type: 'public-key', clientExtensionResults: {} } as const

  const key: SoftwareKey = {
    id,
    counter: 0,
    verifies: true,
    register: (challenge, origin = home) => {
      const [first, second] = [x, y].map((part) => ({ bytes: Buffer.from(part!, 'base64url') }))
      // COSE: EC2, ES256, P-256.
      const cose = map([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, first!],
        [-3, second!],
      ])
      const attested = Buffer.concat([Buffer.alloc(16), Buffer.of(0, credential.length), credential, cose])
      const attestation = map([
        ['fmt', 'none'],
        ['attStmt', map([])],
        ['authData', { bytes: authData(key, attested) }],
      ])
      const response = {
        clientDataJSON: clientData('webauthn.create', challenge, origin).toString('base64url'),
        attestationObject: attestation.toString('base64url'),
        transports: ['internal' as const],
      }
      return { ...named, response }
    },
    signIn: (challenge, origin = home) => {
      const data = authData(key, Buffer.alloc(0))
      const client = clientData('webauthn.get', challenge, origin)
      const signature = sign('sha256', Buffer.concat([data, sha256(client)]), privateKey)
      const response = {
        clientDataJSON: client.toString('base64url'),
        authenticatorData: data.toString('base64url'),
        signature: signature.toString('base64url'),
      }
      return { ...named, response }
    },
  }
  return key
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest()
}

type Item = number | string | Buffer | { readonly bytes: Buffer }

/** https://www.rfc-editor.org/rfc/rfc8949; a Buffer is encoded already. */
function map(entries: readonly (readonly [number | string, Item])[]): Buffer {
  return Buffer.concat([head(5, entries.length), ...entries.flatMap((pair) => pair.map(item))])
}

function item(value: Item): Buffer {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value)
  if (typeof value === 'string') return Buffer.concat([head(3, value.length), Buffer.from(value)])
  if (!Buffer.isBuffer(value)) return Buffer.concat([head(2, value.bytes.length), value.bytes])
  return value
}

function head(major: number, length: number): Buffer {
  if (length < 24) return Buffer.of((major << 5) | length)
  if (length < 256) return Buffer.of((major << 5) | 24, length)
  return Buffer.of((major << 5) | 25, length >> 8, length & 255)
}
