/** What the authorization server answers, by method and path. */
import { instant } from '../fhir/date-range.ts'
import { authorizeForm, authorizeGet, authorizeNext, authorizePost } from '../smart/authorize/endpoint.ts'
import { brandsBundle } from '../smart/brands.ts'
import { register } from '../smart/clients/register.ts'
import { openidConfiguration, smartConfiguration } from '../smart/discovery.ts'
import type { Handler } from '../smart/exchange.ts'
import { token } from '../smart/grants/token.ts'
import { introspect } from '../smart/introspect.ts'
import { accessLog, accessPath, accessQuestion, accessQuestionPath } from '../smart/own-pages/access-log.ts'
import { ownAccount } from '../smart/own-pages/account.ts'
import { appsPath, connectedApps } from '../smart/own-pages/apps.ts'
import {
  beginExternal,
  beginExternalPath,
  external,
  externalPath,
  ownExternalPath,
} from '../smart/own-pages/external.ts'
import { chooseNewPassword, forgottenPassword, forgottenPath, resetPath } from '../smart/own-pages/forgotten.ts'
import { help } from '../smart/own-pages/help.ts'
import { askPath, askPractice, invitation, invitationPath } from '../smart/own-pages/invitation.ts'
import { launcher, launcherPath } from '../smart/own-pages/launcher.ts'
import { namePath, ownName } from '../smart/own-pages/name.ts'
import { ownExternal } from '../smart/own-pages/own-external.ts'
import { accountPath, signInPath, termsPath } from '../smart/own-pages/own-page.ts'
import { passkeyOptions, passkeyOptionsPath } from '../smart/own-pages/passkey-sign-in.ts'
import { addPasskey, addPasskeyPath, ownPasskeys, passkeysPath } from '../smart/own-pages/passkeys.ts'
import { emailPath, ownAddress, ownPassword, passwordPath } from '../smart/own-pages/password.ts'
import { ownPeople, peoplePath } from '../smart/own-pages/people.ts'
import {
  confirmNewAddress,
  confirmPath,
  registerAccount,
  registerPath,
  resendLink,
  resendPath,
  verifyOwnAddress,
  verifyPath,
} from '../smart/own-pages/register.ts'
import { emergencyReview, reviewPath } from '../smart/own-pages/review.ts'
import {
  backupCodesPath,
  newBackupCodes,
  secondFactor,
  secondFactorPath,
  turnOffPath,
  turnOffSecondFactor,
} from '../smart/own-pages/second-factor.ts'
import { acceptSignIn, showSignIn } from '../smart/own-pages/sign-in.ts'
import { staySignedIn } from '../smart/own-pages/stay.ts'
import { acceptOwnTerms } from '../smart/own-pages/terms.ts'
import { changeLanguage } from '../smart/pages/change-language.ts'
import { helpPath, languagePath } from '../smart/pages/person-layout.ts'
import { stayPath } from '../smart/pages/session-end.ts'
import { revoke } from '../smart/revoke.ts'
import { signOutPath, signOutRequest } from '../smart/sign-out/sign-out.ts'
import type { Smart } from '../smart/smart.ts'
import { smartStyle } from '../smart/style.ts'

export interface Route {
  readonly method: 'GET' | 'POST'
  readonly path: string
  /** What the body is. */
  readonly body?: 'form' | 'json'
  /** People see it in a browser: so what is wrong is a page, too. */
  readonly page?: true
  readonly make: (smart: Smart) => Handler
}

/** Pages whose forms are sent to themselves. */
const pages: readonly (readonly [string, Route['make']])[] = [
  [launcherPath, launcher],
  [accountPath, ownAccount],
  [secondFactorPath, secondFactor],
  [backupCodesPath, newBackupCodes],
  [turnOffPath, turnOffSecondFactor],
  [passwordPath, ownPassword],
  [passkeysPath, ownPasskeys],
  [addPasskeyPath, addPasskey],
  [emailPath, ownAddress],
  [namePath, ownName],
  [appsPath, connectedApps],
  [reviewPath, emergencyReview],
  [ownExternalPath, ownExternal],
  [peoplePath, ownPeople],
  [stayPath, staySignedIn],
  [termsPath, acceptOwnTerms],
  [accessQuestionPath, accessQuestion],
  [registerPath, registerAccount],
  [verifyPath, verifyOwnAddress],
  [confirmPath, confirmNewAddress],
  [resendPath, resendLink],
  [forgottenPath, forgottenPassword],
  [resetPath, chooseNewPassword],
  [invitationPath, invitation],
  [askPath, askPractice],
]

export const routes: readonly Route[] = [
  { method: 'GET', path: '/fhir/.well-known/smart-configuration', make: (smart) => known(smart, smartConfiguration) },
  { method: 'GET', path: '/.well-known/openid-configuration', make: (smart) => known(smart, openidConfiguration) },
  {
    method: 'GET',
    path: '/.well-known/oauth-authorization-server',
    make: (smart) => known(smart, openidConfiguration),
  },
  { method: 'GET', path: '/auth/jwks', make: jwks },
  { method: 'GET', path: '/auth/smart-style.json', make: () => fixed(() => smartStyle) },
  { method: 'GET', path: '/auth/brands.json', make: brands },
  { method: 'POST', path: '/auth/token', body: 'form', make: token },
  { method: 'POST', path: '/auth/introspect', body: 'form', make: introspect },
  { method: 'POST', path: '/auth/revoke', body: 'form', make: revoke },
  { method: 'POST', path: '/auth/register', body: 'json', make: register },
  { method: 'GET', path: '/auth/authorize', page: true, make: authorizeGet },
  { method: 'POST', path: '/auth/authorize', body: 'form', page: true, make: authorizePost },
  { method: 'GET', path: '/auth/authorize/next', page: true, make: authorizeNext },
  { method: 'POST', path: '/auth/authorize/next', body: 'form', page: true, make: authorizeForm },
  { method: 'GET', path: beginExternalPath, page: true, make: beginExternal },
  { method: 'GET', path: externalPath, page: true, make: external },
  { method: 'POST', path: passkeyOptionsPath, body: 'form', make: passkeyOptions },
  { method: 'GET', path: signInPath, page: true, make: showSignIn },
  { method: 'POST', path: signInPath, body: 'form', page: true, make: acceptSignIn },
  { method: 'GET', path: signOutPath, page: true, make: signOutRequest },
  { method: 'POST', path: signOutPath, body: 'form', page: true, make: signOutRequest },
  { method: 'GET', path: accessPath, page: true, make: accessLog },
  { method: 'GET', path: helpPath, page: true, make: help },
  { method: 'POST', path: languagePath, body: 'form', page: true, make: changeLanguage },
  ...pages.flatMap(([path, make]): Route[] => [
    { method: 'GET', path, page: true, make },
    { method: 'POST', path, body: 'form', page: true, make },
  ]),
]

/** Documents that tell nothing of anybody may be kept for a while. */
const documentAge = 300

function fixed(make: () => object): Handler {
  return async () => ({ status: 200, json: make(), maxAge: documentAge })
}

function known({ urls, context }: Smart, make: (urls: Smart['urls'], registers: boolean) => object): Handler {
  return fixed(() => make(urls, context().config.clientRegistration !== 'off'))
}

function jwks({ keys }: Smart): Handler {
  return async () => ({ status: 200, json: await keys.published(), maxAge: documentAge })
}

function brands({ urls, context }: Smart): Handler {
  const { now, config } = context()
  const since = instant(now())
  return fixed(() => brandsBundle(urls, config.practiceName, since))
}
