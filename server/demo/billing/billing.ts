/** Accounts, charges and invoices. https://hl7.org/fhir/R4/invoice.html */
import type {
  Account,
  ChargeItem,
  Immunization,
  Invoice,
  InvoiceLineItem,
  InvoiceLineItemPriceComponent,
  Patient,
  Reference,
  RelatedPerson,
} from '@medplum/fhirtypes'
import { type Day, dateText } from '../calendar.ts'
import { clinicianReference, organizationReference, type Person, patientReference } from '../chart.ts'
import { chargeCodes, coding, concept, dollars, identifier, ownSystem, reference } from '../elements.ts'
import { coverageReference } from '../people/coverage.ts'
import { proxyId } from '../people/people.ts'
import type { Visit } from '../visit-plan.ts'
import { encounterReference, visitStart } from '../visits.ts'
import { linesOf, type PricedLine, sumOf } from './prices.ts'

/** One visit's money: everything that billing, claims and payments are made of. */
export interface Bill {
  readonly visit: Visit
  readonly lines: readonly PricedLine[]
  readonly invoiced: Day
  readonly status: 'none' | 'issued' | 'balanced'
}

const daysToInvoice = 16
const daysToPay = 45
const slowPayers = new Set(['01', '02', '17'])

/** The bills of one person, oldest first. The newest stays unpaid for some, so that there is something to pay. */
export function billsOf(person: Person, visits: readonly Visit[], record: readonly Immunization[]): Bill[] {
  const priced = [...visits]
    .sort((a, b) => a.day - b.day)
    .map((visit) => ({ visit, lines: linesOf(visit, record), invoiced: visit.day + daysToInvoice }))
  const due = priced.filter((bill) => sumOf(bill.lines, 'patient') > 0 && bill.invoiced < person.today)
  const newest = due.at(-1)
  return priced.map((bill) => {
    if (!due.includes(bill)) return { ...bill, status: 'none' }
    const open = bill.invoiced > person.today - daysToPay || (bill === newest && slowPayers.has(person.key))
    return { ...bill, status: open ? 'issued' : 'balanced' }
  })
}

/** Where the charges of one person add up. https://hl7.org/fhir/R4/account.html */
export function account(person: Person): Account {
  const coverage = coverageReference(person)
  const closed = person.death !== undefined || person.row.left !== undefined
  return {
    resourceType: 'Account',
    id: `demo-account-${person.key}`,
    identifier: [identifier(ownSystem('account'), `LC-ACC-${person.key}`)],
    status: closed ? 'inactive' : 'active',
    type: {
      coding: [coding('http://terminology.hl7.org/CodeSystem/v3-ActCode', 'PBILLACCT', 'patient billing account')],
      text: 'Patient billing account',
    },
    name: `Account of ${person.name}`,
    subject: [patientReference(person)],
    servicePeriod: { start: dateText(person.joined), ...(closed && { end: dateText(person.until) }) },
    ...(coverage && { coverage: [{ coverage, priority: 1 }] }),
    owner: organizationReference('clinic'),
    guarantor: [{ party: payerOf(person) }],
  }
}

/** Who receives the bill: the guardian of a child, else the patient. */
export function payerOf(person: Person): Reference<Patient | RelatedPerson> {
  const proxy = person.row.guardian && proxyId(person.row)
  return proxy ? reference<RelatedPerson>(`RelatedPerson/${proxy}`) : patientReference(person)
}

/** The charges of a visit, each for one thing that was done. https://hl7.org/fhir/R4/chargeitem.html */
export function chargeItems(bill: Bill): ChargeItem[] {
  const { visit } = bill
  return bill.lines.map((line) => ({
    resourceType: 'ChargeItem',
    id: chargeId(visit, line),
    status: bill.invoiced < visit.person.today ? 'billed' : 'billable',
    code: chargeConcept(line),
    subject: patientReference(visit.person),
    context: encounterReference(visit),
    occurrenceDateTime: visitStart(visit),
    performer: [{ actor: clinicianReference(visit.clinician) }],
    performingOrganization: organizationReference('clinic'),
    quantity: { value: 1 },
    priceOverride: dollars(line.price),
    enteredDate: dateText(visit.day),
    ...(line.service && { service: [line.service] as NonNullable<ChargeItem['service']> }),
    account: [reference(`Account/demo-account-${visit.person.key}`)],
  }))
}

/** A charge in the clinic’s own code system. */
export function chargeConcept(line: PricedLine) {
  return concept(chargeCodes, line.code, line.name)
}

/** The id of the invoice of a visit, where there is one. */
export function invoiceId(visit: Visit): string {
  return `demo-invoice-${visit.key}`
}

/** The patient's part of a visit; what others paid is taken off line by line. */
export function invoice(bill: Bill): Invoice | undefined {
  const { visit, lines, status } = bill
  if (status === 'none') return undefined
  const due = dollars(sumOf(lines, 'patient'))
  return {
    resourceType: 'Invoice',
    id: invoiceId(visit),
    identifier: [identifier(ownSystem('invoice'), `LC-INV-${visit.key}`)],
    status,
    type: { text: 'Patient statement' },
    subject: patientReference(visit.person),
    recipient: payerOf(visit.person),
    date: dateText(bill.invoiced),
    participant: [{ role: { text: 'Clinician' }, actor: clinicianReference(visit.clinician) }],
    issuer: organizationReference('clinic'),
    account: reference(`Account/demo-account-${visit.person.key}`),
    lineItem: lines.map((line, index) => lineItem(visit, line, index)),
    totalPriceComponent: components(visit, {
      price: sumOf(lines, 'price'),
      discount: sumOf(lines, 'discount'),
      plan: sumOf(lines, 'plan'),
    }),
    totalNet: due,
    totalGross: due,
    paymentTerms: 'Due within 30 days. Online at the portal, by telephone, or in parts: ask us for a payment plan.',
  }
}

/** A bill that was sent twice by mistake, and called back. */
export function duplicateInvoice(original: Invoice): Invoice {
  return {
    ...original,
    id: `${original.id}-duplicate`,
    identifier: [{ ...original.identifier![0]!, value: `${original.identifier![0]!.value}-2` }],
    status: 'cancelled',
    cancelledReason: 'Sent twice by mistake. Nothing is due on this one.',
  }
}

function chargeId(visit: Visit, line: PricedLine): string {
  return `demo-charge-${visit.key}-${line.key}`
}

function lineItem(visit: Visit, line: PricedLine, index: number): InvoiceLineItem {
  return {
    sequence: index + 1,
    chargeItemReference: reference(`ChargeItem/${chargeId(visit, line)}`, line.name),
    priceComponent: components(visit, line),
  }
}

/** What is taken off is negative, so that the components of a line add up to what is due. */
function components(
  visit: Visit,
  part: Pick<PricedLine, 'price' | 'discount' | 'plan'>,
): InvoiceLineItemPriceComponent[] {
  const { payer } = visit.person.row
  const discount = payer === 'self' ? 'Self-pay discount' : 'Adjustment by contract'
  const charged = { type: 'base' as const, code: { text: 'Charge' }, amount: dollars(part.price) }
  const adjusted = { type: 'discount' as const, code: { text: discount }, amount: dollars(-part.discount) }
  if (payer === 'self' || part.plan === 0) return [charged, adjusted]
  const words = `Paid by ${organizationReference(`payer-${payer}`).display}`
  return [charged, adjusted, { type: 'deduction', code: { text: words }, amount: dollars(-part.plan) }]
}
