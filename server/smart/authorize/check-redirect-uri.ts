import { isRegisteredUri } from '../clients/redirect-uris.ts'
import { required } from '../exchange.ts'
import { OAuthError } from '../oauth-error.ts'
import { goOn, type Step } from './state.ts'

/** The answer goes where the client registered, or nowhere. */
export const checkRedirectUri: Step = {
  name: 'redirect-uri',
  check: async (state) => {
    if (state.repeated.includes('redirect_uri')) {
      throw new OAuthError('invalid_request', 'The parameter redirect_uri is there twice.')
    }
    const redirectUri = required(state.parameters, 'redirect_uri')
    if (!isRegisteredUri(redirectUri, state.client!.redirectUris)) {
      throw new OAuthError('invalid_request', 'The redirect_uri is none that this app has registered.')
    }
    return goOn(state, { redirectUri })
  },
}
