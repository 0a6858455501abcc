import { OAuthError, type OAuthErrorCode } from '../oauth-error.ts'
import { goOn, type Step } from './state.ts'

/** Parameters that would change what everything else means, and are not understood here. */
const refused: Readonly<Record<string, OAuthErrorCode>> = {
  request: 'request_not_supported',
  request_uri: 'request_uri_not_supported',
  registration: 'registration_not_supported',
}

const longest = 4000

/** Each parameter is there once, and is one that can be understood. */
export const checkParameters: Step = {
  name: 'parameters',
  check: async (state) => {
    const { parameters, repeated } = state
    if (repeated.length > 0) throw new OAuthError('invalid_request', `The parameter ${repeated[0]} is there twice.`)
    for (const [name, value] of parameters) {
      if (value.length > longest)
        throw new OAuthError('invalid_request', `The parameter ${name.slice(0, 40)} is too long.`)
      if (Object.hasOwn(refused, name)) throw new OAuthError(refused[name]!, `The parameter ${name} is not supported.`)
    }
    if (!parameters.has('state')) throw new OAuthError('invalid_request', 'The parameter state is missing.')
    if (!isQuery(parameters.get('response_mode'))) throw new OAuthError('invalid_request', 'response_mode is query.')
    const prompts = parameters.get('prompt')?.split(' ') ?? []
    if (prompts.some((one) => !known.includes(one)) || (prompts.includes('none') && prompts.length > 1)) {
      throw new OAuthError('invalid_request', 'prompt is none, login or consent.')
    }
    if (!/^\d{1,9}$/.test(parameters.get('max_age') ?? '0'))
      throw new OAuthError('invalid_request', 'max_age is a number of seconds.')
    return goOn(state)
  },
}

const known = ['none', 'login', 'consent', 'select_account']

function isQuery(mode: string | undefined): boolean {
  return mode === undefined || mode === 'query'
}
