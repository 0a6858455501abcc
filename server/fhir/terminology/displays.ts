/** The texts of a concept, and which of them is shown in a language. */
import type { Part } from './compose.ts'
import type { Facts } from './facts.ts'
import { type Judged, listedIn } from './members.ts'
import type { Designation } from './system.ts'

export interface Texts {
  /** The one to show first. */
  readonly displays: readonly string[]
  readonly designations: readonly Designation[]
}

/** What the value set, the code system and its supplements call a code, in this order. */
export function textsIn(part: Part | undefined, at: Judged, facts: Facts): Texts {
  const { code, system, number } = at
  const listed = part?.listed && listedIn(part.listed, at)
  const concept = number === undefined ? undefined : system!.concept(number)
  const extra = system ? supplementTexts(system.url, code, facts) : []
  return {
    displays: [listed?.display, concept?.display].flatMap((text) => text ?? []),
    designations: [...(listed?.designations ?? []), ...(concept?.designations ?? []), ...extra],
  }
}

/** Its display there is a designation in the supplement's language. */
function supplementTexts(url: string, code: string, facts: Facts): Designation[] {
  return facts.supplements(url).flatMap((supplement) => {
    const number = supplement.numberOf(code)
    if (number === undefined) return []
    const { display, designations } = supplement.concept(number)
    const { language } = supplement
    return [
      ...(display === undefined ? [] : [{ ...(language !== undefined && { language }), value: display }]),
      ...designations,
    ]
  })
}

/** The display in the first of the languages that there is one in; else the usual one. */
export function displayFor(
  { displays, designations }: Texts,
  displayLanguage: string | undefined,
  language: string | undefined,
): string | undefined {
  for (const wanted of languagesOf(displayLanguage)) {
    if (language !== undefined && speaks(language, wanted)) return displays[0]
    const found = designations.filter((one) => one.language !== undefined && speaks(one.language, wanted))
    const display = found.find(({ use }) => use === undefined || use['code'] === 'display' || use['code'] === preferred)
    if (found.length > 0) return (display ?? found[0]!).value
  }
  return displays[0] ?? designations[0]?.value
}

/** SNOMED CT's code of synonyms; its fully specified names are too long to be shown. */
const preferred = '900000000000013009'

/** `de, en;q=0.5` as codes, in order of preference. https://www.rfc-editor.org/rfc/rfc9110#section-12.5.4 */
function languagesOf(header: string | undefined): string[] {
  const weighed = (header ?? '').split(',').flatMap((item) => {
    const [code = '', ...parameters] = item.split(';').map((part) => part.trim())
    const quality = parameters.find((parameter) => parameter.startsWith('q='))
    return code === '' || code === '*'
      ? []
      : [{ code, weight: quality === undefined ? 1 : Number(quality.slice(2)) || 0 }]
  })
  return weighed.sort((a, b) => b.weight - a.weight).map(({ code }) => code)
}

/** `de-CH` speaks `de`; and who asks for `de-CH` understands `de`. */
function speaks(language: string, wanted: string): boolean {
  const [a, b] = [language.toLowerCase(), wanted.toLowerCase()]
  return a === b || a.startsWith(`${b}-`) || b.startsWith(`${a}-`)
}
