/** Which state an app may keep and find. https://hl7.org/fhir/smart-app-launch/STU2.2/app-state.html#security-and-access-controls */
import type { Caller } from '../../access/caller.ts'
import { type Interaction, parseScopes, type ResourceScope } from '../../access/scope.ts'

export interface WantedState {
  readonly system: string
  readonly code: string
  /** `Patient/1`; null for what is kept for all people. */
  readonly subject: string | null
}

/**
 * Undefined where it is allowed; otherwise why it is not. State about the patient of the launch needs a scope of the
 * patient, that about the user one of the user; what is kept for all people is changed by administrators alone, and read
 * by any app of a user or a backend service.
 */
export function stateProblem(
  caller: Caller,
  { system, code, subject }: WantedState,
  need: Interaction,
  isAdministrator: boolean,
): string | undefined {
  const contexts = contextsOf(caller, subject)
  if (contexts.length === 0) {
    return `State is kept about the patient of the launch, about the user, or about nobody; not about ${subject}.`
  }
  const { scopes } = parseScopes(caller.scopes.join(' '))
  const granted = scopes.filter((scope) => scope.kind === 'resource').filter((scope) => fits(scope, system, code, need))
  if (!granted.some(({ context }) => contexts.includes(context))) {
    return `This needs the scope '${contexts[0]}/Basic.${need}', for ${system}|${code}.`
  }
  if (subject === null && need !== 's' && !isAdministrator) {
    return 'What is kept for all people is changed by administrators alone. Name a subject.'
  }
  return undefined
}

function contextsOf(caller: Caller, subject: string | null): readonly ResourceScope['context'][] {
  if (subject === null) return caller.account ? ['user'] : ['system']
  const isOfPatient = caller.patient !== undefined && subject === `Patient/${caller.patient}`
  const isOfUser = subject === caller.account?.fhirUser
  return [...(isOfPatient ? (['patient'] as const) : []), ...(isOfUser ? (['user'] as const) : [])]
}

function fits({ type, interactions, criteria }: ResourceScope, system: string, code: string, need: Interaction) {
  if ((type !== 'Basic' && type !== '*') || !interactions.includes(need)) return false
  return criteria.every(({ name, values }) => name === 'code' && values.includes(`${system}|${code}`))
}
