/**
 * A refresh token for new tokens: it is used up, and another takes its place. https://www.rfc-editor.org/rfc/rfc9700#section-4.14
 */
import { narrowScopes, parseScopes, printScopes } from '../../access/scope.ts'
import { secretHash } from '../../store/accounts/codes.ts'
import type { ClientRecord } from '../../store/smart/clients.ts'
import { revokeGrant } from '../../store/smart/grants.ts'
import { findToken, revokeIfUsed, type TokenRecord, takeToken } from '../../store/smart/tokens.ts'
import type { Parameters } from '../exchange.ts'
import { required } from '../exchange.ts'
import { OAuthError } from '../oauth-error.ts'
import { issueTokens, tokenReply } from './issue.ts'
import type { GrantHandler } from './token.ts'

export const refreshToken: GrantHandler = async (form, client, smart) => {
  const { store, now } = smart.context()
  const hash = secretHash(required(form, 'refresh_token'))
  const found = await findToken(store.database, hash, ['refresh'], now())
  if (found && found.client === client.id) {
    const account = await smart.people.account(found.account!)
    const ended = account ? await endedSession(found, smart.people.isSignedIn) : 'The account is closed.'
    if (ended !== undefined) {
      await revokeGrant(store.database, found.grant, now())
      smart.checks.forget()
      throw new OAuthError('invalid_grant', ended)
    }
    // What is asked for is judged first: a mistake does not cost the token.
    const scopes = scopesFor(form, found, client)
    const taken = await store.database.transaction(async (tx) => {
      const record = await takeToken(tx, hash, 'refresh', now())
      return record && { record, issued: await issueTokens(tx, record, { scopes, client, now: now() }) }
    })
    if (taken) return tokenReply({ ...taken, scopes, now: account!, client, first: false }, smart)
  }
  if (found && found.client !== client.id) {
    await revokeGrant(store.database, found.grant, now())
    smart.checks.forget()
    throw new OAuthError('invalid_grant', 'The refresh token was issued to another client.')
  }
  if (await revokeIfUsed(store.database, hash, 'refresh', now())) smart.checks.forget()
  throw new OAuthError('invalid_grant', 'The refresh token is not known, has expired, or was used before.')
}

/** Without offline_access an app has access as long as the person is signed in. */
async function endedSession(
  { grantScopes, session }: TokenRecord,
  isSignedIn: (session: Buffer) => Promise<boolean>,
): Promise<string | undefined> {
  if (grantScopes.split(' ').includes('offline_access') || session === null) return undefined
  return (await isSignedIn(session)) ? undefined : 'The session in which access was granted has ended.'
}

/**
 * Fewer than were granted, where the app asks for fewer; it can have all of them the next time. What an administrator has
 * taken from the client's registration since is not granted any more.
 */
function scopesFor(form: Parameters, { grantScopes }: TokenRecord, client: Pick<ClientRecord, 'scopes'>): string {
  const asked = form.get('scope')
  const granted = narrowScopes(parseScopes(grantScopes).scopes, parseScopes(client.scopes).scopes)
  if (granted.length === 0)
    throw new OAuthError('invalid_scope', 'The client is registered for nothing of it any more.')
  if (asked === undefined) return printScopes(granted)
  const wanted = parseScopes(asked)
  const narrowed = narrowScopes(wanted.scopes, granted)
  const isWithin = wanted.unknown.length === 0 && printScopes(narrowed) === printScopes(wanted.scopes)
  if (!isWithin || narrowed.length === 0) throw new OAuthError('invalid_scope', 'This is more than was granted.')
  return printScopes(narrowed)
}
