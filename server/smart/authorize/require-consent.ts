import { covers, narrowScopes, parseScopes, printScopes } from '../../access/scope.ts'
import type { Context } from '../../context.ts'
import { rememberedGrants } from '../../store/smart/grants.ts'
import { OAuthError } from '../oauth-error.ts'
import { type ConsentView, consentPage } from '../pages/consent-page.ts'
import { recordTypesOf } from '../pages/record-types.ts'
import { bornInWords, nameOf } from '../pages/resource-words.ts'
import {
  asksFor,
  chosenScopes,
  leavesSomething,
  optionalScopes,
  type ScopeChoice,
  scopeChoices,
} from '../pages/scope-choices.ts'
import { textsIn } from '../pages/texts.ts'
import type { Smart } from '../smart.ts'
import { readPatient } from './patients.ts'
import { prompts } from './require-sign-in.ts'
import { type AuthorizeState, goOn, type Step } from './state.ts'

/** The person lets the app have what it asks for, or less. */
export const requireConsent: Step = {
  name: 'consent',
  check: async (state, smart) => {
    const asked = state.asked!
    const { scopes, allowedBy } = state.progress
    // Somebody else may have signed in meanwhile.
    if (scopes !== undefined && allowedBy === state.session!.account.number)
      return goOn(state, { granted: narrowScopes(asked, parseScopes(scopes).scopes) })
    const isAsked = prompts(state).includes('consent')
    if (!isAsked && (state.client!.trusted || (await isRemembered(state, smart))))
      return goOn(state, { granted: asked })
    if (prompts(state).includes('none')) throw new OAuthError('consent_required', 'The person must be asked.')
    return { kind: 'page', page: consentPage(await view(state, smart), textsIn[state.request.language]) }
  },
  accept: async (form, state, smart) => {
    const decision = form.get('decision')
    if (decision === 'deny') throw new OAuthError('access_denied', 'The person refused.')
    const ticked = form.has('narrow') ? form.getAll('scope') : undefined
    const granted = chosenScopes(
      state.asked!,
      choices(state, smart.context()),
      ticked,
      recordTypesOf(smart.context().definitions),
    )
    const isEmpty = !leavesSomething(state.asked!, granted)
    if (decision !== 'allow' || isEmpty) {
      const again = { ...(await view(state, smart)), isEmpty: decision === 'allow' }
      return { kind: 'page', status: 400, page: consentPage(again, textsIn[state.request.language]) }
    }
    return {
      kind: 'accepted',
      progress: {
        scopes: printScopes(granted),
        allowedBy: state.session!.account.number,
        remembered: form.has('remember'),
      },
    }
  },
}

/** The same app got as much for the same patient before, and the person said that it need not ask again. */
async function isRemembered({ client, session, asked, patient }: AuthorizeState, { context }: Smart): Promise<boolean> {
  // Another program could pretend to be an app that has no address of its own.
  const isSure = client!.authMethod !== 'none' || client!.redirectUris.every((uri) => uri.startsWith('https:'))
  if (!isSure) return false
  const who = { account: session!.account.number, client: client!.id }
  const grants = await rememberedGrants(context().store.database, who)
  return grants.some((grant) => {
    const had = parseScopes(grant.scopes).scopes
    return grant.patient === (patient ?? null) && asked!.every((scope) => had.some((one) => covers(one, scope)))
  })
}

async function view(state: AuthorizeState, { context }: Smart): Promise<ConsentView> {
  const { client, session, asked, patient, request, redirectUri } = state
  const { language } = request
  const texts = textsIn[language]
  const record = patient === undefined ? undefined : await readPatient(session!.account, patient, context())
  const { policy_uri, tos_uri } = client!.metadata as Partial<Record<string, string>>
  return {
    app: {
      name: client!.name,
      host: new URL(redirectUri!).host || redirectUri!,
      isReviewed: client!.trusted,
      policyUri: policy_uri,
      tosUri: tos_uri,
    },
    person: session!.name,
    ...(record && { patient: { name: nameOf(record, texts), born: bornInWords(record, language) } }),
    choices: choices(state, context()),
    asksIdentity: asksFor(asked!, 'openid'),
    offline: optionalScopes.find((name) => asksFor(asked!, name)) as ConsentView['offline'],
    context: [],
  }
}

function choices({ asked, request: { language } }: AuthorizeState, { definitions }: Context): readonly ScopeChoice[] {
  return scopeChoices(asked!, recordTypesOf(definitions), language, textsIn[language])
}
