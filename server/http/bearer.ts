/** From the Authorization header to what the caller may reach. https://www.rfc-editor.org/rfc/rfc6750 */
import type { FastifyReply } from 'fastify'
import type { Context } from '../context.ts'
import { OutcomeError } from '../fhir/outcome.ts'
import { accessOf } from '../interactions/access/caller-access.ts'
import { originOf } from '../interactions/audit/note.ts'
import type { TokenChecks } from '../smart/check-token.ts'

/** What everybody may ask without a token: what the server can do, and where tokens are got. */
const publicPaths = new Set(['metadata', '.well-known/smart-configuration'])

export function isPublic(path: readonly string[]): boolean {
  return publicPaths.has(path.join('/'))
}

/** The context with the access of the token; throws 401 without one that is valid. */
export async function withBearer(
  authorization: string | undefined,
  context: Context,
  checks: TokenChecks,
  { ip, id }: { readonly ip: string; readonly id: string },
): Promise<Context> {
  const token = authorization !== undefined && /^bearer +\S+$/i.test(authorization) ? authorization.slice(7).trim() : ''
  if (token === '') throw new OutcomeError('token-required')
  const caller = await checks.callerOf(token)
  if (!caller) throw new OutcomeError('token-invalid')
  const access = await accessOf(caller, context)
  return { ...context, access, origin: originOf(access, ip, id) }
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
