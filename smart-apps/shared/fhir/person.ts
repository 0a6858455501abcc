/** Who a Patient is, in words. */
import type { JsonObject } from '../../../server/fhir/json.ts'
import { objectIn, objectsIn, textIn, wordsIn } from '../../../server/fhir/results/reading.ts'

export interface Person {
  readonly name: string
  /** A FHIR date. */
  readonly birthDate: string | undefined
  /** The medical record number. */
  readonly recordNumber: string | undefined
  readonly gender: 'male' | 'female' | 'other' | 'unknown' | undefined
}

export function personOf(patient: JsonObject): Person {
  const gender = textIn(patient['gender'])
  return {
    name: nameIn(patient),
    birthDate: textIn(patient['birthDate']),
    recordNumber: recordNumberIn(patient),
    gender: gender === 'male' || gender === 'female' || gender === 'other' || gender === 'unknown' ? gender : undefined,
  }
}

/** Names that are in use, the official one first; names of the past and of maidens are none of them. */
function nameIn({ name }: JsonObject): string {
  const names = objectsIn(name).filter(({ use }) => use !== 'old' && use !== 'maiden')
  const best = ['official', 'usual', undefined].map((use) => names.find((one) => one['use'] === use))
  const chosen = best.find((one) => one !== undefined) ?? names[0]
  if (!chosen) return ''
  const given = Array.isArray(chosen['given']) ? chosen['given'].flatMap((one) => textIn(one) ?? []) : []
  return textIn(chosen['text']) ?? [...given, textIn(chosen['family']) ?? ''].join(' ').trim()
}

/** An identifier of the type MR. https://terminology.hl7.org/CodeSystem-v2-0203.html */
function recordNumberIn({ identifier }: JsonObject): string | undefined {
  const found = objectsIn(identifier).find(({ type }) => {
    const codings = objectsIn(objectIn(type)?.['coding'])
    return codings.some(({ code }) => code === 'MR') || /medical record/i.test(wordsIn(type) ?? '')
  })
  return textIn(found?.['value'])
}

/** Whole years; undefined where the birth date is not known to the day. */
export function ageAt(birthDate: string | undefined, now: number): number | undefined {
  const [year, month, day] = (birthDate ?? '').split('-').map(Number)
  if (!year || !month || !day) return undefined
  const today = new Date(now)
  const had = today.getMonth() + 1 > month || (today.getMonth() + 1 === month && today.getDate() >= day)
  return today.getFullYear() - year - (had ? 0 : 1)
}
