/** The second factor of an account: an authenticator app, and ten codes on paper for when it is lost. */
import { randomBytes } from 'node:crypto'
import type { Sealer } from '../../sealing.ts'
import { codeHash, newCode, secretHash, typedCode } from '../../store/accounts/codes.ts'
import {
  activateTotp,
  removeSecondFactors,
  saveBackupCodes,
  savePendingTotp,
  totpSecret,
  useBackupCode,
  useTotpStep,
} from '../../store/accounts/second-factors.ts'
import type { Database } from '../../store/database.ts'
import type { Audit } from './account-event.ts'
import { base32 } from './base32.ts'
import { matchingStep, otpauthUri, secretLength } from './totp.ts'

export interface SecondFactorPowers {
  readonly database: Database
  readonly sealer: Sealer
  readonly now: () => number
  readonly audit: Audit
}

export interface TotpEnrolment {
  /** To be typed where no QR code can be read. */
  readonly secret: string
  /** What the QR code holds. */
  readonly uri: string
}

/** RFC 8176: `otp` for both, since a backup code stands in for the app. */
export type SecondFactor = 'app' | 'backup-code'

const backupCodes = 10

/** A new secret, which counts once a code of it has been typed; until then the old one does. */
export async function beginTotp(
  { database, sealer, now }: SecondFactorPowers,
  account: { readonly number: string; readonly label: string },
  issuer: string,
): Promise<TotpEnrolment> {
  const secret = randomBytes(secretLength)
  const sealed = sealer.seal(secret.toString('base64'), purpose(account.number))
  await savePendingTotp(database, account.number, sealed, now())
  return { secret: base32(secret), uri: otpauthUri(secret, issuer, account.label) }
}

/** The secret that is yet to be confirmed, to be shown again; undefined where there is none. */
export async function pendingTotp(
  { database, sealer }: SecondFactorPowers,
  account: { readonly number: string; readonly label: string },
  issuer: string,
): Promise<TotpEnrolment | undefined> {
  const sealed = await totpSecret(database, account.number, 'pending')
  if (!sealed) return undefined
  const secret = opened(sealer, sealed, account.number)
  return { secret: base32(secret), uri: otpauthUri(secret, issuer, account.label) }
}

/** Ends the enrolment with a first code; answers new backup codes, or undefined where the code is wrong. */
export async function confirmTotp(
  powers: SecondFactorPowers,
  account: string,
  code: string,
): Promise<readonly string[] | undefined> {
  const { database, sealer, now, audit } = powers
  const sealed = await totpSecret(database, account, 'pending')
  if (!sealed) return undefined
  const step = matchingStep(opened(sealer, sealed, account), code, now())
  if (step === undefined || !(await activateTotp(database, account, sealed, step))) return undefined
  await audit(database, { kind: 'second-factor-added', account, detail: 'app' })
  return renewBackupCodes(powers, account)
}

/** Ten new codes, shown once; the old ones end. */
export async function renewBackupCodes(
  { database, now, audit }: SecondFactorPowers,
  account: string,
): Promise<readonly string[]> {
  const codes = Array.from({ length: backupCodes }, newCode)
  await saveBackupCodes(database, account, codes.map(codeHash), now())
  await audit(database, { kind: 'backup-codes-made', account })
  return codes
}

/** Whether the account must be asked for a second factor. */
export async function hasTotp({ database }: Pick<SecondFactorPowers, 'database'>, account: string): Promise<boolean> {
  return (await totpSecret(database, account, 'active')) !== undefined
}

/** Takes a code of the app or a backup code, whichever it is; each counts once. Undefined where it is neither. */
export async function useSecondFactor(
  powers: SecondFactorPowers,
  account: string,
  code: string,
): Promise<SecondFactor | undefined> {
  const { database, audit } = powers
  if (await isAppCode(powers, account, code)) return 'app'
  if (await isBackupCode(powers, account, code)) {
    await audit(database, { kind: 'backup-code-used', account })
    return 'backup-code'
  }
  await audit(database, { kind: 'second-factor-refused', account })
  return undefined
}

/** For the account's owner, or for staff who have convinced themselves who they speak to (`by`). */
export async function removeTotp({ database, audit }: SecondFactorPowers, account: string, by?: string): Promise<void> {
  await database.transaction(async (tx) => {
    await removeSecondFactors(tx, account)
    await audit(tx, { kind: 'second-factor-removed', account, by })
  })
}

async function isAppCode({ database, sealer, now }: SecondFactorPowers, account: string, code: string) {
  const sealed = await totpSecret(database, account, 'active')
  if (!sealed) return false
  const step = matchingStep(opened(sealer, sealed, account), code, now())
  return step !== undefined && (await useTotpStep(database, account, 'active', step))
}

async function isBackupCode({ database, now }: SecondFactorPowers, account: string, code: string) {
  const typed = typedCode(code)
  return typed !== undefined && (await useBackupCode(database, account, secretHash(typed), now()))
}

function opened(sealer: Sealer, sealed: Buffer, account: string): Buffer {
  return Buffer.from(sealer.open(sealed, purpose(account)), 'base64')
}

function purpose(account: string): string {
  return `totp:${account}`
}
