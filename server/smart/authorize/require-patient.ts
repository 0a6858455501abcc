import type { PlainScopeName, Scope } from '../../access/scope.ts'
import { OAuthError } from '../oauth-error.ts'
import { patientPage } from '../pages/patient-page.ts'
import { patientOption } from '../pages/resource-words.ts'
import { textsIn } from '../pages/texts.ts'
import type { Smart } from '../smart.ts'
import { choosablePatients, readPatient } from './patients.ts'
import { prompts } from './require-sign-in.ts'
import { type AuthorizeState, goOn, type Step } from './state.ts'

/** The patient whom it is about, where the app asks for one. */
export const requirePatient: Step = {
  name: 'patient',
  check: async (state, smart) => {
    const { launch } = state.progress
    const id = launch?.patient ?? state.progress.patient
    const account = state.session!.account
    if (id !== undefined) {
      // What was chosen before may not be the person's to choose any more.
      if (!(await readPatient(account, id, smart.context()))) throw notAllowed()
      return goOn(state, { patient: id })
    }
    if (!needsPatient(state.asked!, launch?.encounter != null)) return goOn(state)
    const [only, ...others] = account.patients
    if (only !== undefined && others.length === 0) {
      if (!(await readPatient(account, only, smart.context()))) throw notAllowed()
      return goOn(state, { patient: only })
    }
    if (prompts(state).includes('none')) throw new OAuthError('interaction_required', 'A patient must be chosen.')
    return { kind: 'page', page: await page(state, smart, '') }
  },
  accept: async (form, state, smart) => {
    const account = state.session!.account
    const id = form.get('patient')
    if (id !== null) {
      if (!(await readPatient(account, id, smart.context()))) throw notAllowed()
      return { kind: 'accepted', progress: { patient: id } }
    }
    const search = (form.get('search') ?? '').trim().slice(0, 100)
    return { kind: 'page', page: await page(state, smart, search) }
  },
}

async function page({ client, request: { language }, session }: AuthorizeState, { context }: Smart, search: string) {
  const { account } = session!
  const texts = textsIn[language]
  const found = await choosablePatients(account, search, context())
  const self = found.find(({ id }) => account.fhirUser === `Patient/${id}`)?.['id']
  const people = found.map((patient) => patientOption(patient, patient['id'] === self, language, texts))
  const isStaff = account.patients.length === 0
  return patientPage(
    { app: client!.name, people, self: self === undefined ? undefined : String(self), ...(isStaff && { search }) },
    texts,
  )
}

/** Scopes that speak of a patient mean one, whether the app asks for it or not; an encounter is chosen among a patient's. */
function needsPatient(scopes: readonly Scope[], hasEncounter: boolean): boolean {
  const ofPatient: readonly PlainScopeName[] = hasEncounter
    ? ['launch/patient']
    : ['launch/patient', 'launch/encounter']
  return scopes.some((scope) => (scope.kind === 'plain' ? ofPatient.includes(scope.name) : scope.context === 'patient'))
}

function notAllowed(): OAuthError {
  return new OAuthError('access_denied', 'This patient cannot be chosen.')
}
