/** What the clinic charges, in cents, with codes of its own. */
import { panels } from './analytes.ts'
import { procedures } from './procedures.ts'

export interface ChargeRow {
  readonly name: string
  readonly price: number
  /** Screening and prevention, which insurers pay in full. */
  readonly preventive?: true
}

const visits: Readonly<Record<string, ChargeRow>> = {
  CHECKUP: { name: 'Yearly checkup, adult', price: 21500, preventive: true },
  'CHECKUP-CHILD': { name: 'Well child checkup', price: 17500, preventive: true },
  VISIT: { name: 'Office visit', price: 14800 },
  'VISIT-SHORT': { name: 'Office visit, short', price: 9650 },
  PRENATAL: { name: 'Prenatal visit', price: 13200, preventive: true },
  DRAW: { name: 'Blood draw', price: 1850 },
  FACILITY: { name: 'Procedure room', price: 7500 },
  VIDEO: { name: 'Video visit', price: 8900 },
  HOSPITAL: { name: 'Care by the clinic’s doctor during a hospital stay', price: 68000 },
  'LAB-RAPID': { name: 'Rapid test', price: 3550 },
  'LAB-CULTURE': { name: 'Urine culture', price: 4725 },
  VACCINE: { name: 'Vaccine with injection', price: 5425, preventive: true },
}

/** By code: visits, then laboratory panels as `LAB-…`, then procedures as `PROC-…`. */
export const charges: Readonly<Record<string, ChargeRow>> = {
  ...visits,
  ...Object.fromEntries(
    Object.entries(panels).map(([key, row]) => [panelCharge(key), { name: row.name, price: row.price }]),
  ),
  ...Object.fromEntries(
    Object.entries(procedures)
      .filter(([, row]) => row.price > 0)
      .map(([key, row]) => [procedureCharge(key), { name: row.name, price: row.price }]),
  ),
}

export function panelCharge(key: string): string {
  return `LAB-${dashed(key)}`
}

export function procedureCharge(key: string): string {
  return `PROC-${dashed(key)}`
}

function dashed(key: string): string {
  return key.replace(/[A-Z0-9]+/g, (part) => `-${part}`).toUpperCase()
}
