import { acceptTerms, termsToAccept } from '../accounts/terms.ts'
import { OAuthError } from '../oauth-error.ts'
import { termsPage } from '../pages/terms-page.ts'
import { textsIn } from '../pages/texts.ts'
import { prompts } from './require-sign-in.ts'
import { goOn, type Step } from './state.ts'

/** The person has accepted the terms of use that count now. */
export const requireTerms: Step = {
  name: 'terms',
  check: async (state, { accounts }) => {
    const terms = await termsToAccept(accounts, state.session!.account.number)
    if (!terms) return goOn(state)
    if (prompts(state).includes('none')) throw new OAuthError('interaction_required', 'The terms of use have changed.')
    return { kind: 'page', page: termsPage(terms, textsIn[state.request.language]) }
  },
  accept: async (form, state, { accounts }) => {
    const { number } = state.session!.account
    const terms = await termsToAccept(accounts, number)
    if (!terms) return { kind: 'accepted', progress: {} }
    if (form.get('accept') !== '1' || form.get('version') !== terms.version) {
      return { kind: 'page', page: termsPage({ ...terms, isUnticked: true }, textsIn[state.request.language]) }
    }
    await acceptTerms(accounts, number, terms.version)
    return { kind: 'accepted', progress: {} }
  },
}
