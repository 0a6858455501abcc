/**
 * A token that stays fresh. A refresh token is good for one use, and using it twice ends the grant: of all tabs that share
 * one (a tab that is duplicated does) one asks at a time, and tells the others what it was given.
 */
import { type Grant, LaunchError, refreshGrant } from './launch.ts'

export interface TokenSource {
  readonly grant: Grant
  /** One that is good for a while. */
  token(): Promise<string>
  /** Another one than the one that was refused. */
  renewed(refused: string): Promise<string>
  close(): void
}

export interface TokenSourceOptions {
  readonly grant: Grant
  readonly now: () => number
  readonly keep: (grant: Grant) => void
}

/** Milliseconds before its end from which a token is renewed. */
const margin = 30_000
const channelName = 'smart-tokens'

export function createTokenSource({ grant: given, now, keep }: TokenSourceOptions): TokenSource {
  let grant = given
  let renewing: Promise<string> | undefined
  const channel = new BroadcastChannel(channelName)
  const take = (other: Grant) => {
    grant = other
    keep(other)
  }
  channel.addEventListener('message', ({ data }: MessageEvent<{ before: string; grant: Grant }>) => {
    if (data.before === grant.refreshToken) take(data.grant)
  })
  const renew = async (refused: string) => {
    const { refreshToken } = grant
    if (refreshToken === undefined) throw new LaunchError('refused', 'The session has ended.')
    return navigator.locks.request(`smart-refresh ${await fingerprint(refreshToken)}`, async () => {
      // Another tab may have been faster; its message may still be on its way.
      await new Promise((resolve) => setTimeout(resolve, 0))
      if (grant.accessToken !== refused) return grant.accessToken
      const renewed = await refreshGrant(grant, now)
      channel.postMessage({ before: refreshToken, grant: renewed })
      take(renewed)
      return renewed.accessToken
    })
  }
  const renewOnce = (refused: string) => {
    renewing ??= renew(refused).finally(() => {
      renewing = undefined
    })
    return renewing
  }
  return {
    get grant() {
      return grant
    },
    token: async () => {
      const isFresh = grant.expires - now() > margin || grant.refreshToken === undefined
      return isFresh ? grant.accessToken : renewOnce(grant.accessToken)
    },
    renewed: async (refused) => (grant.accessToken === refused ? renewOnce(refused) : grant.accessToken),
    close: () => channel.close(),
  }
}

/** Names of locks are seen by every page of the origin. */
async function fingerprint(secret: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(secret))
  return Array.from(new Uint8Array(digest.slice(0, 12)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
