/** Claims to health plans and what they explained. https://hl7.org/fhir/R4/claim.html */
import type {
  Claim,
  ClaimItem,
  CodeableConcept,
  ExplanationOfBenefit,
  ExplanationOfBenefitItem,
  ExplanationOfBenefitItemAdjudication,
} from '@medplum/fhirtypes'
import { type Day, dateText, instantText } from '../calendar.ts'
import { ageOn, clinicianReference, organizationReference, patientReference } from '../chart.ts'
import { concept, dollars, hl7, icd10, identifier, ownSystem, referenceTo } from '../elements.ts'
import { coverageReference } from '../people/coverage.ts'
import { conditions } from '../tables/conditions.ts'
import type { Visit } from '../visit-plan.ts'
import { encounterReference } from '../visits.ts'
import { type Bill, chargeConcept } from './billing.ts'
import { type PricedLine, sumOf } from './prices.ts'

const daysOfClaims = 120
const daysToAnswer = 11
const professional = hl7('claim-type', 'professional', 'Professional')

/** Only the visits of the last months have a claim here; older ones are in the plans' archives. */
export function isClaimed({ visit }: Bill): boolean {
  const old = visit.day < visit.person.today - daysOfClaims
  return coverageReference(visit.person) !== undefined && !old && visit.day < visit.person.today - 2
}

function answerDay({ visit }: Bill): Day {
  return visit.day + daysToAnswer
}

/** Health plans take some days. */
export function isAnswered(bill: Bill): boolean {
  return answerDay(bill) < bill.visit.person.today
}

/** What the clinic asks of the health plan for a visit. */
export function claim(bill: Bill): Claim {
  const { visit, lines } = bill
  const payer = organizationReference(`payer-${visit.person.row.payer}`)
  return {
    resourceType: 'Claim',
    id: `demo-claim-${visit.key}`,
    identifier: [identifier(ownSystem('claim'), `LC-C-${visit.key}`)],
    status: 'active',
    type: professional,
    use: 'claim',
    patient: patientReference(visit.person),
    billablePeriod: { start: dateText(visit.day), end: dateText(visit.day) },
    created: instantText(visit.day + 1, 600),
    insurer: payer,
    provider: organizationReference('clinic'),
    priority: hl7('processpriority', 'normal', 'Normal'),
    payee: { type: hl7('payeetype', 'provider', 'Provider') },
    careTeam: [{ sequence: 1, ...mainClinician(visit) }],
    diagnosis: diagnoses(visit).map((code, index) => ({ sequence: index + 1, diagnosisCodeableConcept: code })),
    insurance: [{ sequence: 1, focal: true, coverage: coverageReference(visit.person)! }],
    item: lines.map((line, index) => claimItem(visit, line, index)),
    total: dollars(sumOf(lines, 'price')),
  }
}

/** What the health plan paid of a claim, and why. https://hl7.org/fhir/R4/explanationofbenefit.html */
export function explanation(bill: Bill, claimed: Claim): ExplanationOfBenefit {
  const { visit, lines } = bill
  const day = answerDay(bill)
  return {
    resourceType: 'ExplanationOfBenefit',
    id: `demo-eob-${visit.key}`,
    identifier: [identifier(`https://${visit.person.row.payer}.example/claims`, `P${visit.key}`)],
    status: 'active',
    type: professional,
    use: 'claim',
    patient: patientReference(visit.person),
    billablePeriod: claimed.billablePeriod!,
    created: instantText(day, 480),
    insurer: claimed.insurer!,
    provider: claimed.provider,
    payee: { type: claimed.payee!.type },
    claim: referenceTo(claimed),
    outcome: 'complete',
    disposition: 'Processed as agreed by contract.',
    careTeam: [{ sequence: 1, ...mainClinician(visit) }],
    diagnosis: claimed.diagnosis!.map(({ sequence, diagnosisCodeableConcept }) => ({
      sequence,
      diagnosisCodeableConcept: diagnosisCodeableConcept!,
    })),
    insurance: [{ focal: true, coverage: coverageReference(visit.person)! }],
    item: lines.map((line, index) => explainedItem(visit, line, index)),
    total: adjudication(sums(lines)).map(({ category, amount }) => ({ category, amount: amount! })),
    payment: {
      type: hl7('ex-paymenttype', 'complete', 'Complete'),
      date: dateText(day),
      amount: dollars(sumOf(lines, 'plan')),
    },
  }
}

function mainClinician(visit: Visit) {
  const role = hl7('claimcareteamrole', 'primary', 'Primary provider')
  return { provider: clinicianReference(visit.clinician), responsible: true, role }
}

function claimItem(visit: Visit, line: PricedLine, index: number): ClaimItem {
  return {
    sequence: index + 1,
    careTeamSequence: [1],
    diagnosisSequence: [1],
    productOrService: chargeConcept(line),
    servicedDate: dateText(visit.day),
    quantity: { value: 1 },
    unitPrice: dollars(line.price),
    net: dollars(line.price),
    encounter: [encounterReference(visit)],
  }
}

function explainedItem(visit: Visit, line: PricedLine, index: number): ExplanationOfBenefitItem {
  const { unitPrice: _, ...item } = claimItem(visit, line, index)
  return { ...item, adjudication: adjudication(line) }
}

function sums(lines: readonly PricedLine[]): Parts {
  const [price, discount, plan, patient] = (['price', 'discount', 'plan', 'patient'] as const).map((part) =>
    sumOf(lines, part),
  )
  return { price: price!, discount: discount!, plan: plan!, patient: patient! }
}

function diagnoses(visit: Visit): CodeableConcept[] {
  const keys = [...visit.problems, ...(visit.complaint ? [visit.complaint.condition] : [])]
  if (keys.length > 0) return keys.map((key) => concept(icd10, conditions[key].icd, conditions[key].icdDisplay))
  return ageOn(visit.person, visit.day) < 18
    ? [concept(icd10, 'Z00.129', 'Encounter for routine child health examination without abnormal findings')]
    : [concept(icd10, 'Z00.00', 'Encounter for general adult medical examination without abnormal findings')]
}

type Parts = Pick<PricedLine, 'price' | 'discount' | 'plan' | 'patient'>

function adjudication(part: Parts): ExplanationOfBenefitItemAdjudication[] {
  return [
    { category: hl7('adjudication', 'submitted', 'Submitted Amount'), amount: dollars(part.price) },
    { category: hl7('adjudication', 'eligible', 'Eligible Amount'), amount: dollars(part.price - part.discount) },
    { category: hl7('adjudication', 'copay', 'CoPay'), amount: dollars(part.patient) },
    { category: hl7('adjudication', 'benefit', 'Benefit Amount'), amount: dollars(part.plan) },
  ]
}
