/** Fetches what somebody else named: from public addresses alone, unless the settings allow others; never for long, never much. */
import { type IncomingMessage, request as requestPlain } from 'node:http'
import { request as requestSecure } from 'node:https'
import { isIP } from 'node:net'
import { isPublicAddress, publicLookup } from '../packages/public-address.ts'
import { softwareVersion } from '../version.ts'

export interface ForeignReply {
  readonly body: string
  /** Its `Cache-Control`. */
  readonly cacheControl: string | undefined
}

export interface ForeignOptions {
  /** Origins that may be asked wherever they are, without TLS, too. */
  readonly allowedOrigins: readonly string[]
  readonly mostBytes?: number
  /** Sent as a form, by POST. */
  readonly form?: Readonly<Record<string, string>>
  /** Milliseconds for all of it. */
  readonly timeout?: number
}

/** Says what went wrong, and nothing about what is inside. */
export class ForeignFetchError extends Error {}

/** Redirects are not followed: what is asked for is what was registered. */
export async function foreignFetch(address: string, options: ForeignOptions): Promise<ForeignReply> {
  const { allowedOrigins, mostBytes = 256 * 1024, timeout = 5000, form } = options
  const url = allowedUrl(address, allowedOrigins)
  const isAllowed = allowedOrigins.includes(url.origin)
  const signal = AbortSignal.timeout(timeout)
  const response = await respond(url, isAllowed, signal, form && new URLSearchParams(form).toString())
  if (response.statusCode !== 200 && !(form !== undefined && response.statusCode === 204)) {
    response.destroy()
    throw new ForeignFetchError(`${url.origin} answers with status ${response.statusCode}.`)
  }
  const body = await bodyOf(response, mostBytes, url)
  return { body, cacheControl: response.headers['cache-control'] }
}

/** Throws for an address that is not asked, whatever is there. */
export function allowedUrl(address: string, allowedOrigins: readonly string[]): URL {
  if (!URL.canParse(address)) throw new ForeignFetchError('The address is no URL.')
  const url = new URL(address)
  if (url.username !== '' || url.password !== '') throw new ForeignFetchError('The address contains a password.')
  if (allowedOrigins.includes(url.origin)) return url
  if (url.protocol !== 'https:') throw new ForeignFetchError('The address must begin with https.')
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) !== 0 && !isPublicAddress(host)) throw new ForeignFetchError('The address is not public.')
  return url
}

function respond(
  url: URL,
  isAllowed: boolean,
  signal: AbortSignal,
  form: string | undefined,
): Promise<IncomingMessage> {
  const request = url.protocol === 'https:' ? requestSecure : requestPlain
  const headers = {
    accept: 'application/json',
    'accept-encoding': 'identity',
    'user-agent': `candela/${softwareVersion}`,
    ...(form !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
  }
  return new Promise((resolve, reject) => {
    request(
      // No connection is shared with others: each is made to an address that was looked at.
      url,
      {
        method: form === undefined ? 'GET' : 'POST',
        headers,
        signal,
        agent: false,
        ...(!isAllowed && { lookup: publicLookup }),
      },
      resolve,
    )
      .on('error', (error: NodeJS.ErrnoException) => {
        const reason = signal.aborted ? 'it takes too long' : (error.code ?? error.name)
        reject(new ForeignFetchError(`${url.origin} cannot be reached (${reason}).`))
      })
      .end(form)
  })
}

async function bodyOf(response: IncomingMessage, mostBytes: number, url: URL): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of response) {
      size += (chunk as Buffer).length
      if (size > mostBytes) throw new ForeignFetchError(`${url.origin} answers with more than ${mostBytes} bytes.`)
      chunks.push(chunk as Buffer)
    }
  } catch (error) {
    response.destroy()
    if (error instanceof ForeignFetchError) throw error
    throw new ForeignFetchError(`${url.origin} broke off.`)
  }
  return Buffer.concat(chunks).toString('utf8')
}
