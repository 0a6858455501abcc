/** A code for tokens. https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3 */
import { createHash, timingSafeEqual } from 'node:crypto'
import { secretHash } from '../../store/accounts/codes.ts'
import { revokeGrant } from '../../store/smart/grants.ts'
import { revokeIfUsed, type TokenRecord, takeToken } from '../../store/smart/tokens.ts'
import { type Parameters, required } from '../exchange.ts'
import { OAuthError } from '../oauth-error.ts'
import { issueTokens, tokenReply } from './issue.ts'
import type { GrantHandler } from './token.ts'

export const authorizationCode: GrantHandler = async (form, client, smart) => {
  const { store, now } = smart.context()
  const hash = secretHash(required(form, 'code'))
  const taken = await store.database.transaction(async (tx) => {
    const record = await takeToken(tx, hash, 'code', now())
    if (!record) return undefined
    const fault = faultOf(record, form, client.id)
    if (fault !== undefined) {
      // Somebody has a code who cannot have it: it is worth nothing any more.
      await revokeGrant(tx, record.grant, now())
      return { record, fault }
    }
    return { record, issued: await issueTokens(tx, record, { scopes: record.scopes, client, now: now() }) }
  })
  if (taken === undefined) {
    if (await revokeIfUsed(store.database, hash, 'code', now())) smart.checks.forget()
    throw new OAuthError('invalid_grant', 'The code is not known, has expired, or was used before.')
  }
  if ('fault' in taken) throw new OAuthError('invalid_grant', taken.fault!)
  const account = await smart.people.account(taken.record.account!)
  if (!account) throw new OAuthError('invalid_grant', 'The account is closed.')
  return tokenReply({ ...taken, scopes: taken.record.scopes, now: account, client, first: true }, smart)
}

/** Why the code is not for whoever sends it. */
function faultOf({ client, data }: TokenRecord, form: Parameters, sender: string): string | undefined {
  if (client !== sender) return 'The code was issued to another client.'
  if (form.get('redirect_uri') !== data!['redirect_uri'])
    return 'redirect_uri is not that of the authorization request.'
  const verifier = form.get('code_verifier')
  if (verifier === undefined) return 'code_verifier is missing.'
  if (!/^[\w.~-]{43,128}$/.test(verifier)) return 'code_verifier is not as RFC 7636 has it.'
  const challenge = createHash('sha256').update(verifier).digest()
  const expected = Buffer.from(String(data!['code_challenge']), 'base64url')
  return challenge.length === expected.length && timingSafeEqual(challenge, expected)
    ? undefined
    : 'code_verifier does not belong to code_challenge.'
}
