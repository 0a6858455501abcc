/** Whom an app means, by an id_token that it got. https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest */
import type { Smart } from './smart.ts'

export interface Hint {
  /** The number of the account. */
  readonly subject: string
  /** The app that the id_token was issued to. */
  readonly client: string
}

/** Of an id_token that this server signed, whether it has expired or not; undefined for anything else. */
export async function readHint(token: string, { keys, urls }: Pick<Smart, 'keys' | 'urls'>): Promise<Hint | undefined> {
  const { iss, sub, aud, events } = (await keys.claimsOf(token)) ?? {}
  const isIdToken = iss === urls.issuer && typeof sub === 'string' && typeof aud === 'string' && events === undefined
  return isIdToken ? { subject: sub, client: aud } : undefined
}
