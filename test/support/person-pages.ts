/** Each page of accounts and sign-in as it may look, by its name; `text` stands for what people and apps are called. */
import { parseScopes } from '../../server/access/scope.ts'
import { consentPage } from '../../server/smart/pages/consent-page.ts'
import { patientPage } from '../../server/smart/pages/patient-page.ts'
import type { PageFrame, PersonPage } from '../../server/smart/pages/person-layout.ts'
import { scopeChoices } from '../../server/smart/pages/scope-choices.ts'
import { secondFactorPage } from '../../server/smart/pages/second-factor-page.ts'
import { signInPage } from '../../server/smart/pages/sign-in-page.ts'
import { troublePage } from '../../server/smart/pages/trouble-page.ts'

const action = '/auth/x'

export function personPages(text: string): Readonly<Record<string, (frame: PageFrame) => PersonPage>> {
  return {
    'sign-in': (frame) =>
      signInPage(
        {
          ...{ app: text, action, username: text, problem: 'wrong' },
          ...{ providers: [{ name: text, href: '/p' }], registerHref: '/r', forgotHref: '/f' },
        },
        frame,
      ),
    'second-factor': (frame) => secondFactorPage({ action, isWrong: true }, frame),
    patient: (frame) => {
      const people = ['a', 'b'].map((id) => ({ id, name: text, isSelf: id === 'a', born: text, number: text }))
      return patientPage({ app: text, action, people, isMissing: true }, frame)
    },
    'patient-search': (frame) => patientPage({ app: text, action, people: [], search: { text } }, frame),
    consent: (frame) => {
      const types = ['Condition', 'Observation', 'Encounter', 'AllergyIntolerance']
      const choices = scopeChoices(parseScopes('patient/*.rs').scopes, types, frame.language, frame.texts)
      return consentPage(
        {
          ...{ app: { name: text, host: text, isReviewed: false, policyUri: '/p' }, action, patient: { name: text } },
          ...{ choices, asksIdentity: true, offline: 'offline_access', context: ['launch'], isEmpty: true },
        },
        frame,
      )
    },
    trouble: (frame) => troublePage({ code: text, description: text }, frame),
  }
}
