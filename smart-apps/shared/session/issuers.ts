/** The servers that the apps may be launched from: one file beside the apps, so that the same build runs anywhere. */

export interface Issuer {
  /** The FHIR base, without a slash at its end. */
  readonly iss: string
  /** Client ids by the name of the app. */
  readonly clients: Readonly<Record<string, string>>
  /** Where a server knows other scopes than the app asks for. */
  readonly scopes?: Readonly<Record<string, string>>
  /** Exchanges codes for tokens where the server demands a secret; takes what the token endpoint takes. */
  readonly relay?: string
}

/** Reads `issuers.json`; a relative `iss` is one of the origin that serves the apps. */
export async function readIssuers(url: string | URL): Promise<readonly Issuer[]> {
  const response = await fetch(url, { cache: 'no-cache', headers: { accept: 'application/json' } })
  if (!response.ok) throw new Error(`The list of servers could not be read (${response.status}).`)
  const { issuers } = (await response.json()) as { issuers?: readonly Issuer[] }
  return (issuers ?? []).map(({ relay, ...issuer }) => ({
    ...issuer,
    iss: normalIssuer(new URL(issuer.iss, url).href),
    ...(relay !== undefined && { relay: new URL(relay, url).href }),
  }))
}

/** The one that is meant; undefined where launches from it are not allowed. */
export function findIssuer(issuers: readonly Issuer[], iss: string): Issuer | undefined {
  return issuers.find((issuer) => issuer.iss === normalIssuer(iss))
}

/** Addresses of one server: a slash at the end means nothing, and nothing else is overlooked. */
function normalIssuer(iss: string): string {
  return URL.canParse(iss) ? new URL(iss).href.replace(/\/+$/, '') : iss
}
