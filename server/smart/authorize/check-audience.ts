import { required } from '../exchange.ts'
import { OAuthError } from '../oauth-error.ts'
import { goOn, type Step } from './state.ts'

/** The app means this server: else it would send our tokens to somebody else. */
export const checkAudience: Step = {
  name: 'audience',
  check: async (state, { urls }) => {
    const isOurs = (value: string) => value.replace(/\/$/, '') === urls.fhir
    if (!isOurs(required(state.parameters, 'aud'))) throw new OAuthError('invalid_request', `aud must be ${urls.fhir}.`)
    const resource = state.parameters.get('resource')
    if (resource !== undefined && !isOurs(resource))
      throw new OAuthError('invalid_target', `resource must be ${urls.fhir}.`)
    return goOn(state)
  },
}
