/** From the Authorization header to what the caller may reach. https://www.rfc-editor.org/rfc/rfc6750 */
import type { FastifyReply } from 'fastify'
import type { Access } from '../access/access.ts'
import type { Context } from '../context.ts'
import { OutcomeError } from '../fhir/outcome.ts'
import { accessOf, knownAccess } from '../interactions/access/caller-access.ts'
import type { TokenChecks } from '../smart/check-token.ts'

/** What everybody may ask without a token: what the server can do, and where tokens are got. */
const publicPaths = new Set(['metadata', '.well-known/smart-configuration'])

export function isPublic(path: readonly string[]): boolean {
  return publicPaths.has(path.join('/'))
}

/** From a request's header to the context of its caller; throws 401 without a token that is valid. Seldom has to wait. */
export type Bearer = (authorization: string | undefined, context: Context) => Context | Promise<Context>

export function bearerContexts(checks: TokenChecks): Bearer {
  // Requests of one token share a context, as long as that of all requests stays the same.
  let common: Context | undefined
  let made = new WeakMap<Access, Context>()
  const contextWith = (access: Access, context: Context): Context => {
    if (common !== context) {
      common = context
      made = new WeakMap()
    }
    let own = made.get(access)
    if (!own) {
      own = { ...context, access }
      made.set(access, own)
    }
    return own
  }
  const asked = async (token: string, context: Context): Promise<Context> => {
    const caller = await checks.callerOf(token)
    if (!caller) throw new OutcomeError('token-invalid')
    return contextWith(await accessOf(caller, context), context)
  }
  return (authorization, context) => {
    const token = tokenOf(authorization)
    const caller = checks.known(token)
    const access = caller && knownAccess(caller, context)
    return access ? contextWith(access, context) : asked(token, context)
  }
}

const scheme = 'Bearer '

function tokenOf(authorization: string | undefined): string {
  if (authorization === undefined) throw new OutcomeError('token-required')
  if (authorization.startsWith(scheme)) {
    const token = authorization.slice(scheme.length)
    if (token !== '') return token
  }
  const [, token] = /^bearer +(\S+) *$/i.exec(authorization) ?? []
  if (token === undefined) throw new OutcomeError('token-required')
  return token
}

/** Tells a client what is wrong with its token. https://www.rfc-editor.org/rfc/rfc6750#section-3 */
export function addChallenge(reply: FastifyReply, { issues }: OutcomeError): void {
  const [issue] = issues
  const challenge = Object.hasOwn(challenges, issue?.code ?? '') ? challenges[issue!.code] : undefined
  if (challenge) reply.header('www-authenticate', `Bearer realm="fhir"${challenge(issue!.params ?? {})}`)
}

const challenges: Readonly<Record<string, (parameters: Readonly<Record<string, unknown>>) => string>> = {
  'token-required': () => '',
  'token-invalid': () => ', error="invalid_token", error_description="The access token is unknown, expired or revoked"',
  'insufficient-scope': ({ scope }) => `, error="insufficient_scope", scope="${String(scope).replace(/["\\]/g, '')}"`,
}
