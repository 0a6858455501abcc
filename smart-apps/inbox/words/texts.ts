/** What the inbox says. */
import type { Plural } from '../../shared/words/fill.ts'
import type { Language } from '../../shared/words/language.ts'
import { english } from './texts-english.ts'
import { spanish } from './texts-spanish.ts'

export interface InboxTexts {
  readonly title: string
  readonly skip: string
  readonly lead: string
  readonly loading: string
  readonly signOut: string
  readonly language: string
  readonly none: string
  readonly count: Plural
  readonly older: string
  readonly keys: string
  readonly list: string
  readonly critical: string
  readonly held: string
  readonly seen: string
  readonly since: string
  readonly unknownPatient: string
  readonly document: string
  readonly selectAll: string
  readonly selected: Plural
  readonly acknowledge: string
  readonly comment: string
  readonly release: string
  readonly cancel: string
  readonly commentTitle: Plural
  readonly commentLabel: string
  readonly commentHint: string
  readonly commentEmpty: string
  readonly commentRelease: string
  readonly send: string
  readonly releaseTitle: Plural
  readonly releaseLead: string
  readonly done: Plural
  readonly failed: Plural
  readonly again: string
  readonly signInAgain: string
  readonly code: string
  readonly faults: Readonly<Record<FaultName, { readonly what: string; readonly next: string }>>
}

export type FaultName = 'unreachable' | 'ended' | 'forbidden' | 'denied' | 'launch' | 'other'

export const texts: Readonly<Record<Language, InboxTexts>> = { en: english, es: spanish }
