/** Who pays for whom, and what people have agreed to. */
import type { Consent, Coverage, Patient, Reference, RelatedPerson, Resource } from '@medplum/fhirtypes'
import { dateText, dayOf, instantText, monthsBefore, yearOf } from '../calendar.ts'
import { ageOn, organizationReference, type Person, patientReference } from '../chart.ts'
import { claims, concept, hl7, identifier, loinc, reference } from '../elements.ts'
import { type PayerKey, patients } from '../tables/patients.ts'
import { proxyId } from './people.ts'

interface PayerRow {
  /** Source of Payment Typology. */
  readonly type: readonly [code: string, display: string]
  readonly plan: readonly [code: string, name: string]
  readonly prefix: string
}

const payers: Readonly<Partial<Record<PayerKey, PayerRow>>> = {
  baystate: {
    type: ['512', 'Commercial Managed Care - PPO'],
    plan: ['BSM-PPO-500', 'Bay State Choice 500'],
    prefix: 'BSM',
  },
  evergreen: { type: ['511', 'Commercial Managed Care - HMO'], plan: ['EVG-HMO', 'Evergreen Select'], prefix: 'EVG' },
  medicare: { type: ['1', 'MEDICARE'], plan: ['MCR-B', 'Medicare Part B'], prefix: 'MCR' },
  medicaid: { type: ['2', 'MEDICAID'], plan: ['CFH-STD', 'Family Health Standard'], prefix: 'CFH' },
}

/** Coverages of everyone who is insured, then the consents that people gave. */
export function coverageResources(people: readonly Person[]): Resource[] {
  return [...people.flatMap(coverage), ...people.flatMap(consents)]
}

/** The coverage of a person, unless they pay for themselves. */
export function coverageReference(person: Person): Reference<Coverage> | undefined {
  return payers[person.row.payer] ? reference(`Coverage/demo-coverage-${person.key}`) : undefined
}

function coverage(person: Person): Coverage[] {
  const { row } = person
  const payer = payers[row.payer]
  if (!payer) return []
  const ended = row.left !== undefined || person.death !== undefined
  const child = row.guardian !== undefined && patients.some((other) => other.key === row.guardian![1])
  return [
    {
      resourceType: 'Coverage',
      id: `demo-coverage-${row.key}`,
      meta: claims('coverage'),
      identifier: [
        {
          type: hl7('v2-0203', 'MB', 'Member Number'),
          ...identifier(`https://${row.payer}.example/members`, member(person, payer)),
        },
      ],
      status: ended ? 'cancelled' : 'active',
      type: concept('https://nahdo.org/sopt', ...payer.type),
      policyHolder: holder(person),
      subscriber: holder(person),
      subscriberId: `${payer.prefix}${row.household.toUpperCase().slice(0, 4)}${row.key}`,
      beneficiary: patientReference(person),
      relationship: child
        ? hl7('subscriber-relationship', 'child', 'Child')
        : hl7('subscriber-relationship', 'self', 'Self'),
      period: { start: dateText(coverageStart(person)), ...(ended && { end: dateText(person.until + 1) }) },
      payor: [organizationReference(`payer-${row.payer}`)],
      class: [
        {
          type: hl7('coverage-class', 'group', 'Group'),
          value: `${payer.prefix}-G-2041`,
          name: 'Greater Boston group',
        },
        { type: hl7('coverage-class', 'plan', 'Plan'), value: payer.plan[0], name: payer.plan[1] },
      ],
      order: 1,
    },
  ]
}

function member(person: Person, payer: PayerRow): string {
  return `${payer.prefix}-7730${person.key}-01`
}

/** The first of January before the person came, or the birthday of a child. */
function coverageStart(person: Person): number {
  return Math.max(person.birth, dayOf(yearOf(person.joined), 1, 1))
}

function holder(person: Person): Reference<Patient | RelatedPerson> {
  const proxy = person.row.guardian && proxyId(person.row)
  return proxy ? reference<RelatedPerson>(`RelatedPerson/${proxy}`) : patientReference(person)
}

/** Everyone signs the privacy notice; some also agree to share with family or to stay out of the state's exchange. */
function consents(person: Person): Consent[] {
  if (person.row.mergedInto) return []
  const number = Number(person.key)
  const notice = privacyConsent(person)
  if (number % 9 === 1) return [notice, sharingConsent(person, 'permit')]
  if (number === 31 || number === 43) return [notice, sharingConsent(person, 'deny')]
  return [notice]
}

function privacyConsent(person: Person): Consent {
  return {
    resourceType: 'Consent',
    id: `demo-consent-${person.key}-privacy`,
    status: 'active',
    scope: hl7('consentscope', 'patient-privacy', 'Privacy Consent'),
    category: [hl7('consentcategorycodes', 'npp', 'Notice of Privacy Practices')],
    patient: patientReference(person),
    dateTime: instantText(person.joined, 560),
    performer: [signer(person)],
    organization: [organizationReference('clinic')],
    policyRule: hl7('consentpolicycodes', 'hipaa-npp', 'HIPAA Notice of Privacy Practices'),
    provision: { type: 'permit', period: { start: dateText(person.joined) } },
  }
}

function sharingConsent(person: Person, type: 'permit' | 'deny'): Consent {
  const signed = Math.max(person.joined, monthsBefore(person.today, 14))
  return {
    resourceType: 'Consent',
    id: `demo-consent-${person.key}-sharing`,
    status: 'active',
    scope: hl7('consentscope', 'patient-privacy', 'Privacy Consent'),
    category: [concept(loinc, '59284-0', 'Patient Consent', 'Sharing with other hospitals')],
    patient: patientReference(person),
    dateTime: instantText(signed, 605),
    performer: [signer(person)],
    organization: [organizationReference('clinic')],
    policyRule: hl7('consentpolicycodes', 'hipaa-auth', 'HIPAA Authorization'),
    provision: {
      type,
      period: { start: dateText(signed), end: dateText(monthsBefore(signed, -60)) },
      actor: [
        {
          role: hl7('v3-ParticipationType', 'IRCP', 'information recipient'),
          reference: organizationReference('hospital'),
        },
      ],
    },
  }
}

function signer(person: Person): Reference<Patient | RelatedPerson> {
  return ageOn(person, person.today) < 18 ? holder(person) : patientReference(person)
}
