/** Sends both worlds the same requests and looks for a difference. Knows no test runner, so that a script may run it. */
import type { Config } from '../../../server/config.ts'
import { createRandom } from '../../oracle/random/random.ts'
import { bundle, graphql, write } from './bodies.ts'
import type { KindOfCaller } from './callers.ts'
import { byId, byLink, byReference, byType } from './paths.ts'
import type { TwinRequest } from './request.ts'
import { anySearch, type Source } from './searches.ts'
import { base, openTwins, type Twin, type TwinReply } from './twins.ts'

export interface RunOptions {
  readonly kind: KindOfCaller
  readonly urls: readonly [string, string]
  readonly config: (url: string) => Config
  readonly seed: number
  readonly requests: number
  /** Ends at so many differences. */
  readonly most?: number
}

export interface Outcome {
  readonly differences: readonly string[]
  /** Faults of the server itself. */
  readonly faults: readonly string[]
  readonly sent: number
  /** Shares of the requests that returned something, to an administrator (of those that read) and to the caller. */
  readonly toAdministrator: number
  readonly toCaller: number
  readonly kinds: ReadonlyMap<string, number>
}

const makers = [
  [34, anySearch],
  [18, byReference],
  [12, byLink],
  [12, byId],
  [8, byType],
  [6, graphql],
  [4, bundle],
  [4, write],
] as const

/** Of the requests that read, one in so many is asked as an administrator, too. */
const every = 8

export async function runTwins({ kind, urls, config, seed, requests, most = 10 }: RunOptions): Promise<Outcome> {
  const { full, other, world, sees, deleted } = await openTwins(kind, urls, config, seed)
  const random = createRandom(seed + 1)
  const source: Source = { world, sees, deleted, random, bias: kind.bias, explains: !kind.countsWithheld }
  const differences: string[] = []
  const faults: string[] = []
  const kinds = new Map<string, number>()
  const links: string[] = []
  const administrator = { asked: 0, informed: 0 }
  let informed = 0
  let sent = 0
  try {
    for (; sent < requests && differences.length < most && faults.length < most; sent++) {
      const link = links.length > 0 && random.chance(0.06) ? links.splice(random.below(links.length), 1)[0]! : undefined
      const request: TwinRequest =
        link === undefined ? random.weighted(makers)(source) : { method: 'GET', path: link, kind: 'page' }
      kinds.set(request.kind, (kinds.get(request.kind) ?? 0) + 1)
      const [one, two] = await Promise.all([full.send(request), other.send(request)])
      const difference = differenceOf(one, two)
      if (difference) differences.push(`${describe(request)}: ${difference}`)
      if (one.status >= 500) faults.push(`${describe(request)}: ${one.text.slice(0, 300)}`)
      if (isInformed(one)) informed++
      links.push(...linksIn(one).slice(0, 2))
      if (request.method === 'GET' && sent % every === 0) await askAdministrator(full, request, administrator, links)
      if (links.length > 60) links.splice(0, 30)
    }
  } finally {
    await Promise.all([full.close(), other.close()])
  }
  const toAdministrator = administrator.informed / Math.max(1, administrator.asked)
  return { differences, faults, sent, toAdministrator, toCaller: informed / Math.max(1, sent), kinds }
}

/** The links of another's page are for the caller to try. */
async function askAdministrator(
  full: Twin,
  request: TwinRequest,
  counts: { asked: number; informed: number },
  links: string[],
): Promise<void> {
  const reply = await full.asAdministrator(request)
  counts.asked++
  if (isInformed(reply)) counts.informed++
  links.push(...linksIn(reply).slice(0, 1))
}

function describe({ kind, method, path, body, headers }: TwinRequest): string {
  const sent = body === undefined ? '' : ` ${JSON.stringify(body).slice(0, 600)}`
  return `${kind}: ${method} ${decodeSafely(path)}${headers ? ` ${JSON.stringify(headers)}` : ''}${sent}`
}

function decodeSafely(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

function differenceOf(one: TwinReply, two: TwinReply): string | undefined {
  if (one.status !== two.status)
    return `${one.status} and ${two.status}: ${one.text.slice(0, 400)} | ${two.text.slice(0, 400)}`
  if (one.headers !== two.headers && one.text === two.text) return `headers ${one.headers} and ${two.headers}`
  if (one.text === two.text) return undefined
  const at = [...one.text].findIndex((character, i) => two.text[i] !== character)
  const from = Math.max(0, at - 200)
  return `${one.text.slice(from, at + 200)} | ${two.text.slice(from, at + 200)}`
}

/** Whether a reply tells something of what is stored. */
function isInformed({ status, text }: TwinReply): boolean {
  if (status >= 300) return false
  if (text === '') return true
  if (!text.startsWith('{')) return true
  const body = JSON.parse(text) as { resourceType?: string; entry?: Entry[]; total?: number; data?: unknown }
  if (body.resourceType === undefined) return hasValue(body.data)
  if (body.resourceType !== 'Bundle') return body.resourceType !== 'OperationOutcome'
  return (body.total ?? 0) > 0 || (body.entry ?? []).some(tells)
}

interface Entry {
  readonly resource?: { readonly resourceType?: string; readonly entry?: Entry[]; readonly total?: number }
  readonly response?: { readonly status?: string }
}

function tells({ resource, response }: Entry): boolean {
  if (!resource) return response?.status?.startsWith('2') === true
  if (resource.resourceType === 'OperationOutcome') return false
  if (resource.resourceType !== 'Bundle' || !response) return true
  return (resource.total ?? 0) > 0 || (resource.entry ?? []).some(tells)
}

function hasValue(data: unknown): boolean {
  if (Array.isArray(data)) return data.some(hasValue)
  if (typeof data === 'object' && data !== null) return Object.values(data).some(hasValue)
  return data !== null && data !== undefined && data !== 0
}

function linksIn({ status, text }: TwinReply): string[] {
  if (status !== 200 || !text.startsWith('{"resourceType":"Bundle"')) return []
  const { link = [] } = JSON.parse(text) as { link?: { relation: string; url: string }[] }
  return link
    .filter(({ relation }) => relation === 'next' || relation === 'previous')
    .map(({ url }) => url.slice(base.length).replace(/^\//, ''))
}
