/** Access tokens as the server would have stored them. */

import { addAccount } from '../../server/store/accounts/accounts.ts'
import { newToken, secretHash } from '../../server/store/accounts/codes.ts'
import type { Database } from '../../server/store/database.ts'
import { putClient } from '../../server/store/smart/clients.ts'
import { addGrant } from '../../server/store/smart/grants.ts'
import { addToken } from '../../server/store/smart/tokens.ts'

const lifetime = 6 * 3_600_000

/** A token of a backend service with scopes. */
export async function serviceToken(database: Database, scopes: string): Promise<string> {
  await addClient(database, scopes)
  return issue(database, { scopes })
}

/** A token of an app that a patient opened. */
export async function patientToken(database: Database, patient: string, scopes: string): Promise<string> {
  await addClient(database, scopes)
  const account = { username: `bench-${patient}`, name: 'A patient', email: null, emailVerified: false, password: null }
  const facts = { roles: ['patient'], fhirUser: `Patient/${patient}`, state: 'active', demo: false } as const
  const number = await addAccount(database, { ...account, ...facts }, Date.now())
  if (number === undefined) throw new Error(`There is an account for Patient/${patient} already.`)
  return issue(database, { scopes, account: number, patient })
}

async function issue(
  database: Database,
  given: { readonly scopes: string; readonly account?: string; readonly patient?: string },
): Promise<string> {
  const created = Date.now()
  const times = { created, expires: created + lifetime }
  const grant = await addGrant(database, { client: 'bench', context: {}, ...given, ...times })
  const token = newToken()
  await addToken(database, { hash: secretHash(token), kind: 'access', grant, scopes: given.scopes, ...times })
  return token
}

async function addClient(database: Database, scopes: string): Promise<void> {
  await putClient(database, {
    ...{ id: 'bench', name: 'The benchmark', state: 'active', source: 'administrator', authMethod: 'none' },
    ...{ redirectUris: [], grantTypes: ['client_credentials'], scopes, jwks: null, jwksUri: null },
    ...{ trusted: false, metadata: {}, created: Date.now() },
  })
}
