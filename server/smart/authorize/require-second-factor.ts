import { addMethods } from '../../store/accounts/sessions.ts'
import { needsSecondFactor } from '../accounts/mfa-rule.ts'
import { secondsToWait } from '../accounts/rate-limit.ts'
import { hasTotp, useSecondFactor } from '../accounts/second-factor.ts'
import { withQuery } from '../exchange.ts'
import { OAuthError } from '../oauth-error.ts'
import { waitText } from '../own-pages/register.ts'
import { secondFactorPath } from '../own-pages/second-factor.ts'
import type { PersonPage } from '../pages/person-layout.ts'
import { secondFactorNeededPage } from '../pages/second-factor-needed-page.ts'
import { secondFactorPage } from '../pages/second-factor-page.ts'
import { textsIn } from '../pages/texts.ts'
import type { Smart } from '../smart.ts'
import { prompts } from './require-sign-in.ts'
import { type AuthorizeState, goOn, type Step } from './state.ts'

/** More than a password, where the role or the client demands it. */
export const requireSecondFactor: Step = {
  name: 'second-factor',
  check: async (state, smart) => {
    if (!isNeeded(state, smart)) return goOn(state)
    if (prompts(state).includes('none')) throw unmet()
    return { kind: 'page', page: await page(state, smart) }
  },
  accept: async (form, state, smart) => {
    if (!isNeeded(state, smart)) return { kind: 'accepted', progress: {} }
    if (form.get('do') === 'leave') throw unmet()
    if (form.get('do') === 'set-up') {
      return { kind: 'elsewhere', location: withQuery(secondFactorPath, { request: state.handle }) }
    }
    const { accounts, context } = smart
    const { account, hash } = state.session!
    const texts = textsIn[state.request.language]
    const seconds = await secondsToWait(accounts, 'second-factor', account.number)
    if (seconds > 0) {
      const view = { ticket: '', problem: waitText(seconds, { texts }) }
      return { kind: 'page', status: 429, page: secondFactorPage(view, texts) }
    }
    const { database, now, audit } = accounts
    const powers = { database, now, audit, sealer: context().sealer }
    const code = form.get('otp')?.trim() ?? ''
    const factor = code === '' ? undefined : await useSecondFactor(powers, account.number, code)
    if (!factor) return { kind: 'page', page: secondFactorPage({ ticket: '', isWrong: true }, texts) }
    await addMethods(database, hash, ['otp', 'mfa'])
    return { kind: 'accepted', progress: {} }
  },
}

function isNeeded({ session, client }: AuthorizeState, { context }: Smart): boolean {
  return needsSecondFactor({
    roles: session!.account.roles,
    methods: session!.methods,
    mfaRoles: context().config.mfaRoles,
    clientRequires: client!.metadata['require_mfa'] === true,
  })
}

/** For the code of who has an app for codes; for others the way to one. */
async function page({ session, client, request }: AuthorizeState, { accounts }: Smart): Promise<PersonPage> {
  const texts = textsIn[request.language]
  if (await hasTotp(accounts, session!.account.number)) return secondFactorPage({ ticket: '' }, texts)
  return secondFactorNeededPage({ app: client!.name }, texts)
}

function unmet(): OAuthError {
  return new OAuthError('unmet_authentication_requirements', 'The person has not signed in with a second factor.')
}
