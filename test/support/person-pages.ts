/** Each page of accounts and sign-in as it may look, by its name; `text` stands for what people and apps are called. */

import { parseScopes } from '../../server/access/scope.ts'
import { OAuthError } from '../../server/smart/oauth-error.ts'
import { consentPage } from '../../server/smart/pages/consent-page.ts'
import { errorPage } from '../../server/smart/pages/error-page.ts'
import type { Language } from '../../server/smart/pages/language.ts'
import { patientPage } from '../../server/smart/pages/patient-page.ts'
import type { PersonPage } from '../../server/smart/pages/person-layout.ts'
import type { RecordTypes } from '../../server/smart/pages/record-types.ts'
import { scopeChoices } from '../../server/smart/pages/scope-choices.ts'
import { secondFactorPage } from '../../server/smart/pages/second-factor-page.ts'
import { signInPage } from '../../server/smart/pages/sign-in-page.ts'
import type { Texts } from '../../server/smart/pages/texts.ts'
import { visitPage } from '../../server/smart/pages/visit-page.ts'
import { definitions } from './validation.ts'

/** What the consent page shows for everything. */
const record: RecordTypes = {
  named: ['Condition', 'Observation', 'Encounter', 'AllergyIntolerance'],
  rest: { patient: [], user: [], system: [] },
  shared: [],
}

export function personPages(text: string): Readonly<Record<string, (language: Language, texts: Texts) => PersonPage>> {
  const people = ['a', 'b'].map((id) => ({ id, title: text, facts: [text, text] }))
  return {
    'sign-in': (_language, texts) => {
      const providers = [{ name: text, href: '/p' }]
      const links = { registerHref: '/r', forgotHref: '/f' }
      return signInPage({ app: text, username: text, problem: 'wrong', providers, ...links }, texts)
    },
    'second-factor': (_language, texts) => secondFactorPage({ ticket: text, isWrong: true }, texts),
    patient: (_language, texts) => patientPage({ app: text, people, self: 'a' }, texts),
    'patient-search': (_language, texts) => patientPage({ app: text, people: [], search: text }, texts),
    visit: (_language, texts) => visitPage({ app: text, visits: people }, texts),
    consent: (language, texts) => {
      const choices = scopeChoices(parseScopes('patient/*.rs').scopes, record, language, texts)
      const app = { name: text, host: text, isReviewed: false, policyUri: '/p' }
      const plain = { asksIdentity: true, offline: 'offline_access', context: ['launch'] } as const
      return consentPage({ app, patient: { name: text }, person: text, choices, ...plain, isEmpty: true }, texts)
    },
    'long-consent': (language, texts) => {
      const types = Object.keys(definitions.compartments['Patient'] ?? {}).slice(0, 20)
      const asked = parseScopes(types.map((type) => `patient/${type}.rs`).join(' ')).scopes
      const choices = scopeChoices(asked, record, language, texts)
      const app = { name: text, host: text, isReviewed: true }
      return consentPage({ app, person: text, choices, asksIdentity: false, context: [] }, texts)
    },
    error: (language) => {
      const { title, main } = errorPage(new OAuthError('invalid_request', text), language).page!
      return { title, main: () => main }
    },
  }
}
