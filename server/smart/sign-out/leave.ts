/**
 * Ends a session and tells the apps that were opened in it: some by a request of ours, others by a page that the browser loads.
 * https://openid.net/specs/openid-connect-backchannel-1_0.html, https://openid.net/specs/openid-connect-frontchannel-1_0.html
 */
import { randomUUID } from 'node:crypto'
import { type ClientOfSession, clientsOfSession } from '../../store/smart/grants.ts'
import { withQuery } from '../exchange.ts'
import { foreignFetch } from '../foreign-fetch.ts'
import type { Session } from '../people.ts'
import type { Smart } from '../smart.ts'
import { sessionId } from './session-id.ts'

/** Answers the addresses that the browser is to load. `secret` is that of the session's cookie. */
export async function leave(session: Session, secret: string, smart: Smart): Promise<readonly string[]> {
  const { store, background } = smart.context()
  const clients = await clientsOfSession(store.database, session.hash)
  await smart.people.signOut(secret)
  smart.checks.forget()
  const waiting = clients.filter(({ metadata }) => typeof metadata['backchannel_logout_uri'] === 'string')
  const sid = sessionId(session.hash)
  if (waiting.length > 0) {
    background.start(`sign-out of ${sid}`, async (signal) => {
      await Promise.all(waiting.map((client) => tell(client, session, smart, signal)))
    })
  }
  return clients.flatMap(({ metadata }) => {
    const uri = metadata['frontchannel_logout_uri']
    return typeof uri === 'string' ? [withQuery(uri, { iss: smart.urls.issuer, sid })] : []
  })
}

/** Milliseconds before each further attempt. */
const pauses = [0, 1000, 5000, 15_000]
/** Seconds for which a logout token is valid. */
const validity = 120

/** Its tokens have ended in any case: a client that cannot be reached learns so when it uses one. */
async function tell({ client, metadata }: ClientOfSession, session: Session, smart: Smart, signal: AbortSignal) {
  const { config, warn } = smart.context()
  const address = String(metadata['backchannel_logout_uri'])
  for (const [i, pause] of pauses.entries()) {
    await waited(pause, signal)
    try {
      const form = { logout_token: await logoutToken(client, session, smart) }
      await foreignFetch(address, { allowedOrigins: config.fetchAllow, form, mostBytes: 10_000 })
      return
    } catch (error) {
      if (signal.aborted) return
      if (i === pauses.length - 1)
        warn('A client could not be told that somebody signed out.', { client, reason: (error as Error).message })
    }
  }
}

function logoutToken(client: string, { account, hash }: Session, smart: Smart): Promise<string> {
  const seconds = Math.floor(smart.context().now() / 1000)
  const claims = {
    ...{ iss: smart.urls.issuer, sub: account.number, aud: client, iat: seconds, exp: seconds + validity },
    ...{ jti: randomUUID(), sid: sessionId(hash) },
    events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
  }
  return smart.keys.sign(claims, 'logout+jwt')
}

function waited(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds)
    signal.addEventListener('abort', done, { once: true })
    function done() {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
  })
}
