import { secretHash } from '../../store/accounts/codes.ts'
import { takeLaunch } from '../../store/smart/launches.ts'
import { OAuthError } from '../oauth-error.ts'
import { includesScope } from './check-scope.ts'
import { goOn, type Step } from './state.ts'

/** What the handle of an app that was launched from inside stands for. It is used up. */
export const resolveLaunch: Step = {
  name: 'launch',
  check: async (state, smart) => {
    const { store, now } = smart.context()
    const handle = state.parameters.get('launch')
    if (handle === undefined) {
      const asked = state.asked!.filter((scope) => scope.kind === 'resource' || scope.name !== 'launch')
      if (asked.length === 0) throw new OAuthError('invalid_request', 'The scope launch needs the parameter launch.')
      return goOn(state, { asked })
    }
    if (!includesScope(state.asked!, 'launch'))
      throw new OAuthError('invalid_scope', 'The parameter launch needs the scope launch.')
    if (state.progress.launch) return goOn(state)
    const launch = await takeLaunch(store.database, secretHash(handle), now())
    if (!launch || (launch.client !== null && launch.client !== state.client!.id)) {
      throw new OAuthError('invalid_request', 'launch is not known, has expired, or was used before.')
    }
    return goOn(state, { progress: { ...state.progress, launch } })
  },
}
