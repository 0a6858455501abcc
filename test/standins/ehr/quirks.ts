/**
 * How EHRs differ, as data: what apps meet outside of this server. Named for the products whose public documentation
 * describes such behaviour; none is a copy of one.
 */

export interface Quirks {
  readonly name: string
  /** `v1`: `patient/Observation.read`; asked for others, such a server grants what it understands. */
  readonly scopes: 'v1' | 'v2'
  /** What codes and access tokens look like. */
  readonly codes: 'opaque' | 'jwt'
  readonly tokens: 'opaque' | 'jwt'
  /** Members of smart-configuration that are missing; `all`: there is none, the CapabilityStatement tells. */
  readonly undiscovered: 'all' | readonly string[]
  /** Addresses in smart-configuration and links are relative to the FHIR base. */
  readonly relativeUrls: boolean
  /** Search parameters that are refused, besides `_include`. */
  readonly refusedParameters: readonly string[]
  readonly pageSize: number
  /** What an error's body is. */
  readonly errors: 'outcome' | 'html' | 'empty'
  /** Of so many requests each answers 429 with `Retry-After`. */
  readonly busyEvery: number | undefined
  /** Seconds that an access token is good for, whatever `expires_in` says. */
  readonly tokenLife: number
  readonly refreshes: boolean
  /** Clients must have a secret. */
  readonly confidential: boolean
  /** Members of the token response that are missing. */
  readonly untold: readonly string[]
  readonly idToken: boolean
}

const usual: Quirks = {
  name: 'plain',
  scopes: 'v2',
  codes: 'opaque',
  tokens: 'opaque',
  undiscovered: [],
  relativeUrls: false,
  refusedParameters: [],
  pageSize: 100,
  errors: 'outcome',
  busyEvery: undefined,
  tokenLife: 3600,
  refreshes: true,
  confidential: false,
  untold: [],
  idToken: true,
}

export const quirkProfiles: readonly Quirks[] = [
  usual,
  {
    ...usual,
    name: 'epic-like',
    scopes: 'v1',
    codes: 'jwt',
    tokens: 'jwt',
    undiscovered: ['issuer', 'jwks_uri'],
    pageSize: 10,
    refreshes: false,
    untold: ['need_patient_banner', 'smart_style_url'],
  },
  {
    ...usual,
    name: 'oracle-health-like',
    tokens: 'jwt',
    relativeUrls: true,
    pageSize: 20,
    refusedParameters: ['_sort'],
    busyEvery: 4,
    tokenLife: 2,
  },
  {
    ...usual,
    name: 'veradigm-like',
    scopes: 'v1',
    undiscovered: 'all',
    errors: 'html',
    pageSize: 7,
    confidential: true,
    idToken: false,
    untold: ['need_patient_banner', 'scope', 'expires_in'],
  },
  {
    ...usual,
    name: 'athena-like',
    scopes: 'v1',
    undiscovered: ['capabilities', 'issuer'],
    errors: 'empty',
    busyEvery: 3,
    pageSize: 25,
    confidential: true,
    refusedParameters: ['_sort', '_count'],
  },
]
