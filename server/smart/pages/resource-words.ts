/** Patients and visits as people tell them apart. */
import type { JsonObject } from '../../fhir/json.ts'
import { isJsonObject } from '../../fhir/json.ts'
import { fill } from './fill.ts'
import type { Language } from './language.ts'
import type { CardOption } from './radio-cards.ts'
import type { Texts } from './texts.ts'

/** A date as people write it: `March 9, 1984`. Parts of dates, and what is none, stay as they are. */
export function dateInWords(date: string, language: Language): string {
  const [day] = /^\d{4}-\d\d-\d\d/.exec(date) ?? []
  if (day === undefined || Number.isNaN(Date.parse(day))) return date
  return new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(day))
}

/** A moment, with its time zone. */
export function momentInWords(milliseconds: number, language: Language): string {
  const form = { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' } as const
  return `${new Intl.DateTimeFormat(language, form).format(new Date(milliseconds))} UTC`
}

/** A time of day, with its time zone. */
export function timeInWords(milliseconds: number, language: Language): string {
  const form = { timeStyle: 'short', timeZone: 'UTC' } as const
  return `${new Intl.DateTimeFormat(language, form).format(new Date(milliseconds))} UTC`
}

/** The name that is in use, in the order in which it is spoken. */
export function nameOf({ name }: JsonObject, { patient }: Texts): string {
  const names = (Array.isArray(name) ? name : []).filter(isJsonObject)
  const used = names.find(({ use }) => use === 'usual') ?? names.find(({ use }) => use === 'official') ?? names[0]
  const { text, given, family } = used ?? {}
  if (typeof text === 'string') return text
  const parts = [...(Array.isArray(given) ? given : []), family].filter((part) => typeof part === 'string')
  return parts.length > 0 ? parts.join(' ') : patient.nameless
}

export function bornInWords({ birthDate }: JsonObject, language: Language): string | undefined {
  return typeof birthDate === 'string' ? dateInWords(birthDate, language) : undefined
}

/** `isSelf`: the person who reads it. */
export function patientOption(patient: JsonObject, isSelf: boolean, language: Language, texts: Texts): CardOption {
  const born = bornInWords(patient, language)
  const facts = [
    isSelf ? texts.patient.you : '',
    born === undefined ? '' : fill(texts.patient.born, { date: born }),
    recordNumber(patient),
  ]
  return { id: String(patient['id']), title: nameOf(patient, texts), facts: facts.filter((fact) => fact !== '') }
}

/** https://terminology.hl7.org/CodeSystem-v2-0203.html */
function recordNumber({ identifier }: JsonObject): string {
  const all = (Array.isArray(identifier) ? identifier : []).filter(isJsonObject)
  const found = all.find(({ type }) => JSON.stringify(type ?? '').includes('"MR"'))
  return typeof found?.['value'] === 'string' ? `MRN ${found['value']}` : ''
}

export function visitOption(encounter: JsonObject, language: Language, { visit }: Texts): CardOption {
  const { period, type, serviceType } = encounter
  const start =
    isJsonObject(period) && typeof period['start'] === 'string' ? dateInWords(period['start'], language) : ''
  const [first] = Array.isArray(type) ? type : []
  const title = conceptText(first) ?? conceptText(serviceType) ?? visit.one
  return { id: String(encounter['id']), title, facts: start === '' ? [] : [start] }
}

function conceptText(concept: unknown): string | undefined {
  const { text, coding } = (concept ?? {}) as { text?: string; coding?: readonly { display?: string }[] }
  return text ?? coding?.find(({ display }) => display !== undefined)?.display
}
