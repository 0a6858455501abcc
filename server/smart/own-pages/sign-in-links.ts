/** What the page for signing in leads to. */
import type { SignInView } from '../pages/sign-in-page.ts'
import type { Smart } from '../smart.ts'
import { beginExternalPath, providerName } from './external.ts'
import { forgottenPath } from './forgotten.ts'
import { passkeyScript } from './passkey-sign-in.ts'
import { registerPath } from './register.ts'

export function signInLinks({
  context,
}: Smart): Pick<SignInView, 'providers' | 'registerHref' | 'forgotHref' | 'passkeyScript'> {
  const { oidcIssuer } = context().config
  return {
    providers: oidcIssuer === undefined ? [] : [{ name: providerName(oidcIssuer), href: beginExternalPath }],
    registerHref: registerPath,
    forgotHref: forgottenPath,
    passkeyScript,
  }
}
