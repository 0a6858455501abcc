/** What the pages of accounts and sign-in say, in each language. */
import type { Language } from './language.ts'
import { english } from './texts-english.ts'
import { spanish } from './texts-spanish.ts'

export type Texts = typeof english

export const textsIn: Readonly<Record<Language, Texts>> = { en: english, es: spanish }
