/** Results that did not go the usual way: corrected ones, orders that are still open or were called off, and what nobody has looked at yet. */
import type { PanelKey } from './analytes.ts'
import type { ConditionKey } from './conditions.ts'
import type { Specialty } from './specialties.ts'

export interface Correction {
  readonly person: string
  readonly panel: PanelKey
  /** The how-manieth panel of its kind this is for the person. */
  readonly number: number
  readonly analyte: string
  readonly was: number
  readonly now: number
  readonly note: string
}

export const corrections: readonly Correction[] = [
  {
    person: '13',
    panel: 'bmp',
    number: 1,
    analyte: 'potassium',
    was: 6.1,
    now: 4.2,
    note: 'Corrected result. Potassium was first reported as 6.1 mmol/L from a sample that had been damaged on the way. A second tube from the same visit shows 4.2 mmol/L.',
  },
]

export interface OpenOrder {
  readonly person: string
  readonly panel: PanelKey
  readonly status: 'active' | 'revoked' | 'on-hold'
  readonly report?: 'registered' | 'cancelled'
  readonly note: string
}

export const openOrders: readonly OpenOrder[] = [
  {
    person: '01',
    panel: 'vitaminD',
    status: 'active',
    report: 'registered',
    note: 'The sample is at the laboratory. Results usually come within three days.',
  },
  { person: '02', panel: 'lipid', status: 'active', note: 'Please come fasting; the order is valid for three months.' },
  { person: '07', panel: 'urineAlbumin', status: 'active', note: 'Bring a morning sample to the next visit.' },
  { person: '24', panel: 'ntProBnp', status: 'active', report: 'registered', note: 'The sample is at the laboratory.' },
  {
    person: '17',
    panel: 'lipid',
    status: 'revoked',
    report: 'cancelled',
    note: 'Cancelled: the sample was not fasting. A new order will follow.',
  },
  {
    person: '46',
    panel: 'a1c',
    status: 'revoked',
    report: 'cancelled',
    note: 'Cancelled: the tube was not filled enough for the test.',
  },
  { person: '33', panel: 'a1c', status: 'on-hold', note: 'Waiting for the answer of the health plan.' },
]

export interface ReferralRow {
  readonly person: string
  readonly to: Specialty
  readonly for: ConditionKey
  readonly reason: string
  readonly status: 'active' | 'completed' | 'draft' | 'revoked'
  readonly urgent?: true
}

export const referrals: readonly ReferralRow[] = [
  {
    person: '01',
    to: 'endocrinology',
    for: 'diabetes',
    reason: 'Tingling in both feet: is it nerve damage from diabetes?',
    status: 'active',
  },
  {
    person: '09',
    to: 'psychiatry',
    for: 'postpartumDepression',
    reason: 'Talking therapy after the birth',
    status: 'active',
    urgent: true,
  },
  { person: '12', to: 'dermatology', for: 'rash', reason: 'Lasting rash on the hands', status: 'active' },
  {
    person: '39',
    to: 'cardiology',
    for: 'hypertension',
    reason: 'Blood pressure stays high on two medicines',
    status: 'draft',
  },
  { person: '20', to: 'dermatology', for: 'acne', reason: 'Acne with scars', status: 'completed' },
  { person: '57', to: 'dermatology', for: 'rash', reason: 'Sun spots on the shoulders', status: 'revoked' },
]

/** Came yesterday, from a sample that was taken in the morning, and waits for the family doctor. */
export interface NewResult {
  readonly person: string
  readonly panel: PanelKey
  /** Values that are not left to chance, by analyte. */
  readonly told: Readonly<Record<string, number>>
  /** Kept from the patient until it is released. */
  readonly isHeld?: true
}

export const newResults: readonly NewResult[] = [
  { person: '51', panel: 'bmp', told: { potassium: 6.4 } },
  { person: '01', panel: 'thyroid', told: { tsh: 5.3, freeT4: 1.1 }, isHeld: true },
  { person: '21', panel: 'cbc', told: {} },
  { person: '04', panel: 'iron', told: { ferritin: 11 } },
]
