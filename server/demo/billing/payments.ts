/** Payments by patients, and the transfers by which health plans pay many claims at once. */
import type { Claim, ExplanationOfBenefit, PaymentNotice, PaymentReconciliation, Resource } from '@medplum/fhirtypes'
import { type Day, dateText } from '../calendar.ts'
import { organizationReference } from '../chart.ts'
import { dollars, hl7, identifier, ownSystem, reference, referenceTo } from '../elements.ts'
import { type Bill, invoiceId, payerOf } from './billing.ts'
import { sumOf } from './prices.ts'

/** A claim that its plan has answered. */
export interface Answer {
  readonly bill: Bill
  readonly claim: Claim
  readonly explanation: ExplanationOfBenefit
}

const withReceipts = new Set(['01', '02', '05', '12'])
const monthsOfReceipts = 24

/** The receipt of a paid invoice: what was paid, and the notice to the clinic. */
export function receipt(bill: Bill): Resource[] {
  const { visit } = bill
  const recent = bill.invoiced > visit.person.today - monthsOfReceipts * 30
  if (bill.status !== 'balanced' || !recent || !withReceipts.has(visit.person.key)) return []
  const day = bill.invoiced + 9
  const amount = dollars(sumOf(bill.lines, 'patient'))
  const paid: PaymentReconciliation = {
    resourceType: 'PaymentReconciliation',
    id: `demo-payment-${visit.key}`,
    status: 'active',
    created: dateText(day),
    outcome: 'complete',
    disposition: 'Paid by card through the portal.',
    paymentDate: dateText(day),
    paymentAmount: amount,
    paymentIdentifier: identifier(ownSystem('payment'), `LC-P-${visit.key}`),
    detail: [
      {
        type: hl7('payment-type', 'payment', 'Payment'),
        request: reference(`Invoice/${invoiceId(visit)}`),
        date: dateText(day),
        amount,
      },
    ],
  }
  return [paid, notice(bill, paid, day)]
}

function notice(bill: Bill, paid: PaymentReconciliation, day: Day): PaymentNotice {
  return {
    resourceType: 'PaymentNotice',
    id: `demo-notice-${bill.visit.key}`,
    status: 'active',
    request: reference(`Invoice/${invoiceId(bill.visit)}`, payerOf(bill.visit.person).display),
    created: dateText(day),
    payment: referenceTo(paid),
    paymentDate: dateText(day),
    payee: organizationReference('clinic'),
    recipient: organizationReference('clinic'),
    amount: paid.paymentAmount,
    paymentStatus: hl7('paymentstatus', 'paid', 'Paid'),
  }
}

/** One transfer for each plan and month of answers. */
export function transfers(answers: readonly Answer[], today: Day): PaymentReconciliation[] {
  const groups = Map.groupBy(answers, ({ bill }) => {
    const monthsBack = Math.floor((today - bill.visit.day) / 30)
    return `${bill.visit.person.row.payer}-${monthsBack}`
  })
  return [...groups].sort(([a], [b]) => a.localeCompare(b)).map(([key, group]) => transfer(key, group, today))
}

function transfer(key: string, group: readonly Answer[], today: Day): PaymentReconciliation {
  const [payer, monthsBack] = key.split('-') as [string, string]
  const day = Math.min(today - 1, today - Number(monthsBack) * 30 + 12)
  const sum = group.reduce((total, { bill }) => total + sumOf(bill.lines, 'plan'), 0)
  return {
    resourceType: 'PaymentReconciliation',
    id: `demo-transfer-${key}`,
    status: 'active',
    period: { start: dateText(day - 30), end: dateText(day) },
    created: dateText(day),
    paymentIssuer: organizationReference(`payer-${payer}`),
    outcome: 'complete',
    disposition: 'Transfer received.',
    paymentDate: dateText(day),
    paymentAmount: dollars(sum),
    paymentIdentifier: identifier(`https://${payer}.example/transfers`, `T-${monthsBack}-${group.length}`),
    detail: group.map(({ bill, claim, explanation }) => ({
      type: hl7('payment-type', 'payment', 'Payment'),
      request: referenceTo(claim),
      response: referenceTo(explanation),
      submitter: organizationReference('clinic'),
      payee: organizationReference('clinic'),
      date: explanation.payment!.date!,
      amount: dollars(sumOf(bill.lines, 'plan')),
    })),
  }
}
