import { expect, test } from 'vitest'
import { cents, ofType, read } from './clinic.ts'

const invoices = ofType('Invoice')

test('an invoice adds up to the cent, by line and by kind', () => {
  expect(invoices.length).toBeGreaterThan(300)
  for (const invoice of invoices) {
    const parts = invoice.lineItem!.flatMap((line) => line.priceComponent!)
    const sum = (type?: string) =>
      parts.filter((part) => !type || part.type === type).reduce((total, part) => total + cents(part.amount), 0)
    expect(sum()).toBe(cents(invoice.totalNet))
    expect(cents(invoice.totalGross)).toBe(cents(invoice.totalNet))
    expect(cents(invoice.totalNet)).toBeGreaterThan(0)
    for (const total of invoice.totalPriceComponent!) expect(cents(total.amount)).toBe(sum(total.type))
  }
})

test('the base of each line is the price of its charge', () => {
  for (const line of invoices.flatMap((invoice) => invoice.lineItem!)) {
    const charge = read('ChargeItem', line.chargeItemReference!.reference!.split('/')[1]!)
    expect(cents(line.priceComponent!.find((part) => part.type === 'base')!.amount)).toBe(cents(charge.priceOverride))
  }
})

test('every charge has a code of the clinic’s own', () => {
  const known = new Set(read('CodeSystem', 'demo-codesystem-charges').concept!.map((each) => each.code))
  const used = ofType('ChargeItem').map((each) => each.code.coding![0]!.code!)
  expect(used.filter((code) => !known.has(code))).toEqual([])
})

test('invoices are paid, open and cancelled, and the first two patients have something to pay', () => {
  expect(new Set(invoices.map((each) => each.status))).toEqual(new Set(['balanced', 'issued', 'cancelled']))
  for (const key of ['01', '02']) {
    const open = invoices.filter((each) => each.id!.startsWith(`demo-invoice-${key}-`) && each.status === 'issued')
    expect(open.length).toBeGreaterThan(0)
  }
})

test('the invoice of a child goes to the guardian', () => {
  const child = invoices.find((each) => each.subject!.reference === 'Patient/demo-patient-03')!
  expect(child.recipient!.reference).toBe('RelatedPerson/demo-related-03-mother')
})

test('a claim asks for the sum of its items', () => {
  for (const claim of ofType('Claim')) {
    expect(claim.item!.reduce((sum, item) => sum + cents(item.net), 0)).toBe(cents(claim.total))
  }
})

test('an explanation of benefits splits each item without rest', () => {
  const explanations = ofType('ExplanationOfBenefit')
  expect(explanations.length).toBeGreaterThan(20)
  for (const each of explanations) {
    const amounts = (parts: typeof each.total) =>
      Object.fromEntries(parts!.map((part) => [part.category.coding![0]!.code!, cents(part.amount)]))
    const total = amounts(each.total)
    expect(total['eligible']).toBe(total['copay']! + total['benefit']!)
    expect(cents(each.payment!.amount)).toBe(total['benefit'])
    for (const part of ['submitted', 'eligible', 'copay', 'benefit']) {
      const sum = each.item!.reduce((all, item) => {
        const found = item.adjudication!.find((one) => one.category.coding![0]!.code === part)
        return all + cents(found?.amount)
      }, 0)
      expect(sum).toBe(total[part])
    }
  }
})

test('the invoice and the explanation of the same visit leave the same amount to the patient', () => {
  const both = ofType('ExplanationOfBenefit').flatMap((each) => {
    const invoice = invoices.find((one) => one.id === each.id!.replace('demo-eob', 'demo-invoice'))
    return invoice ? [{ each, invoice }] : []
  })
  expect(both.length).toBeGreaterThan(10)
  for (const { each, invoice } of both) {
    const copay = each.total!.find((part) => part.category.coding![0]!.code === 'copay')!
    expect(cents(copay.amount)).toBe(cents(invoice.totalNet))
  }
})

test('payments cover what they pay', () => {
  for (const payment of ofType('PaymentReconciliation')) {
    expect(payment.detail!.reduce((sum, each) => sum + cents(each.amount), 0)).toBe(cents(payment.paymentAmount))
  }
  for (const notice of ofType('PaymentNotice')) {
    const invoice = read('Invoice', notice.request!.reference!.split('/')[1]!)
    expect(invoice.status).toBe('balanced')
    expect(cents(notice.amount)).toBe(cents(invoice.totalNet))
  }
})

test('every claim that was answered is paid by one transfer', () => {
  const paid = ofType('PaymentReconciliation')
    .filter((each) => each.paymentIssuer)
    .flatMap((each) => each.detail!.map((one) => one.response!.reference))
  expect(new Set(paid).size).toBe(paid.length)
  expect(paid).toHaveLength(ofType('ExplanationOfBenefit').length)
})
