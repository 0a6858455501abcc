/** Fetches a file over HTTP, within limits of time and size. */
import { type IncomingMessage, request as requestPlain } from 'node:http'
import { request as requestSecure } from 'node:https'
import { isIP } from 'node:net'
import packageJson from '../../package.json' with { type: 'json' }
import { PackageError } from '../fhir/packages/package-error.ts'
import { isPublicAddress, publicLookup } from './public-address.ts'

export interface DownloadOptions {
  /** The server that was chosen by whoever runs this one. Only it is given the user and password in its URL. */
  readonly home: URL
  readonly accept: string
  readonly mostBytes: number
  /** Milliseconds for all of it, and between two pieces. */
  readonly timeout?: number
  readonly idle?: number
  readonly onBytes?: (done: number, all: number | undefined) => void
}

/** There is nothing at that address. */
export class NotFoundError extends PackageError {}

/** The server cannot be reached. */
export class UnreachableError extends PackageError {}

const mostRedirects = 5

/** Follows redirects; to other servers only where they are public and encrypted. */
export async function download(address: URL, options: DownloadOptions): Promise<Buffer> {
  const { timeout = 300_000 } = options
  const signal = AbortSignal.timeout(timeout)
  let place = address
  for (let redirects = 0; redirects <= mostRedirects; redirects++) {
    requireAllowed(place, options.home)
    const response = await respond(place, options, signal)
    const { statusCode = 0, headers } = response
    if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined) {
      response.destroy()
      place = redirected(headers.location, place)
      continue
    }
    if (statusCode === 200) return bodyOf(response, place, options)
    response.destroy()
    if (statusCode === 404 || statusCode === 410) throw new NotFoundError(`There is nothing at ${shown(place)}.`)
    if (statusCode >= 500) throw new UnreachableError(`${shown(place)} answers with status ${statusCode}.`)
    throw new PackageError(`${shown(place)} answers with status ${statusCode}.`)
  }
  throw new PackageError(`${shown(address)} redirects more than ${mostRedirects} times.`)
}

/** Without user and password. */
export function shown(url: URL): string {
  return `${url.origin}${url.pathname}`
}

function redirected(location: string, from: URL): URL {
  if (!URL.canParse(location, from)) throw new PackageError(`${shown(from)} redirects to what is no address.`)
  return new URL(location, from)
}

function isHome(place: URL, home: URL): boolean {
  return place.origin === home.origin
}

function requireAllowed(place: URL, home: URL): void {
  if (isHome(place, home)) return
  const host = place.hostname.replace(/^\[|\]$/g, '')
  const allowed = place.protocol === 'https:' && (isIP(host) === 0 || isPublicAddress(host))
  if (!allowed)
    throw new PackageError(`The registry leads to ${shown(place)}: other servers must be public, with https.`)
}

function respond(place: URL, options: DownloadOptions, signal: AbortSignal): Promise<IncomingMessage> {
  const { home, accept, idle = 30_000 } = options
  const request = place.protocol === 'https:' ? requestSecure : requestPlain
  const own = isHome(place, home)
  const authorization = own && home.username !== '' ? { authorization: credentials(home) } : {}
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => {
      const { code = error.name } = error as { code?: string }
      reject(new UnreachableError(`${shown(place)} cannot be reached (${signal.aborted ? 'timeout' : code}).`))
    }
    const { protocol, hostname, port, pathname, search } = place
    request(
      {
        protocol,
        hostname: hostname.replace(/^\[|\]$/g, ''),
        port,
        path: pathname + search,
        headers: {
          accept,
          'accept-encoding': 'identity',
          'user-agent': `candela/${packageJson.version}`,
          ...authorization,
        },
        signal,
        timeout: idle,
        ...(!own && { lookup: publicLookup }),
      },
      resolve,
    )
      .on('timeout', function onTimeout(this: { destroy(error: Error): void }) {
        this.destroy(Object.assign(new Error('timeout'), { code: 'timeout' }))
      })
      .on('error', fail)
      .end()
  })
}

function credentials({ username, password }: URL): string {
  const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return `Basic ${Buffer.from(text).toString('base64')}`
}

async function bodyOf(response: IncomingMessage, place: URL, { mostBytes, onBytes }: DownloadOptions): Promise<Buffer> {
  const length = Number(response.headers['content-length'] ?? Number.NaN)
  const tooLarge = () => new PackageError(`${shown(place)} is larger than ${mostBytes} bytes.`)
  const chunks: Buffer[] = []
  let size = 0
  try {
    if (length > mostBytes) throw tooLarge()
    for await (const chunk of response) {
      size += (chunk as Buffer).length
      if (size > mostBytes) throw tooLarge()
      chunks.push(chunk as Buffer)
      onBytes?.(size, Number.isNaN(length) ? undefined : length)
    }
  } catch (error) {
    response.destroy()
    if (error instanceof PackageError) throw error
    throw new UnreachableError(`${shown(place)} broke off after ${size} bytes.`)
  }
  return Buffer.concat(chunks)
}
