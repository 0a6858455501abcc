import { OAuthError } from '../oauth-error.ts'
import { visitOption } from '../pages/resource-words.ts'
import { textsIn } from '../pages/texts.ts'
import { visitPage } from '../pages/visit-page.ts'
import type { Smart } from '../smart.ts'
import { includesScope } from './check-scope.ts'
import { choosableEncounters, readEncounter } from './patients.ts'
import { prompts } from './require-sign-in.ts'
import { type AuthorizeState, goOn, type Step } from './state.ts'

/** The visit that it is about, where the app asks for one and the patient has any. */
export const requireEncounter: Step = {
  name: 'encounter',
  check: async (state, smart) => {
    const id = state.progress.launch?.encounter ?? state.progress.encounter
    const account = state.session!.account
    if (id !== undefined) {
      if (!(await isOfPatient(id, state, smart))) throw notAllowed()
      return goOn(state, { encounter: id })
    }
    if (!includesScope(state.asked!, 'launch/encounter') || state.patient === undefined) return goOn(state)
    const choices = await choosableEncounters(account, state.patient, smart.context())
    const [only, ...others] = choices
    if (only === undefined) return goOn(state)
    if (others.length === 0) return goOn(state, { encounter: String(only['id']) })
    if (prompts(state).includes('none')) throw new OAuthError('interaction_required', 'A visit must be chosen.')
    const { language } = state.request
    const visits = choices.map((encounter) => visitOption(encounter, language, textsIn[language]))
    return { kind: 'page', page: visitPage({ app: state.client!.name, visits }, textsIn[language]) }
  },
  accept: async (form, state, smart) => {
    const id = form.get('encounter') ?? ''
    if (!(await isOfPatient(id, state, smart))) throw notAllowed()
    return { kind: 'accepted', progress: { encounter: id } }
  },
}

async function isOfPatient(id: string, { session, patient }: AuthorizeState, { context }: Smart): Promise<boolean> {
  return (await readEncounter(session!.account, id, patient, context())) !== undefined
}

function notAllowed(): OAuthError {
  return new OAuthError('access_denied', 'This visit cannot be chosen.')
}
