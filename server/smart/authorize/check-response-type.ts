import { required } from '../exchange.ts'
import { OAuthError } from '../oauth-error.ts'
import { goOn, type Step } from './state.ts'

/** A code, and nothing that would show a token to a browser's history. */
export const checkResponseType: Step = {
  name: 'response-type',
  check: async (state) => {
    if (required(state.parameters, 'response_type') !== 'code') {
      throw new OAuthError('unsupported_response_type', 'response_type is code.')
    }
    if (!state.client!.grantTypes.includes('authorization_code')) {
      throw new OAuthError('unauthorized_client', 'The client is not registered for authorization_code.')
    }
    return goOn(state)
  },
}
