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
  readonly document: Readonly<Record<'reading' | 'failed' | 'forbidden' | 'saved' | 'empty', string>>
}

export const sharedTexts: Readonly<Record<Language, SharedTexts>> = {
  en: {
    born: 'born {date}',
    age: { one: '{count} year old', other: '{count} years old' },
    recordNumber: 'record number {number}',
    patient: 'Patient',
    offline: 'You are offline. What you see may not be the latest.',
    printed: 'Printed {date}',
    document: {
      reading: 'Reading the document…',
      failed: 'The document could not be read. Try again in a moment.',
      forbidden: 'You may not open this document here. Ask the clinic for it.',
      saved: 'Saved to your downloads.',
      empty: 'There is nothing in this document.',
    },
  },
  es: {
    born: 'nacimiento: {date}',
    age: { one: '{count} año', other: '{count} años' },
    recordNumber: 'número de expediente {number}',
    patient: 'Paciente',
    offline: 'No tiene conexión. Lo que ve puede no ser lo último.',
    printed: 'Impreso el {date}',
    document: {
      reading: 'Leyendo el documento…',
      failed: 'No se pudo leer el documento. Inténtelo de nuevo en un momento.',
      forbidden: 'No puede abrir este documento aquí. Pídalo en la clínica.',
      saved: 'Guardado en sus descargas.',
      empty: 'No hay nada en este documento.',
    },
  },
}
