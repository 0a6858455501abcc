/** What a server says of its authorization: https://hl7.org/fhir/smart-app-launch/conformance.html */

export interface Endpoints {
  /** As the server names itself; the FHIR base where it does not. */
  readonly issuer: string
  readonly authorization: string
  readonly token: string
  readonly jwks?: string
  readonly endSession?: string
  /** Undefined where the server does not tell. */
  readonly capabilities: readonly string[] | undefined
}

/** A server that cannot be launched from, in words for whoever set it up. */
export class DiscoveryError extends Error {}

interface Configuration {
  readonly issuer?: string
  readonly authorization_endpoint?: string
  readonly token_endpoint?: string
  readonly jwks_uri?: string
  readonly end_session_endpoint?: string
  readonly capabilities?: readonly string[]
}

/** Asks for `smart-configuration`, and where there is none for the CapabilityStatement's extension. */
export async function discover(iss: string, fetcher: typeof fetch = fetch): Promise<Endpoints> {
  const found = (await smartConfiguration(iss, fetcher)) ?? (await fromCapabilities(iss, fetcher))
  const { authorization_endpoint: authorization, token_endpoint: token } = found ?? {}
  if (!found || !authorization || !token) throw new DiscoveryError(`${iss} does not say where to sign in.`)
  // Some servers answer with addresses relative to their base.
  const absolute = (address: string) => new URL(address, `${iss}/`).href
  return {
    issuer: found.issuer ?? iss,
    authorization: absolute(authorization),
    token: absolute(token),
    capabilities: found.capabilities,
    ...(found.jwks_uri && { jwks: absolute(found.jwks_uri) }),
    ...(found.end_session_endpoint && { endSession: absolute(found.end_session_endpoint) }),
  }
}

async function smartConfiguration(iss: string, fetcher: typeof fetch): Promise<Configuration | undefined> {
  const json = await readJson(`${iss}/.well-known/smart-configuration`, fetcher)
  return json as Configuration | undefined
}

const oauthUris = 'http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris'

interface Extension {
  readonly url: string
  readonly valueUri?: string
  readonly extension?: readonly Extension[]
}

async function fromCapabilities(iss: string, fetcher: typeof fetch): Promise<Configuration | undefined> {
  const statement = (await readJson(`${iss}/metadata`, fetcher)) as
    | { readonly rest?: readonly { readonly security?: { readonly extension?: readonly Extension[] } }[] }
    | undefined
  const extensions = statement?.rest?.flatMap(({ security }) => security?.extension ?? []) ?? []
  const parts = extensions.find(({ url }) => url === oauthUris)?.extension ?? []
  const uri = (name: string) => parts.find(({ url }) => url === name)?.valueUri
  const [authorize, token] = [uri('authorize'), uri('token')]
  return authorize && token ? { authorization_endpoint: authorize, token_endpoint: token } : undefined
}

async function readJson(url: string, fetcher: typeof fetch): Promise<unknown> {
  const response = await fetcher(url, { headers: { accept: 'application/json, application/fhir+json;q=0.9' } })
  if (!response.ok) return undefined
  return response.json().catch(() => undefined)
}
