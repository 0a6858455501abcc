/** What each charge of a visit costs, and who pays which part of it. All amounts are whole cents. */
import type { Immunization, Reference } from '@medplum/fhirtypes'
import { reference, referenceTo } from '../elements.ts'
import { vaccinesAt } from '../record/immunizations.ts'
import { doneAt, procedureId } from '../record/procedures.ts'
import { panelReportId } from '../results/results.ts'
import { type ChargeRow, charges, panelCharge, procedureCharge } from '../tables/charges.ts'
import { rapidTests } from '../tables/microbiology.ts'
import type { PayerKey } from '../tables/patients.ts'
import { procedures } from '../tables/procedures.ts'
import { visitKinds } from '../tables/visit-kinds.ts'
import type { Visit } from '../visit-plan.ts'

/** One charge with its price split among those who pay. Amounts are cents. */
export interface PricedLine {
  /** Unlike the code, unique within the visit. */
  readonly key: string
  readonly code: string
  readonly name: string
  readonly price: number
  /** Taken off by contract, paid by the health plan, left to the patient: together the price. */
  readonly discount: number
  readonly plan: number
  readonly patient: number
  readonly service?: Reference
}

interface TermsRow {
  readonly discount: number
  readonly copay: number
  readonly coinsurance: number
}

const terms: Readonly<Record<PayerKey, TermsRow>> = {
  baystate: { discount: 0.28, copay: 2500, coinsurance: 0.2 },
  evergreen: { discount: 0.32, copay: 3000, coinsurance: 0.1 },
  medicare: { discount: 0.35, copay: 2000, coinsurance: 0.15 },
  medicaid: { discount: 0.45, copay: 0, coinsurance: 0 },
  self: { discount: 0.2, copay: 0, coinsurance: 1 },
}
const withCopay = new Set(['VISIT', 'VISIT-SHORT', 'VIDEO'])

/** The charges of a visit in the order in which they stand on the bill. */
export function linesOf(visit: Visit, record: readonly Immunization[]): PricedLine[] {
  const payer = visit.person.row.payer
  return servicesOf(visit, record).map(({ code, service }) => {
    const row = charges[code]!
    const split = shares(row, code, payer)
    return { key: keyOf(code, service), code, name: row.name, price: row.price, ...split, ...(service && { service }) }
  })
}

/** The sum of one part over the lines of a bill. */
export function sumOf(lines: readonly PricedLine[], part: 'price' | 'discount' | 'plan' | 'patient'): number {
  return lines.reduce((sum, line) => sum + line[part], 0)
}

function servicesOf(visit: Visit, record: readonly Immunization[]): { code: string; service?: Reference }[] {
  const condition = visit.complaint?.condition
  return [
    { code: visitKinds[visit.kind].charge },
    ...visit.panels.map((panel) => ({
      code: panelCharge(panel),
      service: reference(`DiagnosticReport/${panelReportId(visit, panel)}`),
    })),
    ...(condition && rapidTests[condition] ? [{ code: 'LAB-RAPID' }] : []),
    ...(condition === 'urineInfection' ? [{ code: 'LAB-CULTURE' }] : []),
    ...(visit.kind === 'hospital' ? [] : doneAt(visit))
      .filter((key) => procedures[key].price > 0)
      .map((key) => ({ code: procedureCharge(key), service: reference(`Procedure/${procedureId(visit, key)}`) })),
    ...vaccinesAt(visit, record).map((each) => ({ code: 'VACCINE', service: referenceTo(each) })),
  ]
}

/** Several vaccines of one visit have the same code. */
function keyOf(code: string, service: Reference | undefined): string {
  const vaccine = code === 'VACCINE' ? `-${service!.reference!.split('-').slice(3).join('-')}` : ''
  return code.toLowerCase() + vaccine
}

function shares(row: ChargeRow, code: string, payer: PayerKey): Pick<PricedLine, 'discount' | 'plan' | 'patient'> {
  const { discount: rate, copay, coinsurance } = terms[payer]
  const discount = Math.round(row.price * rate)
  const allowed = row.price - discount
  const insured = payer !== 'self'
  const share = withCopay.has(code) && insured ? Math.min(copay, allowed) : Math.round(allowed * coinsurance)
  const patient = row.preventive && insured ? 0 : share
  return { discount, plan: allowed - patient, patient }
}
