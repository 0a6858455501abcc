/** An OpenID provider on this machine, whose people sign in without being asked. */
import { createHash, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'

export interface OpenIdProvider {
  readonly issuer: string
  /** What a browser does that is sent to `url`, as the person of these claims; answers where it is sent back to. */
  signIn(url: string, claims: Record<string, unknown>): URL
  /** Who a browser that comes by is; it is sent back at once. */
  person: Record<string, unknown> | undefined
  /** Changes what the next ID token says, after it has been made up. */
  tamper: (claims: Record<string, unknown>) => Record<string, unknown>
  close(): Promise<void>
}

interface Code {
  readonly claims: Record<string, unknown>
  readonly challenge: string
}

export async function openIdProvider(client: { id: string; secret: string }): Promise<OpenIdProvider> {
  const { publicKey, privateKey } = await generateKeyPair('RS256')
  const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'RS256', use: 'sig' }
  const codes = new Map<string, Code>()
  const kept: Pick<OpenIdProvider, 'tamper' | 'person'> = { tamper: (claims) => claims, person: undefined }
  let issuer = ''

  async function token(form: URLSearchParams): Promise<unknown> {
    const code = codes.get(form.get('code') ?? '')
    codes.delete(form.get('code') ?? '')
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url')
    const isClient = form.get('client_id') === client.id && form.get('client_secret') === client.secret
    if (!code || code.challenge !== challenge || !isClient) return { error: 'invalid_grant' }
    const seconds = Math.floor(Date.now() / 1000)
    const usual = { iss: issuer, aud: client.id, iat: seconds, exp: seconds + 300, ...code.claims }
    const signed = new SignJWT(kept.tamper(usual)).setProtectedHeader({ alg: 'RS256', kid: 'one' }).sign(privateKey)
    return { access_token: 'none', token_type: 'bearer', id_token: await signed }
  }

  const signIn = (url: string, claims: Record<string, unknown>) => {
    const asked = new URL(url).searchParams
    const code = randomBytes(16).toString('hex')
    codes.set(code, { claims: { nonce: asked.get('nonce'), ...claims }, challenge: asked.get('code_challenge')! })
    const back = new URL(asked.get('redirect_uri')!)
    back.searchParams.set('code', code)
    back.searchParams.set('state', asked.get('state')!)
    return back
  }

  const server = createServer(async (request, response) => {
    if (request.url!.startsWith('/authorize?') && kept.person) {
      response.writeHead(302, { location: signIn(`${issuer}${request.url}`, kept.person).href }).end()
      return
    }
    const answers: Record<string, () => Promise<unknown>> = {
      '/.well-known/openid-configuration': async () => ({
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/jwks`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
      }),
      '/jwks': async () => ({ keys: [jwk] }),
      '/token': async () => token(new URLSearchParams(await text(request))),
    }
    const body = (await answers[request.url!]?.()) as Record<string, unknown> | undefined
    response.writeHead(body === undefined ? 404 : 'error' in body ? 400 : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(body ?? {}))
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  return Object.assign(kept, {
    issuer,
    signIn,
    close: () => new Promise<void>((closed) => server.close(() => closed())),
  })
}
