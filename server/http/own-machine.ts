/**
 * While nobody has to sign in, only programs and pages of this machine may ask. A server on a loopback address is within
 * reach of every page that the browser beside it shows: by a request of another origin, or by a name that its owner lets
 * point here (DNS rebinding). https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Host
 */
import type { IncomingHttpHeaders } from 'node:http'
import { isLoopback } from '../config.ts'
import { OutcomeError } from '../fhir/outcome.ts'

export type CheckCaller = (headers: IncomingHttpHeaders) => OutcomeError | undefined

/** What is wrong with who asks; `publicUrl` is the origin under which the server is known. */
export function ownMachineOnly(publicUrl: string): CheckCaller {
  const known = new URL(publicUrl)
  const isOurs = (url: URL | undefined) =>
    url !== undefined && (url.hostname === known.hostname || isHere(url.hostname))
  return ({ host, origin }) => {
    if (host !== undefined && !isOurs(parsed(`http://${host}`))) return new OutcomeError('foreign-host', { host })
    if (origin !== undefined && !isOurs(parsed(origin))) return new OutcomeError('foreign-origin', { origin })
    return undefined
  }
}

function parsed(url: string): URL | undefined {
  return URL.canParse(url) ? new URL(url) : undefined
}

function isHere(hostname: string): boolean {
  return isLoopback(hostname.replace(/^\[(.*)\]$/, '$1')) || hostname.endsWith('.localhost')
}
