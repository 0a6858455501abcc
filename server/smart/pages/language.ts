/** Which language people read: the one that they chose, else what the app or the browser asks for. */

export const languages = ['en', 'es'] as const
export type Language = (typeof languages)[number]

/** As each language calls itself. */
export const languageNames: Readonly<Record<Language, string>> = { en: 'English', es: 'Español' }

export interface LanguageWishes {
  /** What was chosen before, on this browser. */
  readonly chosen?: string | undefined
  /** What the app asks for. https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest */
  readonly uiLocales?: string | undefined
  /** https://www.rfc-editor.org/rfc/rfc9110#name-accept-language */
  readonly acceptLanguage?: string | undefined
}

export function languageOf({ chosen, uiLocales, acceptLanguage }: LanguageWishes): Language {
  const tags = [chosen ?? '', ...(uiLocales ?? '').split(' '), ...preferred(acceptLanguage ?? '')]
  return firstKnown(tags) ?? 'en'
}

function firstKnown(tags: readonly string[]): Language | undefined {
  return tags.flatMap((tag) => languages.find((language) => primary(tag) === language) ?? [])[0]
}

function primary(tag: string): string {
  return tag.trim().toLowerCase().split('-')[0]!
}

/** The tags of a header, those of the highest quality first. */
function preferred(header: string): string[] {
  const ranges = header.split(',').map((range) => {
    const [tag = '', ...parameters] = range.split(';')
    const quality = parameters.map((one) => /^\s*q=([\d.]+)\s*$/.exec(one)?.[1]).find((one) => one !== undefined)
    return { tag, quality: quality === undefined ? 1 : Number(quality) }
  })
  return ranges
    .filter(({ quality }) => quality > 0)
    .toSorted((a, b) => b.quality - a.quality)
    .map(({ tag }) => tag)
}
