/** What is wrong with a password or a name, in the language that people read. */
import type { Language } from './language.ts'

/** In Spanish, by the English sentence. */
export const spanishFaults: Readonly<Record<string, string>> = {
  'Use at least 10 characters. Three or four words that have nothing in common are easy to keep in mind.':
    'Use al menos 10 caracteres. Tres o cuatro palabras que no tengan nada en común son fáciles de recordar.',
  'Use at most 256 characters.': 'Use 256 caracteres como máximo.',
  'Leave out your user name, your e-mail address and your name: others know them.':
    'No use su nombre de usuario, su correo electrónico ni su nombre: otros los conocen.',
  'Use other words: the ones in this password are among those that are guessed first.':
    'Use otras palabras: las de esta contraseña están entre las primeras que se adivinan.',
  'Leave out rows such as 12345, abcd or qwerty: they are guessed first. Put more words in their place.':
    'No use series como 12345, abcd o qwerty: se adivinan primero. Ponga más palabras en su lugar.',
  'Do not repeat the same characters: put more words in their place.':
    'No repita los mismos caracteres: ponga más palabras en su lugar.',
  'Leave out years and dates: they are guessed first. Put more words in their place.':
    'No use años ni fechas: se adivinan primero. Ponga más palabras en su lugar.',
  'Use 3 to 64 letters, digits, dots, dashes and underscores, a letter or a digit first.':
    'Use de 3 a 64 letras, números, puntos, guiones y guiones bajos, y empiece con una letra o un número.',
  'Say how you want to be addressed, in at most 200 characters.':
    'Diga cómo quiere que le llamemos, en 200 caracteres como máximo.',
  'This is not an e-mail address.': 'Esto no es una dirección de correo electrónico.',
}

/** Several sentences as one; undefined where nothing is wrong. */
export function faultWords(faults: readonly string[] | undefined, language: Language): string | undefined {
  if (!faults || faults.length === 0) return undefined
  return faults.map((fault) => (language === 'es' ? (spanishFaults[fault] ?? fault) : fault)).join(' ')
}
