/** The options of `candela user`. */
import type { Policies } from '../../access/policy.ts'
import type { AccountChange } from '../../store/accounts/accounts.ts'

export const userOptions = {
  name: { type: 'string' },
  role: { type: 'string', multiple: true },
  person: { type: 'string' },
  email: { type: 'string' },
  demo: { type: 'boolean' },
  'password-stdin': { type: 'boolean' },
} as const

export interface GivenOptions {
  readonly name?: string | undefined
  readonly role?: readonly string[] | undefined
  readonly person?: string | undefined
  readonly email?: string | undefined
  readonly demo?: boolean | undefined
  readonly 'password-stdin'?: boolean | undefined
}

/** What `--help` tells. */
export const userDetails = `Options of add and set:
  --name NAME          how the person is addressed
  --role ROLE          patient, practitioner, nurse, receptionist, biller, pharmacist, labtech, admin or one of your own;
                       may be repeated
  --person TYPE/ID     who the person is: Patient/1, Practitioner/2, RelatedPerson/3 or Person/4
  --email ADDRESS      an address that you know to be theirs
add and password make a password and show it once; with --password-stdin they read it from standard input.
remove --demo removes the accounts of the demo clinic.`

const persons = /^(?:Patient|Practitioner|RelatedPerson|Person)\/[A-Za-z0-9.-]{1,64}$/

/** What options change of an account; what is wrong with them is thrown as an Error. */
export function changeOf({ name, role, person, email }: GivenOptions, policies: Policies): AccountChange {
  const unknown = role?.find((one) => !policies.has(one))
  if (unknown !== undefined) {
    throw new Error(`There is no role '${unknown}'; there are ${[...policies.keys()].sort().join(', ')}.`)
  }
  if (person !== undefined && !persons.test(person)) {
    throw new Error(`--person takes a reference such as Practitioner/2, not '${person}'.`)
  }
  if (email !== undefined && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) {
    throw new Error(`--email takes an address, not '${email}'.`)
  }
  return {
    ...(name !== undefined && { name }),
    ...(role && { roles: [...new Set(role)] }),
    ...(person !== undefined && { fhirUser: person }),
    ...(email !== undefined && { email, emailVerified: true }),
  }
}
