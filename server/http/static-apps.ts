/** `/apps/`: the built SMART apps, with a policy that lets them speak with the servers they may be launched from. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join, sep } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type AppIssuer, publicIssuer } from './app-issuers.ts'
import { chooseEncoding } from './compression.ts'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json',
}

interface StaticFile {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly bodies: Readonly<Record<'identity' | 'gzip' | 'br', Buffer>>
}

export interface StaticAppsOptions {
  /** What was built; it does not change under a server. */
  readonly folder: string
  /** The servers that apps may be launched from. */
  readonly issuers: readonly AppIssuer[]
}

export async function staticApps(app: FastifyInstance, { folder, issuers }: StaticAppsOptions): Promise<void> {
  if (!existsSync(folder)) return
  const policy = appPolicy(foreignOrigins(issuers))
  const told = Buffer.from(JSON.stringify({ issuers: issuers.map(publicIssuer) }))
  for (const built of filesIn(folder, policy)) {
    const file = built.path === 'issuers.json' ? fileOf('issuers.json', told, types['.json']!, policy) : built
    const send = (request: FastifyRequest, reply: FastifyReply) => sendFile(file, request, reply)
    app.get(`/apps/${file.path}`, send)
    if (!file.path.endsWith('/index.html')) continue
    const place = `/apps/${file.path.slice(0, -'index.html'.length)}`
    app.get(place, send)
  }
}

function sendFile({ headers, bodies }: StaticFile, request: FastifyRequest, reply: FastifyReply) {
  reply.headers(headers)
  if (request.headers['if-none-match'] === headers['etag']) return reply.code(304).send()
  const encoding = chooseEncoding(String(request.headers['accept-encoding'] ?? ''), ['br', 'gzip']) ?? 'identity'
  if (encoding !== 'identity') reply.header('content-encoding', encoding)
  return reply.header('vary', 'Accept-Encoding').send(bodies[encoding])
}

function filesIn(folder: string, policy: string): readonly StaticFile[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return names.flatMap((name) => {
    const type = types[extname(name)]
    return type === undefined ? [] : [fileOf(name.split(sep).join('/'), readFileSync(join(folder, name)), type, policy)]
  })
}

function fileOf(path: string, identity: Buffer, type: string, policy: string): StaticFile {
  const tag = createHash('sha256').update(identity).digest('base64url').slice(0, 22)
  return {
    path,
    headers: {
      'content-type': type,
      'content-security-policy': policy,
      etag: `"${tag}"`,
      // The names of assets change with what is in them.
      'cache-control': path.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    },
    bodies: {
      identity,
      gzip: gzipSync(identity, { level: 9 }),
      br: brotliCompressSync(identity, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
    },
  }
}

/**
 * Scripts and styles are files of ours. Apps ask the servers they may be launched from, and those may show apps inside a
 * page of their own.
 */
function appPolicy(origins: readonly string[]): string {
  const known = ["'self'", ...origins].join(' ')
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "manifest-src 'self'",
    `connect-src ${known}`,
    "frame-src 'self' blob:",
    "form-action 'none'",
    "base-uri 'none'",
    `frame-ancestors ${known}`,
    "require-trusted-types-for 'script'",
    'trusted-types lit-html',
  ].join('; ')
}

/** Of the servers elsewhere. */
function foreignOrigins(issuers: readonly AppIssuer[]): readonly string[] {
  const addresses = issuers.flatMap(({ iss, origins = [] }) => [iss, ...origins])
  return [...new Set(addresses.filter((one) => URL.canParse(one)).map((one) => new URL(one).origin))]
}
