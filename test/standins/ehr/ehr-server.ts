/**
 * An EHR that is not this server: its own code, its own issuer and keys. It authorizes SMART apps, and answers reads and
 * simple searches from what it is given, with the quirks it is told to have.
 */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Quirks } from './quirks.ts'

export interface Ehr {
  /** The FHIR base. */
  readonly iss: string
  readonly origin: string
  /** Where whoever works in the EHR opens an app: it leads to the app's launch URL. */
  launchUrl(app: string): string
  /** What was asked of the FHIR interface. */
  readonly asked: readonly string[]
  /** The server cannot be reached any more, or again. */
  setReachable(isReachable: boolean): void
  /** All tokens end. */
  revokeAll(): void
  close(): Promise<void>
}

type Resource = Record<string, unknown> & { readonly resourceType: string; readonly id: string }

export interface EhrOptions {
  readonly quirks: Quirks
  readonly resources: readonly Resource[]
  /** The patient that apps are launched for. */
  readonly patient: string
  readonly clientId: string
  readonly secret: string
}

interface Granted {
  readonly clientId: string
  readonly redirectUri: string
  readonly scope: string
  readonly challenge: string
  readonly nonce: string | undefined
}

class Problem extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

export async function startEhr(options: EhrOptions): Promise<Ehr> {
  const ehr = new EhrState(options)
  const server = createServer((request, response) => ehr.answer(request, response))
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  ehr.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    iss: ehr.iss,
    origin: ehr.origin,
    asked: ehr.asked,
    launchUrl: (app) => `${ehr.origin}/open?app=${encodeURIComponent(app)}`,
    setReachable: (isReachable) => {
      ehr.isReachable = isReachable
    },
    revokeAll: () => ehr.tokens.clear(),
    close: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}

class EhrState {
  origin = ''
  isReachable = true
  readonly asked: string[] = []
  readonly tokens = new Map<string, number>()
  readonly #codes = new Map<string, Granted>()
  readonly #refreshes = new Map<string, Granted>()
  readonly #launches = new Set<string>()
  readonly #options: EhrOptions
  readonly #key: { readonly privateKey: KeyObject; readonly publicKey: KeyObject }
  #served = 0

  constructor(options: EhrOptions) {
    this.#options = options
    this.#key = generateKeyPairSync('rsa', { modulusLength: 2048 })
  }

