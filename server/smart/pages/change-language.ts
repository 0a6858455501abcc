/** The language that people read is kept on their browser. */
import type { Handler } from '../exchange.ts'
import type { Smart } from '../smart.ts'
import { languages } from './language.ts'

/** Seconds: a year. */
const kept = 31_536_000

/** Pages that say so in their form: the first one, and those below /auth. */
const ours = /^\/(?:auth\/[\x21-\x5b\x5d-\x7e]*)?$/

/** Back to the page that it was changed on: one of ours. */
export function changeLanguage({ urls }: Smart): Handler {
  return async ({ form, origin }) => {
    const fields = new URLSearchParams(form)
    const back = fields.get('back') ?? ''
    const isOurs = ours.test(back) && (origin === undefined || origin === urls.issuer)
    const language = languages.find((one) => one === fields.get('language'))
    return {
      status: 303,
      location: isOurs ? back : '/',
      ...(isOurs && language && { cookies: [{ name: 'language', value: language, maxAge: kept }] }),
    }
  }
}
