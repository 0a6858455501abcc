/** The pages that people read: `/`, `/docs`, and what they load. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Context } from '../../context.ts'
import { sendText } from '../compression.ts'
import { errorHandler, notFound } from '../errors.ts'
import { docsPage } from './docs/docs-page.ts'
import { documents } from './docs/documents.ts'
import { homePage } from './home-page.ts'
import { layout, type Page } from './layout.ts'
import { notFoundPage } from './not-found-page.ts'

/**
 * Nothing from elsewhere, nothing inside the page itself: styles and scripts are files of ours. `formTarget` is where a form
 * may lead in the end, `frames` the origins of what it shows inside.
 */
export function pagePolicy(formTarget?: string, frames: readonly string[] = []): string {
  return [
    "default-src 'none'",
    ...["style-src 'self'", "script-src 'self'", "img-src 'self'", "connect-src 'self'"],
    ...[
      `form-action 'self'${formTarget === undefined ? '' : ` ${formTarget}`}`,
      ...(frames.length === 0 ? [] : [`frame-src ${frames.join(' ')}`]),
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ],
  ].join('; ')
}

const files = [
  { path: '/docs/style.css', name: 'style.css', type: 'text/css; charset=utf-8' },
  { path: '/docs/person.css', name: 'person.css', type: 'text/css; charset=utf-8' },
  { path: '/docs/console-token.js', name: 'console-token.js', type: 'text/javascript; charset=utf-8' },
  { path: '/docs/console.js', name: 'console.js', type: 'text/javascript; charset=utf-8' },
  { path: '/docs/invitation.js', name: 'invitation.js', type: 'text/javascript; charset=utf-8' },
  { path: '/docs/passkeys.js', name: 'passkeys.js', type: 'text/javascript; charset=utf-8' },
  { path: '/docs/icon.svg', name: 'icon.svg', type: 'image/svg+xml' },
  // Asked for by browsers that show no page of ours, such as a resource.
  { path: '/favicon.ico', name: 'icon.svg', type: 'image/svg+xml' },
] as const

/** `home`: whether `/` tells what runs here; where people sign in, it is theirs. */
export async function pageRoutes(
  app: FastifyInstance,
  { context, home }: { readonly context: Context; readonly home: boolean },
): Promise<void> {
  if (home) app.get('/', async (_request, reply) => sendPage(await homePage(context), reply))
  for (const document of documents) {
    app.get(document.path, async (_request, reply) => sendPage(docsPage(document, context), reply))
  }
  for (const { path, name, type } of files) {
    const text = readFileSync(new URL(`static/${name}`, import.meta.url), 'utf8')
    const tag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`
    app.get(path, async (request, reply) => {
      reply.header('cache-control', 'no-cache').header('etag', tag)
      if (request.headers['if-none-match'] === tag) return reply.code(304).send()
      return sendText(reply.header('content-type', type), text)
    })
  }
}

/** For what has no route: people get a page, programs an outcome. */
export function notFoundHandler(context: Context) {
  const handleError = errorHandler(context)
  return (request: Parameters<typeof handleError>[1], reply: FastifyReply) => {
    const path = request.raw.url?.split('?', 1)[0] ?? ''
    const wantsPage = request.method === 'GET' && (request.headers.accept ?? '').includes('text/html')
    if (!wantsPage || /^\/fhir(\/|$)/.test(path)) return handleError(notFound(request), request, reply)
    return sendPage(notFoundPage(path.slice(0, 200)), reply.code(404))
  }
}

function sendPage(page: Page, reply: FastifyReply) {
  reply.headers({
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': pagePolicy(),
    'cache-control': 'no-cache',
  })
  return sendText(reply, layout(page, '/docs/style.css'))
}