  get iss(): string {
    return `${this.origin}/interop/r4`
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!this.isReachable) {
      request.socket.destroy()
      return
    }
    response.setHeader('access-control-allow-origin', '*')
    response.setHeader('access-control-allow-headers', 'authorization, content-type, accept')
    response.setHeader('access-control-expose-headers', 'retry-after')
    if (request.method === 'OPTIONS') {
      response.writeHead(204).end()
      return
    }
    const url = new URL(request.url!, this.origin)
    try {
      const body = request.method === 'POST' ? new URLSearchParams(await textOf(request)) : url.searchParams
      this.#route(url, body, request, response)
    } catch (error) {
      this.#fail(error, response)
    }
  }

  #route(url: URL, body: URLSearchParams, request: IncomingMessage, response: ServerResponse): void {
    const fhir = '/interop/r4'
    const routes: Readonly<Record<string, () => void>> = {
      '/open': () => this.#open(url, response),
      '/oauth2/authorize': () => this.#authorize(url.searchParams, response),
      '/oauth2/decision': () => this.#decide(body, response),
      '/oauth2/token': () => json(response, this.#token(body, request)),
      '/oauth2/keys': () => json(response, { keys: [this.#publicKey()] }),
      [`${fhir}/.well-known/smart-configuration`]: () => json(response, this.#configuration()),
      [`${fhir}/metadata`]: () => json(response, this.#capabilities()),
    }
    const route = routes[url.pathname]
    if (route) route()
    else if (url.pathname.startsWith(`${fhir}/`)) this.#fhir(url, request, response)
    else throw new Problem(404, 'There is nothing here.')
  }

  /** A button of the EHR: a launch handle for the app. */
  #open(url: URL, response: ServerResponse): void {
    const launch = randomBytes(16).toString('hex')
    this.#launches.add(launch)
    const app = new URL(url.searchParams.get('app')!)
    app.searchParams.set('iss', this.iss)
    app.searchParams.set('launch', launch)
    response.writeHead(302, { location: app.href }).end()
  }

  #endpoints() {
    const { relativeUrls } = this.#options.quirks
    const at = (path: string) => (relativeUrls ? `../../oauth2/${path}` : `${this.origin}/oauth2/${path}`)
    return { authorization_endpoint: at('authorize'), token_endpoint: at('token'), jwks_uri: at('keys') }
  }

  #configuration(): object {
    const { undiscovered, confidential, scopes } = this.#options.quirks
    if (undiscovered === 'all') throw new Problem(404, 'Not supported.')
    const all = {
      issuer: `${this.origin}/oauth2`,
      ...this.#endpoints(),
      grant_types_supported: ['authorization_code'],
      code_challenge_methods_supported: ['S256'],
      capabilities: [
        ...['launch-ehr', 'launch-standalone', scopes === 'v2' ? 'permission-v2' : 'permission-v1'],
        confidential ? 'client-confidential-symmetric' : 'client-public',
      ],
    }
    return Object.fromEntries(Object.entries(all).filter(([name]) => !undiscovered.includes(name)))
  }

  #capabilities(): object {
    const { authorization_endpoint, token_endpoint } = this.#endpoints()
    const extension = [
      {
        url: 'http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris',
        extension: [
          { url: 'authorize', valueUri: authorization_endpoint },
          { url: 'token', valueUri: token_endpoint },
        ],
      },
    ]
    return {
      resourceType: 'CapabilityStatement',
      fhirVersion: '4.0.1',
      rest: [{ mode: 'server', security: { extension } }],
    }
  }

  /** Whoever is at the EHR has signed in there; they are asked whether the app may see the record. */
  #authorize(query: URLSearchParams, response: ServerResponse): void {
    const { clientId } = this.#options
    if (query.get('client_id') !== clientId) throw new Problem(400, 'Unknown client.')
    if (query.get('aud') !== this.iss) throw new Problem(400, 'Wrong aud.')
    if (query.get('code_challenge_method') !== 'S256') throw new Problem(400, 'PKCE is demanded.')
    const launch = query.get('launch')
    if (launch !== null && !this.#launches.delete(launch)) throw new Problem(400, 'Unknown launch.')
    if ((launch === null) === (query.get('scope') ?? '').split(' ').includes('launch')) {
      throw new Problem(400, 'Scope and launch do not go together.')
    }
    const fields = [...query].map(
      ([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`,
    )
    response.writeHead(200, { 'content-type': 'text/html' }).end(
      `<!doctype html><html lang="en"><title>EHR</title><main><h1>EHR</h1>
      <form method="post" action="/oauth2/decision">${fields.join('')}<button>Allow</button></form></main></html>`,
    )
  }

  #decide(form: URLSearchParams, response: ServerResponse): void {
    const code = this.#secret(this.#options.quirks.codes)
    this.#codes.set(code, {
      clientId: form.get('client_id')!,
      redirectUri: form.get('redirect_uri')!,
      scope: this.#granted(form.get('scope') ?? ''),
      challenge: form.get('code_challenge')!,
      nonce: form.get('nonce') ?? undefined,
    })
    const back = new URL(form.get('redirect_uri')!)
    back.searchParams.set('code', code)
    back.searchParams.set('state', form.get('state')!)
    response.writeHead(303, { location: back.href }).end()
  }

  /** A server of the first version understands nothing of the second. */
  #granted(scope: string): string {
    const isOld = this.#options.quirks.scopes === 'v1'
    const known = scope.split(' ').filter((one) => !isOld || !/\.[cruds]+(\?|$)/.test(one))
    return known.join(' ')
  }

  #token(form: URLSearchParams, request: IncomingMessage): object {
    const { clientId, quirks } = this.#options
    this.#checkClient(form, request)
    const granted = form.get('grant_type') === 'refresh_token' ? this.#refreshed(form) : this.#exchanged(form)
    if (granted.clientId !== clientId) throw new Problem(400, 'Another client.')
    const token = this.#secret(quirks.tokens)
    this.tokens.set(token, Date.now() + quirks.tokenLife * 1000)
    const refresh = this.#secret('opaque')
    this.#refreshes.set(refresh, granted)
    const isAsked = granted.scope.split(' ').includes('openid')
    const all = {
      access_token: token,
      token_type: 'Bearer',
      expires_in: 3600,
      scope: granted.scope,
      patient: this.#options.patient,
      need_patient_banner: false,
      smart_style_url: `${this.origin}/style.json`,
      ...(quirks.refreshes && { refresh_token: refresh }),
      ...(isAsked && quirks.idToken && { id_token: this.#idToken(granted) }),
    }
    return Object.fromEntries(Object.entries(all).filter(([name]) => !quirks.untold.includes(name)))
  }

  #checkClient(form: URLSearchParams, { headers }: IncomingMessage): void {
    const { clientId, secret, quirks } = this.#options
    const given = headers.authorization ?? ''
    const expected = `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`
    const isRight = quirks.confidential ? given === expected : form.get('client_id') === clientId && given === ''
    if (!isRight) throw new Problem(401, 'The client is not known.')
  }

  #exchanged(form: URLSearchParams): Granted {
    const code = form.get('code') ?? ''
    const granted = this.#codes.get(code)
    this.#codes.delete(code)
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url')
    if (!granted || granted.challenge !== challenge || granted.redirectUri !== form.get('redirect_uri')) {
      throw new Problem(400, 'The code is not right.')
    }
    return granted
  }

  #refreshed(form: URLSearchParams): Granted {
    const token = form.get('refresh_token') ?? ''
    const granted = this.#refreshes.get(token)
    this.#refreshes.delete(token)
    if (!granted) throw new Problem(400, 'The refresh token was used.')
    return granted
  }

  #secret(form: 'opaque' | 'jwt'): string {
    return form === 'opaque' ? randomBytes(24).toString('hex') : this.#signed({ jti: randomBytes(8).toString('hex') })
  }

  #idToken({ clientId, nonce }: Granted): string {
    const { undiscovered } = this.#options.quirks
    const isNamed = undiscovered !== 'all' && !undiscovered.includes('issuer')
    const seconds = Math.floor(Date.now() / 1000)
    return this.#signed({
      iss: isNamed ? `${this.origin}/oauth2` : this.iss,
      sub: 'clinician-7',
      aud: clientId,
      iat: seconds,
      exp: seconds + 300,
      ...(nonce !== undefined && { nonce }),
      fhirUser: `${this.iss}/Patient/${this.#options.patient}`,
    })
  }

  #signed(claims: object): string {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const text = `${part({ alg: 'RS256', kid: 'ehr' })}.${part(claims)}`
    return `${text}.${sign('sha256', Buffer.from(text), this.#key.privateKey).toString('base64url')}`
  }

  #publicKey(): object {
    return { ...this.#key.publicKey.export({ format: 'jwk' }), kid: 'ehr', alg: 'RS256', use: 'sig' }
  }

  #fhir(url: URL, { headers }: IncomingMessage, response: ServerResponse): void {
    const { busyEvery } = this.#options.quirks
    this.asked.push(url.pathname + url.search)
    this.#served++
    if (busyEvery !== undefined && this.#served % busyEvery === 0) {
      response.setHeader('retry-after', '1')
      throw new Problem(429, 'Too many requests.')
    }
    const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? ''
    if ((this.tokens.get(token) ?? 0) < Date.now()) throw new Problem(401, 'The token is not good.')
    const [, , , type = '', id] = url.pathname.split('/')
    if (id?.startsWith('$') || url.pathname.split('/').length > 5) throw new Problem(404, 'Not supported.')
    const find = () => this.#options.resources.find((one) => one.resourceType === type && one.id === id)
    const found = id === undefined ? this.#search(type, url) : find()
    if (!found) throw new Problem(404, 'Not found.')
    json(response, found, 'application/fhir+json')
  }

  #search(type: string, url: URL): object {
    const { quirks, resources } = this.#options
    const query = url.searchParams
    const refused = ['_include', '_revinclude', ...quirks.refusedParameters].find((name) => query.has(name))
    if (refused) throw new Problem(400, `The parameter ${refused} is not supported.`)
    const matches = resources.filter((one) => one.resourceType === type && isMatch(one, query))
    if (query.get('_sort') === '-date')
      matches.sort((a, b) => String(b['effectiveDateTime']).localeCompare(String(a['effectiveDateTime'])))
    const size = Math.min(Number(query.get('_count') ?? quirks.pageSize), quirks.pageSize)
    const start = Number(query.get('page') ?? 0)
    const next = new URLSearchParams(query)
    next.set('page', String(start + size))
    const base = quirks.relativeUrls ? '' : `${this.iss}/`
    const link = start + size < matches.length ? [{ relation: 'next', url: `${base}${type}?${next}` }] : []
    const entry = matches.slice(start, start + size).map((resource) => ({ resource, search: { mode: 'match' } }))
    return { resourceType: 'Bundle', type: 'searchset', link, entry }
  }

  #fail(error: unknown, response: ServerResponse): void {
    const { errors } = this.#options.quirks
    const status = error instanceof Problem ? error.status : 500
    const text = error instanceof Error ? error.message : String(error)
    if (errors === 'empty') {
      response.writeHead(status).end()
      return
    }
    if (errors === 'html') {
      response.writeHead(status, { 'content-type': 'text/html' }).end(`<html><h1>Error</h1>${escaped(text)}</html>`)
      return
    }
    const issue = [{ severity: 'error', code: 'processing', diagnostics: text }]
    response.statusCode = status
    json(response, { resourceType: 'OperationOutcome', issue }, 'application/fhir+json')
  }
}

/** `patient`, `category` and `status`: what apps search by. */
function isMatch(resource: Resource, query: URLSearchParams): boolean {
  const text = JSON.stringify(resource)
  const patient = query.get('patient')
  const category = query.get('category')
  const status = query.get('status')
  return (
    (patient === null || text.includes(`"Patient/${patient.replace('Patient/', '')}"`)) &&
    (category === null || category.split(',').some((code) => text.includes(`"code":"${code.split('|').at(-1)}"`))) &&
    (status === null || status.split(',').includes(String(resource['status'])))
  )
}

function json(response: ServerResponse, body: object, type = 'application/json'): void {
  response.setHeader('content-type', type)
  response.end(JSON.stringify(body))
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts).toString()
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`)
}
