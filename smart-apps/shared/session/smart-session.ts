/**
 * A person's session in an app: from the address that the browser shows to requests with a token that stays fresh.
 * Tokens live in the tab's session storage: they end with the tab, and no other origin can read them.
 */

import { findIssuer, type Issuer, readIssuers } from './issuers.ts'
import { type App, beginLaunch, finishLaunch, type Grant, isReturn, LaunchError } from './launch.ts'
import { createTokenSource, type TokenSource } from './token-source.ts'

export interface SmartSession {
  readonly grant: Grant
  /** `fetch` with the token, which is renewed where it must be. */
  readonly fetch: typeof fetch
  /** Milliseconds since 1970: when nothing is left that could be renewed. */
  readonly tokens: TokenSource
  /** Forgets the tokens and leaves for the server, which ends its own session too. */
  signOut(): Promise<void>
}

export interface SessionWorld {
  readonly app: App
  readonly location: URL
  readonly storage: Storage
  /** Replaces the address without loading. */
  show(url: URL): void
  /** Leaves the page. */
  leave(url: URL): void
  now(): number
}

/** Apps that are opened one after the other in a tab do not use each other's tokens. */
function grantKey({ name }: App): string {
  return `smart-grant:${name}`
}

/** On `launch.html`: sends the browser to the authorization server of whoever launches. */
export async function launchFromOutside(world: SessionWorld, issuersUrl: URL): Promise<void> {
  const { searchParams } = world.location
  const issuer = findIssuer(await readIssuers(issuersUrl), searchParams.get('iss') ?? '')
  if (!issuer) throw new LaunchError('refused', 'This app is not set up for the server that opens it.')
  const launch = searchParams.get('launch') ?? undefined
  world.storage.removeItem(grantKey(world.app))
  world.leave(await beginLaunch({ app: world.app, issuer, launch }, world.storage))
}

/**
 * On the app's own page: finishes a launch, goes on with a session that is there, or else begins a launch with the first
 * server that is known; then nothing is returned, for the page is left.
 */
export async function openSession(world: SessionWorld, issuersUrl: URL): Promise<SmartSession | undefined> {
  const { app, location, storage } = world
  if (isReturn(location)) {
    const clean = new URL(location.pathname, location)
    const { grant, wanted } = await finish(world)
    keep(world, grant)
    world.show(new URL(wanted ?? clean, clean))
    return sessionOf(world, grant)
  }
  const kept = storage.getItem(grantKey(app))
  if (kept !== null) return sessionOf(world, JSON.parse(kept) as Grant)
  const [first] = await readIssuers(issuersUrl)
  if (first) await leaveToSignIn(world, first)
  return undefined
}

/** A launch that was finished already, and is loaded once more, goes on with what it gave. */
async function finish(world: SessionWorld) {
  try {
    return await finishLaunch(world.location, world.storage, world.now)
  } catch (error) {
    const kept = world.storage.getItem(grantKey(world.app))
    const isKnown = error instanceof LaunchError && error.reason === 'unknown-state' && kept !== null
    if (!isKnown) throw error
    return { grant: JSON.parse(kept) as Grant, wanted: undefined }
  }
}

/** To sign in again, and come back to what was shown. */
export async function leaveToSignIn(world: SessionWorld, issuer: Issuer): Promise<void> {
  const { app, storage, location } = world
  storage.removeItem(grantKey(app))
  world.leave(await beginLaunch({ app, issuer, wanted: location.pathname + location.hash }, storage))
}

function keep({ app, storage }: SessionWorld, grant: Grant): void {
  storage.setItem(grantKey(app), JSON.stringify(grant))
}

function sessionOf(world: SessionWorld, given: Grant): SmartSession {
  const tokens = createTokenSource({ grant: given, now: world.now, keep: (grant) => keep(world, grant) })
  return {
    get grant() {
      return tokens.grant
    },
    tokens,
    fetch: async (input, init) => {
      const send = (token: string) => {
        const headers = new Headers(init?.headers)
        headers.set('authorization', `Bearer ${token}`)
        return fetch(input, { ...init, headers })
      }
      const token = await tokens.token()
      const response = await send(token)
      // It may have been revoked, or the machine may have slept.
      const isEnded = response.status === 401 && tokens.grant.refreshToken !== undefined
      return isEnded ? send(await tokens.renewed(token)) : response
    },
    signOut: async () => {
      world.storage.removeItem(grantKey(world.app))
      tokens.close()
      const { endSession } = tokens.grant.endpoints
      world.leave(endSession ? new URL(endSession) : new URL('/', world.location))
    },
  }
}
