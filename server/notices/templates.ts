/**
 * What notices say, by language. They travel in clear and lie on foreign machines: none says more than that somebody has an
 * account here. Their parameters are links, codes and times; no name, and nothing of a record.
 */
import { englishTemplates, englishWords } from './templates-english.ts'
import { spanishTemplates, spanishWords } from './templates-spanish.ts'

/** All that a notice can be told. */
export interface NoticeParameters {
  /** A page of this server. */
  readonly link?: string
  /** How long the link works, as ISO 8601 has it: `PT30M`. */
  readonly time?: string
  /** When it happened: an instant of ISO 8601. */
  readonly when?: string
  /** What was changed, one of `NoticeWords.changes`; or the number of an entry. */
  readonly what?: string
}

export interface Template {
  readonly subject: string
  /** `{name}` is replaced by the parameter of that name. */
  readonly paragraphs: readonly string[]
  /** What the link is called. */
  readonly action?: string
  /** After the link. */
  readonly after?: readonly string[]
}

export type ChangeCode =
  | 'name-changed'
  | 'passkey-added'
  | 'passkey-removed'
  | 'second-step-on'
  | 'second-step-off'
  | 'backup-codes-made'
  | 'identity-linked'
  | 'identity-unlinked'
  | 'proxies-changed'
  | 'account-activated'

/** What parameters are in the words of a language. */
export interface NoticeWords {
  /** At the end of each notice. */
  readonly closing: string
  readonly times: Readonly<Record<'PT24H' | 'PT30M', string>>
  readonly changes: Readonly<Record<ChangeCode, string>>
}

export type TemplateName = keyof typeof englishTemplates

export interface NoticeLanguage {
  readonly templates: Readonly<Record<TemplateName, Template>>
  readonly words: NoticeWords
  /** In which dates are written: BCP 47. */
  readonly dates: string
}

export const noticeLanguages = {
  en: { templates: englishTemplates, words: englishWords, dates: 'en-GB' },
  es: { templates: spanishTemplates, words: spanishWords, dates: 'es' },
} as const satisfies Record<string, NoticeLanguage>

export type NoticeLanguageCode = keyof typeof noticeLanguages

export interface Notice {
  readonly template: TemplateName
  readonly parameters: NoticeParameters
  /** In which its reader is written to; English where that is not known, or not a language of ours. */
  readonly language: string | undefined
}
