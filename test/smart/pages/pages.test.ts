import { describe, expect, test } from 'vitest'
import { parseScopes } from '../../../server/access/scope.ts'
import { consentPage } from '../../../server/smart/pages/consent-page.ts'
import { languages } from '../../../server/smart/pages/language.ts'
import { patientPage } from '../../../server/smart/pages/patient-page.ts'
import {
  type PageFrame,
  type PersonPage,
  pageFrame,
  personDocument,
} from '../../../server/smart/pages/person-layout.ts'
import { scopeChoices } from '../../../server/smart/pages/scope-choices.ts'
import { secondFactorPage } from '../../../server/smart/pages/second-factor-page.ts'
import { signInPage } from '../../../server/smart/pages/sign-in-page.ts'
import { textsIn } from '../../../server/smart/pages/texts.ts'
import { troublePage } from '../../../server/smart/pages/trouble-page.ts'

const evil = '"><script>alert(1)</script>'
const frameIn = (language: (typeof languages)[number]) =>
  pageFrame(language, { styles: ['/style.css'], languageAction: '/auth/language', csrf: evil, pending: evil })

const pages: Readonly<Record<string, (frame: PageFrame) => PersonPage>> = {
  'sign-in': (frame) =>
    signInPage(
      { app: evil, action: '/auth/x', username: evil, problem: 'wrong', providers: [{ name: evil, href: '/p' }] },
      frame,
    ),
  'second factor': (frame) => secondFactorPage({ action: '/auth/x', isWrong: true }, frame),
  patient: (frame) =>
    patientPage(
      { app: evil, action: '/auth/x', people: [{ id: 'a', name: evil, isSelf: false, born: evil, number: evil }] },
      frame,
    ),
  'patient search': (frame) => patientPage({ app: evil, action: '/auth/x', people: [], search: { text: evil } }, frame),
  consent: (frame) =>
    consentPage(
      {
        app: { name: evil, host: evil, isReviewed: false },
        action: '/auth/x',
        patient: { name: evil },
        choices: scopeChoices(parseScopes('patient/*.rs').scopes, ['Condition'], frame.language, frame.texts),
        asksIdentity: true,
        offline: 'offline_access',
        context: ['launch'],
      },
      frame,
    ),
  trouble: (frame) => troublePage({ code: evil, description: evil }, frame),
}

describe.each(languages)('In %s', (language) => {
  test.each(Object.entries(pages))(
    'the %s page has one heading, labels, no script, and no text without its value',
    (_name, page) => {
      const frame = frameIn(language)
      const text = personDocument(page(frame), frame)
      expect(text).not.toMatch(/<script|<style|\son[a-z]+=|\sstyle=|\{\w+\}|undefined/)
      expect(text.match(/<h1>/g)).toHaveLength(1)
      expect(text).toContain(`<html lang="${language}">`)
      const named = [...text.matchAll(/<input class="input" id="([^"]+)"/g)].map(([, id]) => id)
      for (const id of named) expect(text).toContain(`<label for="${id}">`)
    },
  )
})

test('each language says everything that the others say, with the same values', () => {
  const flat = (tree: object, path = ''): [string, string][] =>
    Object.entries(tree).flatMap(([name, value]): [string, string][] =>
      typeof value === 'string'
        ? [[`${path}${name}`, [...value.matchAll(/\{\w+\}/g)].map(String).sort().join()]]
        : flat(value, `${path}${name}.`),
    )
  expect(flat(textsIn.es)).toEqual(flat(textsIn.en))
})
