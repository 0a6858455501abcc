/** People who sign in, without what accounts keep of them: for tests of the authorization server. */
import type { CallerAccount } from '../../server/access/caller.ts'
import type { People, Session, SignInResult } from '../../server/smart/people.ts'
import { newToken, secretHash } from '../../server/store/accounts/codes.ts'

export interface TestPerson extends CallerAccount {
  readonly username: string
  readonly password: string
  /** Where a second factor is on. */
  readonly otp?: string
}

export interface TestPeople extends People {
  readonly persons: TestPerson[]
  /** A session as of a sign-in page. */
  begin(username: string, authTime?: number): string
  /** Closes an account, or changes it. */
  change(username: string, changes: Partial<TestPerson> | undefined): void
}

export function testPeople(persons: readonly TestPerson[], now: () => number): TestPeople {
  const all = [...persons]
  const sessions = new Map<string, { readonly username: string; readonly authTime: number }>()
  const tickets = new Map<string, string>()
  const named = (username: string) => all.find((person) => person.username === username)
  const begin = (username: string, authTime = now()) => {
    const secret = newToken()
    sessions.set(secretHash(secret).toString('hex'), { username, authTime })
    return secret
  }
  const signedIn = (username: string): SignInResult => ({ kind: 'signed-in', secret: begin(username) })
  return {
    persons: all,
    begin,
    change: (username, changes) => {
      const place = all.findIndex((person) => person.username === username)
      if (changes === undefined) all.splice(place, 1)
      else all[place] = { ...all[place]!, ...changes }
    },
    session: async (secret) => {
      const hash = secretHash(secret)
      const found = sessions.get(hash.toString('hex'))
      const person = found && named(found.username)
      return (
        person &&
        ({
          hash,
          account: accountOf(person),
          name: person.username,
          authTime: found.authTime,
          methods: methodsOf(person),
        } as Session)
      )
    },
    isSignedIn: async (hash) => sessions.has(hash.toString('hex')),
    signIn: async ({ username, password }) => {
      const person = named(username)
      if (person?.password !== password) return { kind: 'refused' }
      if (person.otp === undefined) return signedIn(username)
      const ticket = newToken()
      tickets.set(ticket, username)
      return { kind: 'otp-wanted', ticket }
    },
    confirmCode: async ({ ticket, otp }) => {
      const person = named(tickets.get(ticket) ?? '')
      if (!person) return { kind: 'refused' }
      return person.otp === otp ? signedIn(person.username) : { kind: 'otp-wanted', ticket }
    },
    signOut: async (secret) => {
      sessions.delete(secretHash(secret).toString('hex'))
    },
    account: async (number) => {
      const person = all.find((one) => one.number === number)
      return person && { account: accountOf(person) }
    },
  }
}

function methodsOf({ otp }: TestPerson): readonly string[] {
  return otp === undefined ? ['pwd'] : ['pwd', 'otp', 'mfa']
}

function accountOf({ number, roles, fhirUser, patients }: TestPerson): CallerAccount {
  return { number, roles, patients, ...(fhirUser !== undefined && { fhirUser }) }
}
