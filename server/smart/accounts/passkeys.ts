/** Passkeys: signing in without a user name and a password. https://www.w3.org/TR/webauthn-3/ */
import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
import { secretHash } from '../../store/accounts/codes.ts'
import {
  addChallenge,
  addPasskey,
  findPasskey,
  notePasskeyUse,
  type Passkey,
  type PasskeyChallenge,
  passkeysOf,
  removePasskey as removeStored,
  useChallenge,
} from '../../store/accounts/passkeys.ts'
import type { AccountRecord } from './account-directory.ts'
import type { AccountPowers } from './account-powers.ts'
import { tellOwners } from './tell-owners.ts'

export interface PasskeyPowers extends AccountPowers {
  readonly relyingParty: RelyingParty
}

export interface RelyingParty {
  /** The host, without a port. */
  readonly id: string
  readonly name: string
  readonly origin: string
}

export function relyingParty(origin: string, name: string): RelyingParty {
  return { id: new URL(origin).hostname, name, origin }
}

/** Milliseconds to touch a key. */
const challengeAge = 5 * 60_000
const mostPasskeys = 20

/** What the browser is to make a passkey with. The caller has just asked for the password, or for another passkey. */
export async function beginPasskey(
  powers: PasskeyPowers,
  { number, username, name }: Pick<AccountRecord, 'number' | 'username' | 'name'>,
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const { database, relyingParty: party } = powers
  const known = await passkeysOf(database, number)
  const options = await generateRegistrationOptions({
    rpID: party.id,
    rpName: party.name,
    userID: new Uint8Array(Buffer.from(number)),
    userName: username,
    userDisplayName: name,
    timeout: challengeAge,
    attestationType: 'none',
    excludeCredentials: known.map(({ credential }) => ({ id: credential.toString('base64url') })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  })
  await remember(powers, options.challenge, { purpose: 'register', account: number })
  return options
}

/** Keeps what the browser has made; false where it cannot be trusted, or there are too many. */
export async function addMadePasskey(
  powers: PasskeyPowers,
  account: string,
  response: RegistrationResponseJSON,
  name: string,
): Promise<boolean> {
  const { database, directory, relyingParty: party, now, audit } = powers
  const made = await orUndefined(() =>
    verifyRegistrationResponse({
      response,
      expectedChallenge: (challenge) => useUp(powers, challenge, { purpose: 'register', account }),
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      requireUserVerification: true,
    }),
  )
  const owner = await directory.find(database, account)
  if (!made?.verified || !owner || (await passkeysOf(database, account)).length >= mostPasskeys) return false
  const { credential, credentialBackedUp } = made.registrationInfo
  const passkey = {
    credential: Buffer.from(credential.id, 'base64url'),
    account,
    publicKey: Buffer.from(credential.publicKey),
    counter: credential.counter,
    transports: credential.transports ?? [],
    backedUp: credentialBackedUp,
    name: name.trim().slice(0, 100) || 'Passkey',
    created: now(),
  }
  return database.transaction(async (tx) => {
    if (!(await addPasskey(tx, passkey))) return false
    await audit(tx, { kind: 'passkey-added', account, detail: passkey.name })
    await tellOwners(powers, tx, [owner], 'passkey-added')
    return true
  })
}

/** What the browser is to sign in with: whichever passkey the person has. */
export async function beginPasskeySignIn(powers: PasskeyPowers): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const options = await generateAuthenticationOptions({
    rpID: powers.relyingParty.id,
    timeout: challengeAge,
    userVerification: 'required',
  })
  await remember(powers, options.challenge, { purpose: 'sign-in' })
  return options
}

export interface PasskeySignIn {
  readonly account: string
  /** RFC 8176: the device and the person were both recognized. */
  readonly methods: readonly string[]
}

/** Whose passkey has answered; undefined where nobody's has. The caller begins the session. */
export async function signInByPasskey(
  powers: PasskeyPowers,
  response: AuthenticationResponseJSON,
): Promise<PasskeySignIn | undefined> {
  const { database, directory, now, audit } = powers
  const passkey = typeof response.id === 'string' ? await findPasskey(database, credentialId(response)) : undefined
  const verified = passkey && (await orUndefined(() => verify(powers, passkey, response)))
  if (!passkey || !verified?.verified) {
    await audit(database, { kind: 'passkey-refused', ...(passkey && { account: passkey.account }) })
    return undefined
  }
  const { credential, account } = passkey
  const owner = await directory.find(database, account)
  const { newCounter } = verified.authenticationInfo
  if (owner?.state !== 'active' || !(await notePasskeyUse(database, credential, newCounter, now()))) return undefined
  return { account, methods: [passkey.backedUp ? 'swk' : 'hwk', 'user', 'mfa'] }
}

/** False where the account has no such passkey; `credential` is in base64url. */
export async function removePasskey(powers: AccountPowers, account: string, credential: string): Promise<boolean> {
  const { database, directory, audit } = powers
  return database.transaction(async (tx) => {
    if (!(await removeStored(tx, account, Buffer.from(credential, 'base64url')))) return false
    await audit(tx, { kind: 'passkey-removed', account })
    const owner = await directory.find(tx, account)
    if (owner) await tellOwners(powers, tx, [owner], 'passkey-removed')
    return true
  })
}

function verify(powers: PasskeyPowers, passkey: Passkey, response: AuthenticationResponseJSON) {
  const { relyingParty: party } = powers
  const { credential, publicKey, counter } = passkey
  return verifyAuthenticationResponse({
    response,
    expectedChallenge: (challenge) => useUp(powers, challenge, { purpose: 'sign-in' }),
    expectedOrigin: party.origin,
    expectedRPID: party.id,
    requireUserVerification: true,
    credential: { id: credential.toString('base64url'), publicKey: new Uint8Array(publicKey), counter },
  })
}

async function remember({ database, now }: PasskeyPowers, challenge: string, what: PasskeyChallenge): Promise<void> {
  await addChallenge(database, secretHash(challenge), what, now() + challengeAge)
}

function useUp({ database, now }: PasskeyPowers, challenge: string, what: PasskeyChallenge): Promise<boolean> {
  return useChallenge(database, secretHash(challenge), what, now())
}

function credentialId({ id }: AuthenticationResponseJSON): Buffer {
  return Buffer.from(id.slice(0, 2000), 'base64url')
}

/** The library throws for whatever is wrong with what a browser sends. */
async function orUndefined<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch {
    return undefined
  }
}
