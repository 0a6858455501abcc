/** What the letter of an invitation says. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../fhir/json.ts'
import { objectsIn } from '../../fhir/results/reading.ts'
import { type Language, languageOf } from '../pages/language.ts'

interface LetterWords {
  readonly title: string
  readonly greeting: string
  readonly own: string
  readonly proxy: string
  readonly how: string
  readonly once: string
  /** What the square is, for those who do not see it. */
  readonly square: string
  /** Who is written to, where the record has no name. */
  readonly nameless: string
  /** As days are written. */
  readonly locale: string
}

export const letterWords: Readonly<Record<Language, LetterWords>> = {
  en: {
    title: 'Your invitation from {sender}',
    greeting: 'Dear {recipient},',
    own: 'with this letter you can see your own record, and write to us, on the web.',
    proxy: 'with this letter you can see the record of the person whom you act for, and write to us, on the web.',
    how: 'Open {page}, make an account or sign in, and type the code below; or point a telephone at the square.',
    once: 'The code works once, until {day}. Give it to nobody else: whoever has it sees the record. If you lose this letter, ask us for another; the code in this one then ends.',
    square: 'The same as a square to point a telephone at',
    nameless: 'reader',
    locale: 'en-GB',
  },
  es: {
    title: 'Su invitación de {sender}',
    greeting: 'Hola, {recipient}:',
    own: 'Con esta carta puede ver su propio expediente y escribirnos por internet.',
    proxy: 'Con esta carta puede ver por internet el expediente de la persona por quien actúa, y escribirnos.',
    how: 'Abra {page}, cree una cuenta o inicie sesión, y escriba el código de abajo; o apunte con un teléfono al cuadrado.',
    once: 'El código sirve una vez, hasta el {day}. No se lo dé a nadie más: quien lo tiene ve el expediente. Si pierde esta carta, pídanos otra; el código de esta dejará de servir.',
    square: 'Lo mismo, como un cuadrado al que apuntar con un teléfono',
    nameless: 'lector o lectora',
    locale: 'es',
  },
}

/** The language of whoever gets the letter, as their record has it; else that of who asks for it. */
export function letterLanguage(recipient: JsonObject | undefined, asking: string | undefined): Language {
  const communication = objectsIn(recipient?.['communication'])
  const inOrder = [
    ...communication.filter(({ preferred }) => preferred === true),
    ...communication.filter(({ preferred }) => preferred !== true),
  ]
  const tags = inOrder.flatMap(({ language }) => tagsOf(language))
  return languageOf({ uiLocales: [...tags, asking ?? ''].join(' ') })
}

function tagsOf(language: JsonValue | undefined): readonly string[] {
  const coding = isJsonObject(language) ? objectsIn(language['coding']) : []
  return coding.flatMap(({ code }) => (typeof code === 'string' ? [code] : []))
}
