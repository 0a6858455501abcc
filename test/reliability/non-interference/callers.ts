/** Whose requests are compared. */
import type { Caller } from '../../../server/access/caller.ts'
import { child, patient, practitioner } from './population.ts'

export interface KindOfCaller {
  readonly name: string
  readonly caller: Caller
  /** How likely a request begins with something that the caller sees. */
  readonly bias: number
  /** Consents of the patient that are in force besides what is made up. */
  readonly consents?: readonly object[]
  /** Whose role lets them know how much is kept from them: their explanations are not compared. */
  readonly countsWithheld?: boolean
  /** The least share of requests that return something to this caller, where it is not that of all. */
  readonly leastPower?: number
}

const of = (name: string, caller: Omit<Caller, 'client' | 'grant' | 'scopes'> & { scopes: string }, bias = 0.75) => ({
  name,
  bias,
  caller: { client: `client-${name}`, grant: name, ...caller, scopes: caller.scopes.split(' ') },
})

const staff = (role: string) => ({ number: '7', roles: [role], fhirUser: `Practitioner/${practitioner}`, patients: [] })

const consent = (provision: object, of = patient) => ({
  status: 'active',
  scope: { text: 'privacy' },
  category: [{ text: 'privacy' }],
  patient: { reference: `Patient/${of}` },
  provision,
})

const resourceType = (code: string) => ({ system: 'http://hl7.org/fhir/resource-types', code })

export const kinds: readonly KindOfCaller[] = [
  of("a patient's app", {
    scopes: 'launch/patient openid fhirUser patient/*.rs',
    patient,
    account: { number: '1', roles: ['patient'], fhirUser: `Patient/${patient}`, patients: [patient] },
  }),
  of("a guardian's app", {
    scopes: 'user/*.cruds',
    account: {
      number: '2',
      roles: ['patient'],
      fhirUser: 'RelatedPerson/made-relatedperson-1',
      patients: [patient, child],
    },
  }),
  of('an app launched for a patient', {
    scopes: 'launch patient/*.cruds',
    patient,
    account: { number: '3', roles: ['admin'], patients: [] },
  }),
  {
    ...of(
      'an app with criteria',
      {
        scopes:
          'patient/Observation.rs?category=http://example.org/categories|laboratory patient/Condition.cruds?category=vital-signs patient/Encounter.rs patient/Patient.r patient/Patient.s user/Practitioner.rs user/Organization.rs patient/DiagnosticReport.rs?category=laboratory,vital-signs user/Location.rs?status=active patient/Immunization.s patient/Procedure.r patient/Goal.read',
        patient,
        account: staff('practitioner'),
      },
      0.9,
    ),
    countsWithheld: true,
  },
  {
    ...of('a nurse', { scopes: 'user/*.cruds', account: staff('nurse') }),
    countsWithheld: true,
    consents: [
      consent({ type: 'deny', class: [resourceType('Condition'), resourceType('Observation')] }),
      consent(
        {
          type: 'deny',
          actor: [{ role: { text: 'x' }, reference: { reference: `Practitioner/${practitioner}` } }],
          provision: [{ type: 'permit', class: [resourceType('Encounter'), resourceType('Patient')] }],
        },
        'made-patient-3',
      ),
    ],
  },
  of('a receptionist', { scopes: 'user/*.cruds openid fhirUser', account: staff('receptionist') }, 0.9),
  {
    ...of('a backend service', { scopes: 'system/*.rs system/Task.cruds' }),
    consents: [
      consent({ type: 'deny', purpose: [{ code: 'TREAT' }] }, 'made-patient-3'),
      consent(
        {
          type: 'permit',
          provision: [{ type: 'deny', code: [{ coding: [{ system: 'http://loinc.org', code: '8480-6' }] }] }],
        },
        child,
      ),
    ],
  },
]
