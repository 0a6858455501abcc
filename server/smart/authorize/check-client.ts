import { findClient } from '../../store/smart/clients.ts'
import { required } from '../exchange.ts'
import { OAuthError } from '../oauth-error.ts'
import { goOn, type Step } from './state.ts'

/** The client is known and may launch. */
export const checkClient: Step = {
  name: 'client',
  check: async (state, smart) => {
    if (state.repeated.includes('client_id'))
      throw new OAuthError('invalid_request', 'The parameter client_id is there twice.')
    const client = await findClient(smart.context().store.database, required(state.parameters, 'client_id'))
    if (!client) throw new OAuthError('invalid_request', 'This app is not registered here: its client_id is not known.')
    if (client.state === 'waiting')
      throw new OAuthError('invalid_request', 'This app waits for the approval of an administrator.')
    if (client.state !== 'active') throw new OAuthError('invalid_request', 'This app was disabled by an administrator.')
    return goOn(state, { client })
  },
}
