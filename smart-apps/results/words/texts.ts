/** What the results app says. */
import type { Flag } from '../../../server/fhir/results/interpretation.ts'
import type { ResultState } from '../../../server/fhir/results/result.ts'
import type { SetAside } from '../../../server/fhir/results/results-view.ts'
import type { Plural } from '../../shared/words/fill.ts'
import type { Language } from '../../shared/words/language.ts'
import { english } from './texts-english.ts'
import { spanish } from './texts-spanish.ts'

export interface ResultsTexts {
  readonly title: string
  readonly skip: string
  readonly lead: string
  readonly early: string
  readonly emergency: string
  readonly loading: string
  readonly signOut: string
  readonly language: string
  readonly search: string
  readonly category: string
  readonly allCategories: string
  readonly notableOnly: string
  readonly noneFiltered: string
  readonly count: Plural
  readonly none: string
  readonly noneFound: string
  readonly ordered: string
  readonly orders: Readonly<Record<'pending' | 'cancelled', string>>
  readonly collected: string
  readonly undated: string
  readonly range: string
  readonly before: string
  readonly yes: string
  readonly no: string
  readonly missing: Plural
  readonly flags: Readonly<Record<Flag, string>>
  readonly states: Readonly<Record<ResultState, string>>
  readonly categories: Readonly<Record<string, string>>
  readonly direction: Readonly<Record<'up' | 'down' | 'same', string>>
  readonly faults: Readonly<Record<FaultName, { readonly what: string; readonly next: string }>>
  readonly report: string
  readonly documents: string
  /** What a document without a title is called. */
  readonly document: string
  readonly elsewhere: string
  readonly whole: string
  readonly setAside: Plural
  readonly setAsideReasons: Readonly<Record<SetAside['reason'], Plural>>
  readonly setAsideNext: string
  readonly tellBefore: string
  readonly sensitive: string
  readonly showSensitive: string
  readonly comment: string
  readonly commentOf: string
  /** What came while the page was open. */
  readonly fresh: string
  readonly older: string
  readonly loadingOlder: string
  readonly back: string
  readonly open: string
  readonly laboratoryName: string
  readonly meaning: string
  readonly more: string
  readonly moreNote: string
  readonly chart: string
  readonly chartHelp: string
  readonly table: string
  readonly columns: Readonly<Record<'date' | 'value' | 'range' | 'flag' | 'changed', string>>
  readonly download: string
  readonly fileName: string
  readonly print: string
  readonly broken: string
  readonly corrected: string
  readonly again: string
  readonly signInAgain: string
  readonly code: string
}

export type FaultName = 'unreachable' | 'ended' | 'forbidden' | 'denied' | 'launch' | 'no-patient' | 'other'

export const texts: Readonly<Record<Language, ResultsTexts>> = { en: english, es: spanish }
