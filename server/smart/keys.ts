/** The keys that id_tokens are signed with: RS256, as SMART demands. https://hl7.org/fhir/smart-app-launch/STU2.2/ */
import { randomUUID } from 'node:crypto'
import {
  type CryptoKey,
  compactVerify,
  createLocalJWKSet,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JSONWebKeySet,
  type JWK,
  type JWTPayload,
  SignJWT,
} from 'jose'
import { isJsonObject, type JsonObject, parseStored } from '../fhir/json.ts'
import type { Sealer } from '../sealing.ts'
import type { Database } from '../store/database.ts'
import {
  addFirstKey,
  listSigningKeys,
  removeRetiredKeys,
  replaceSigningKey,
  type SigningKey,
} from '../store/smart/signing-keys.ts'

export interface SigningKeys {
  /** `type` is `JWT` for id_tokens. */
  sign(claims: JWTPayload, type?: string): Promise<string>
  /** The claims of what was signed here, whether it has expired or not; undefined for anything else. */
  claimsOf(token: string): Promise<JsonObject | undefined>
  /** A JSON Web Key Set: RFC 7517. */
  published(): Promise<{ readonly keys: readonly JsonObject[] }>
}

export interface KeyPowers {
  readonly database: Database
  readonly sealer: Sealer
  readonly now: () => number
}

const algorithm = 'RS256'
/** Milliseconds for which a retired key is published: what it signed has expired long before. */
const published = 2 * 86_400_000
/** Milliseconds for which this process signs with a key without looking whether there is a newer one. */
const remembered = 5000

export function signingKeys(powers: KeyPowers): SigningKeys {
  const { now } = powers
  let current: { readonly kid: string; readonly key: CryptoKey; readonly until: number } | undefined
  const signer = async () => {
    if (current && current.until > now()) return current
    const found = await currentKey(powers)
    const key = current?.kid === found.kid ? current.key : await opened(found, powers)
    current = { kid: found.kid, key, until: now() + remembered }
    return current
  }
  return {
    sign: async (claims, type = 'JWT') => {
      const { kid, key } = await signer()
      return new SignJWT(claims).setProtectedHeader({ alg: algorithm, typ: type, kid }).sign(key)
    },
    claimsOf: async (token) => {
      const keys = (await listSigningKeys(powers.database, 0)).map(({ publicKey }) => publicKey)
      try {
        const { payload } = await compactVerify(token, createLocalJWKSet({ keys } as unknown as JSONWebKeySet))
        const claims = parseStored(Buffer.from(payload).toString('utf8'))
        return isJsonObject(claims) ? claims : undefined
      } catch {
        return undefined
      }
    },
    published: async () => {
      await currentKey(powers)
      const keys = await listSigningKeys(powers.database, now() - published)
      return { keys: keys.map(({ publicKey }) => publicKey) }
    },
  }
}

/** Makes a new key that signs from now on. What older ones signed is still recognized. Answers its id. */
export async function rotateKeys(powers: KeyPowers): Promise<string> {
  const key = await newKey(powers)
  await replaceSigningKey(powers.database, key)
  await removeRetiredKeys(powers.database, powers.now() - 2 * published)
  return key.kid
}

async function currentKey(powers: KeyPowers): Promise<SigningKey> {
  const { database, now } = powers
  const find = async () => (await listSigningKeys(database, now())).find(({ retired }) => retired === null)
  const found = await find()
  if (found) return found
  await addFirstKey(database, await newKey(powers))
  return (await find())!
}

async function newKey({ sealer, now }: KeyPowers): Promise<SigningKey> {
  const kid = randomUUID()
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true, modulusLength: 2048 })
  const secret = JSON.stringify(await exportJWK(privateKey))
  return {
    kid,
    algorithm,
    privateKey: sealer.seal(secret, purposeOf(kid)),
    publicKey: { ...((await exportJWK(publicKey)) as JsonObject), kid, use: 'sig', alg: algorithm },
    created: now(),
    retired: null,
  }
}

async function opened({ kid, privateKey }: SigningKey, { sealer }: KeyPowers): Promise<CryptoKey> {
  const jwk = JSON.parse(sealer.open(privateKey, purposeOf(kid))) as JWK
  return (await importJWK(jwk, algorithm)) as CryptoKey
}

function purposeOf(kid: string): string {
  return `signing-key:${kid}`
}
