import { required } from '../exchange.ts'
import { OAuthError } from '../oauth-error.ts'
import { goOn, type Step } from './state.ts'

/** A code is of use to whoever asked for it alone. https://www.rfc-editor.org/rfc/rfc7636 */
export const checkPkce: Step = {
  name: 'pkce',
  check: async (state) => {
    const challenge = required(state.parameters, 'code_challenge')
    // Without a method, plain would be meant.
    if (state.parameters.get('code_challenge_method') !== 'S256') {
      throw new OAuthError('invalid_request', 'code_challenge_method must be S256.')
    }
    if (!/^[\w-]{43}$/.test(challenge)) throw new OAuthError('invalid_request', 'code_challenge is no S256 challenge.')
    return goOn(state)
  },
}
