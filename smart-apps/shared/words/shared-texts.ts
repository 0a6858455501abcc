/** What all apps say. */
import type { Plural } from './fill.ts'
import type { Language } from './language.ts'

export interface SharedTexts {
  readonly born: string
  readonly age: Plural
  readonly recordNumber: string
  readonly patient: string
  readonly offline: string
  readonly printed: string
}

export const sharedTexts: Readonly<Record<Language, SharedTexts>> = {
  en: {
    born: 'born {date}',
    age: { one: '{count} year old', other: '{count} years old' },
    recordNumber: 'record number {number}',
    patient: 'Patient',
    offline: 'You are offline. What you see may not be the latest.',
    printed: 'Printed {date}',
  },
  es: {
    born: 'nacimiento: {date}',
    age: { one: '{count} año', other: '{count} años' },
    recordNumber: 'número de expediente {number}',
    patient: 'Paciente',
    offline: 'No tiene conexión. Lo que ve puede no ser lo último.',
    printed: 'Impreso el {date}',
  },
}
