import { covers, narrowScopes, parseScopes, printScopes, type Scope } from '../../access/scope.ts'
import { rememberedGrants } from '../../store/smart/grants.ts'
import { OAuthError } from '../oauth-error.ts'
import { consentPage } from '../pages/consent-page.ts'
import type { Smart } from '../smart.ts'
import { nameOf, readPatient } from './patients.ts'
import { prompts } from './require-sign-in.ts'
import { type AuthorizeState, goOn, type Step } from './state.ts'

/** The person lets the app have what it asks for, or less. */
export const requireConsent: Step = {
  name: 'consent',
  check: async (state, smart) => {
    const asked = state.asked!
    const { scopes } = state.progress
    if (scopes !== undefined) return goOn(state, { granted: narrowScopes(asked, parseScopes(scopes).scopes) })
    const isAsked = prompts(state).includes('consent')
    if (!isAsked && (state.client!.trusted || (await isRemembered(state, smart))))
      return goOn(state, { granted: asked })
    if (prompts(state).includes('none')) throw new OAuthError('consent_required', 'The person must be asked.')
    return { kind: 'page', page: await page(state, smart) }
  },
  accept: async (form, state, smart) => {
    const decision = form.get('decision')
    if (decision === 'deny') throw new OAuthError('access_denied', 'The person refused.')
    if (decision !== 'allow') return { kind: 'page', status: 400, page: await page(state, smart) }
    const granted = form.has('narrow') ? chosen(form.getAll('scope'), state.asked!) : state.asked!
    if (granted.length === 0) throw new OAuthError('access_denied', 'The person allowed nothing.')
    return { kind: 'accepted', progress: { scopes: printScopes(granted), remembered: form.has('remember') } }
  },
}

/** Of resources what was ticked, in the order in which it was asked for; what else was asked for is no choice. */
function chosen(ticked: readonly string[], asked: readonly Scope[]): readonly Scope[] {
  const { scopes } = parseScopes(ticked.join(' '))
  const fixed = asked.filter((scope) => scope.kind === 'plain' && scope.name !== 'offline_access')
  const some = asked.flatMap((scope) => {
    if (scope.kind === 'plain') return []
    return scopes.filter((one) => one.kind === 'resource' && covers(scope, one))
  })
  const lasting = scopes.filter(
    (one) => one.kind === 'plain' && one.name === 'offline_access' && asked.some((scope) => covers(scope, one)),
  )
  return parseScopes(printScopes([...fixed, ...lasting, ...some])).scopes
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

async function page({ client, session, asked, patient }: AuthorizeState, { context }: Smart) {
  const shown = patient === undefined ? undefined : await readPatient(session!.account, patient, context())
  return consentPage({
    client: client!,
    person: session!.name,
    ...(shown && { patient: nameOf(shown) }),
    scopes: asked!,
  })
}
