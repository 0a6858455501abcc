/** Where everything is, and what it can do. https://hl7.org/fhir/smart-app-launch/STU2.2/conformance.html */
import { authMethods, clientGrantTypes } from '../store/smart/clients.ts'
import { appStateSegment } from './app-state/app-state.ts'
import { assertionAlgorithms } from './clients/client-assertion.ts'
import type { SmartUrls } from './smart.ts'

export const smartCapabilities = [
  'launch-ehr',
  'launch-standalone',
  'authorize-post',
  'client-public',
  'client-confidential-symmetric',
  'client-confidential-asymmetric',
  'sso-openid-connect',
  'context-banner',
  'context-style',
  'context-ehr-patient',
  'context-ehr-encounter',
  'context-standalone-patient',
  'context-standalone-encounter',
  'permission-offline',
  'permission-online',
  'permission-patient',
  'permission-user',
  'permission-v1',
  'permission-v2',
] as const

const scopes = [
  ...[
    'openid',
    'fhirUser',
    'profile',
    'launch',
    'launch/patient',
    'launch/encounter',
    'offline_access',
    'online_access',
  ],
  ...['patient', 'user', 'system'].flatMap((context) => [
    `${context}/*.cruds`,
    `${context}/*.rs`,
    `${context}/*.*`,
    `${context}/*.read`,
  ]),
  ...['Patient', 'Observation', 'Condition'].map((type) => `patient/${type}.rs`),
]

/** `/fhir/.well-known/smart-configuration` */
export function smartConfiguration(urls: SmartUrls, registers: boolean): object {
  return {
    ...common(urls, registers),
    management_endpoint: urls.management,
    capabilities: smartCapabilities,
    associated_endpoints: [{ url: `${urls.fhir}/${appStateSegment}`, capabilities: ['smart-app-state'] }],
    user_access_brand_bundle: urls.brands,
    user_access_brand_identifier: { system: 'urn:ietf:rfc:3986', value: urls.issuer },
  }
}

/** `/.well-known/openid-configuration`: https://openid.net/specs/openid-connect-discovery-1_0.html */
export function openidConfiguration(urls: SmartUrls, registers: boolean): object {
  return {
    ...common(urls, registers),
    end_session_endpoint: urls.logout,
    frontchannel_logout_supported: true,
    frontchannel_logout_session_supported: true,
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    claims_supported: [
      'iss',
      'sub',
      'aud',
      'exp',
      'iat',
      'auth_time',
      'nonce',
      'at_hash',
      'amr',
      'acr',
      'fhirUser',
      'profile',
    ],
    acr_values_supported: ['urn:candela:acr:1', 'urn:candela:acr:2'],
    claims_parameter_supported: false,
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
    prompt_values_supported: ['none', 'login', 'consent'],
  }
}

function common(urls: SmartUrls, registers: boolean): object {
  const { issuer, jwks, authorize, token, introspect, revoke, register } = urls
  const confidential = authMethods.filter((method) => method !== 'none')
  return {
    issuer,
    jwks_uri: jwks,
    authorization_endpoint: authorize,
    token_endpoint: token,
    token_endpoint_auth_methods_supported: authMethods,
    token_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
    introspection_endpoint: introspect,
    introspection_endpoint_auth_methods_supported: confidential,
    introspection_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
    revocation_endpoint: revoke,
    revocation_endpoint_auth_methods_supported: authMethods,
    revocation_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
    ...(registers && { registration_endpoint: register }),
    scopes_supported: scopes,
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: clientGrantTypes,
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
  }
}
