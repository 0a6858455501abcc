/** Who may sign in to the demo clinic. */
export interface DemoAccount {
  readonly username: string
  readonly name: string
  readonly roles: readonly string[]
  readonly fhirUser: string
  /** Patients for whom they act, besides themselves, with the RelatedPerson that says so. */
  readonly proxies?: readonly { readonly patient: string; readonly relatedPerson: string }[]
  /** In one phrase, for the start log. */
  readonly about: string
}

const child = { patient: 'demo-patient-11', relatedPerson: 'demo-related-11-mother' }

export const demoAccounts: readonly DemoAccount[] = [
  {
    username: 'patient',
    name: 'Maria Santos',
    roles: ['patient'],
    fhirUser: 'Patient/demo-patient-01',
    about: 'a patient with a long record',
  },
  {
    username: 'patient2',
    name: 'Walter Bryant',
    roles: ['patient'],
    fhirUser: 'Patient/demo-patient-07',
    about: 'another patient',
  },
  {
    username: 'guardian',
    name: 'Ana Lucía Rivera',
    roles: ['patient'],
    fhirUser: `RelatedPerson/${child.relatedPerson}`,
    proxies: [child],
    about: 'acts for her child',
  },
  {
    username: 'clinician',
    name: 'Amara Okonkwo',
    roles: ['practitioner'],
    fhirUser: 'Practitioner/demo-practitioner-01',
    about: 'a family doctor',
  },
  {
    username: 'frontdesk',
    name: 'Nadia Brooks',
    roles: ['receptionist'],
    fhirUser: 'Practitioner/demo-office-frontdesk',
    about: 'books visits',
  },
  {
    username: 'billing',
    name: 'Owen Marsh',
    roles: ['biller'],
    fhirUser: 'Practitioner/demo-office-billing',
    about: 'sends bills',
  },
  {
    username: 'admin',
    name: 'Ingrid Solberg',
    roles: ['admin'],
    fhirUser: 'Practitioner/demo-office-admin',
    about: 'runs the server',
  },
]
