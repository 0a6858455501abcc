/** Access tokens for tests of what is noted of those who use them. */
import { newToken, secretHash } from '../../server/store/accounts/codes.ts'
import { addGrant } from '../../server/store/smart/grants.ts'
import { addToken } from '../../server/store/smart/tokens.ts'
import type { SmartServer } from './smart-server.ts'
import type { TestReply } from './test-server.ts'

export interface TokenOf {
  /** The number of the account; absent for a backend service. */
  readonly account?: string
  readonly scopes: string
  readonly patient?: string
}

export type Fhir = (method: string, path: string, body?: object | string) => Promise<TestReply>

/** Requests with a token of their own. */
export async function signedIn(server: SmartServer, { account, scopes, patient }: TokenOf): Promise<Fhir> {
  const db = server.context.store.database
  const created = server.now()
  const times = { created, expires: created + 3_600_000 }
  const client = account === undefined ? 'backend' : 'public'
  const grant = await addGrant(db, {
    ...{ client, scopes, context: {}, ...times },
    ...(account !== undefined && { account }),
    ...(patient !== undefined && { patient }),
  })
  const token = newToken()
  await addToken(db, { hash: secretHash(token), kind: 'access', grant, scopes, ...times })
  return (method, path, body) => server.fhir(method, path, body, { authorization: `Bearer ${token}` })
}
