/** From when to when somebody may act for a patient. */
import { dateRange } from '../../fhir/date-range.ts'
import { isJsonObject, type JsonObject } from '../../fhir/json.ts'

export interface ProxyPeriod {
  readonly starts: number
  readonly ends?: number
}

export type ProxyRefusal =
  /** There is no such RelatedPerson, or no such Patient. */
  | 'unknown-person'
  /** The RelatedPerson is of another patient. */
  | 'other-patient'
  /** The RelatedPerson, or the Patient, is marked as not active. */
  | 'inactive'
  /** It would end before it begins. */
  | 'ended'

export interface ProxyAsked {
  readonly starts: number
  readonly ends?: number
}

/**
 * What is asked, within the period of the RelatedPerson, and for a minor no longer than until the birthday. Whoever is of age
 * when it is granted has been asked by staff.
 */
export function proxyPeriod(
  patient: JsonObject | undefined,
  relatedPerson: JsonObject | undefined,
  asked: ProxyAsked,
  age = 18,
): ProxyPeriod | ProxyRefusal {
  if (!patient || !relatedPerson) return 'unknown-person'
  if (!isPatientOf(relatedPerson, patient)) return 'other-patient'
  if (patient['active'] === false || relatedPerson['active'] === false) return 'inactive'
  const period = isJsonObject(relatedPerson['period']) ? relatedPerson['period'] : {}
  const comesOfAge = birthday(patient, age)
  const limits = [asked.ends, high(period['end']), comesOfAge > asked.starts ? comesOfAge : undefined]
  const starts = Math.max(asked.starts, low(period['start']))
  const ends = Math.min(...limits.map((limit) => limit ?? Number.POSITIVE_INFINITY))
  if (ends <= starts) return 'ended'
  return { starts, ...(Number.isFinite(ends) && { ends }) }
}

/** When a person is so old, in milliseconds; the earliest moment where the day is not known; never where nothing is. */
export function birthday({ birthDate }: JsonObject, years: number): number {
  const range = typeof birthDate === 'string' ? dateRange(birthDate) : undefined
  if (!range) return Number.NEGATIVE_INFINITY
  const born = new Date(range.low)
  return Date.UTC(born.getUTCFullYear() + years, born.getUTCMonth(), born.getUTCDate())
}

function isPatientOf({ patient }: JsonObject, { id }: JsonObject): boolean {
  const reference = isJsonObject(patient) ? patient['reference'] : undefined
  return typeof reference === 'string' && reference.split('/_history/')[0]!.endsWith(`Patient/${id}`)
}

function low(date: unknown): number {
  return (typeof date === 'string' ? dateRange(date)?.low : undefined) ?? Number.NEGATIVE_INFINITY
}

function high(date: unknown): number | undefined {
  return typeof date === 'string' ? dateRange(date)?.high : undefined
}
