import { narrowScopes, parseScopes, type Scope } from '../../access/scope.ts'
import type { ClientRecord } from '../../store/smart/clients.ts'
import { required } from '../exchange.ts'
import { OAuthError } from '../oauth-error.ts'
import { usableScopes } from '../usable-scopes.ts'
import { goOn, type Step } from './state.ts'

/** What can be granted of what is asked: what the client is registered for, and means something here. */
export const checkScope: Step = {
  name: 'scope',
  check: async (state, smart) => {
    const text = required(state.parameters, 'scope')
    const meant = usableScopes(parseScopes(text).scopes, smart.context())
    const allowed = parseScopes(state.client!.scopes).scopes
    const asked = narrowScopes(meant.filter(isOfPerson), allowed).filter((scope) => isUseful(scope, state.client!))
    if (asked.length === 0) throw new OAuthError('invalid_scope', 'None of these scopes can be granted to the client.')
    return goOn(state, { asked })
  },
}

/** What belongs to backend services is not a person's to grant. */
function isOfPerson(scope: Scope): boolean {
  return scope.kind === 'plain' || scope.context !== 'system'
}

function isUseful(scope: Scope, { grantTypes }: ClientRecord): boolean {
  const isLasting = scope.kind === 'plain' && ['offline_access', 'online_access'].includes(scope.name)
  return !isLasting || grantTypes.includes('refresh_token')
}

/** Whether a plain scope is among them. */
export function includesScope(scopes: readonly Scope[], name: string): boolean {
  return scopes.some((scope) => scope.kind === 'plain' && scope.name === name)
}
