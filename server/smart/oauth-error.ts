/**
 * Every fault that the authorization server reports, by its code. https://www.rfc-editor.org/rfc/rfc6749#section-5.2
 */

const statuses = {
  // RFC 6749
  invalid_request: 400,
  invalid_client: 401,
  invalid_grant: 400,
  unauthorized_client: 400,
  unsupported_grant_type: 400,
  invalid_scope: 400,
  access_denied: 403,
  unsupported_response_type: 400,
  server_error: 500,
  temporarily_unavailable: 503,
  // OpenID Connect Core
  login_required: 400,
  consent_required: 400,
  interaction_required: 400,
  request_not_supported: 400,
  request_uri_not_supported: 400,
  registration_not_supported: 400,
  // https://openid.net/specs/openid-connect-unmet-authentication-requirements-1_0.html
  unmet_authentication_requirements: 400,
  // RFC 6750
  invalid_token: 401,
  // RFC 7009
  unsupported_token_type: 400,
  // RFC 7591
  invalid_redirect_uri: 400,
  invalid_client_metadata: 400,
  // RFC 8707
  invalid_target: 400,
} as const

export type OAuthErrorCode = keyof typeof statuses

/** Ends a request; how it is told depends on where it was asked: as JSON, by a redirect, or on a page. */
export class OAuthError extends Error {
  readonly code: OAuthErrorCode
  readonly status: number

  /** `message` is for developers: printable ASCII without quotes, as RFC 6749 demands of descriptions. */
  constructor(code: OAuthErrorCode, message: string) {
    super(message.replace(/[^\x20-\x7e]/g, '?').replace(/["\\]/g, "'"))
    this.code = code
    this.status = statuses[code]
  }
}
