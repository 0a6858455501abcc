/** When a password alone is not enough. */

export interface MfaCase {
  /** Roles of the account. */
  readonly roles: readonly string[]
  /** How the person was recognized in this session: RFC 8176. */
  readonly methods: readonly string[]
  /** Roles that must have a second factor. */
  readonly mfaRoles: readonly string[]
  /** The client demands one: `require_mfa` of its metadata. */
  readonly clientRequires?: boolean
}

/** Another factor besides the password: https://www.rfc-editor.org/rfc/rfc8176. A passkey with the person verified is two. */
const strong = new Set(['mfa', 'otp', 'hwk', 'swk'])

/**
 * Whether the session is enough for the client. Where it is not, and the client may not ask:
 * `unmet_authentication_requirements`, https://openid.net/specs/openid-connect-unmet-authentication-requirements-1_0.html
 */
export function needsSecondFactor({ roles, methods, mfaRoles, clientRequires = false }: MfaCase): boolean {
  const isWanted = clientRequires || roles.some((role) => mfaRoles.includes(role))
  return isWanted && !methods.some((method) => strong.has(method))
}

/** The `acr` of an ID token: NIST SP 800-63B. */
export function assurance(methods: readonly string[]): string {
  return methods.some((method) => strong.has(method)) ? 'urn:candela:acr:2' : 'urn:candela:acr:1'
}
