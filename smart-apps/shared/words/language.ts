/** The language that a person reads: chosen here, or else by the browser. */

export const languages = ['en', 'es'] as const
export type Language = (typeof languages)[number]

/** In its own words, so that whoever needs it can read it. */
export const languageNames: Readonly<Record<Language, string>> = { en: 'English', es: 'Español' }

const key = 'language'

export function chosenLanguage(storage: Storage, preferred: readonly string[]): Language {
  const wanted = [storage.getItem(key) ?? '', ...preferred].map((one) => one.slice(0, 2).toLowerCase())
  return wanted.find((one): one is Language => (languages as readonly string[]).includes(one)) ?? 'en'
}

export function rememberLanguage(storage: Storage, language: Language): void {
  storage.setItem(key, language)
}
