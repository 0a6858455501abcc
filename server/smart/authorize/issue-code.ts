import { printScopes } from '../../access/scope.ts'
import type { JsonObject } from '../../fhir/json.ts'
import { newToken, secretHash } from '../../store/accounts/codes.ts'
import { takeRequest } from '../../store/smart/authorization-requests.ts'
import { addGrant } from '../../store/smart/grants.ts'
import { addToken } from '../../store/smart/tokens.ts'
import { withQuery } from '../exchange.ts'
import { lifetimes } from '../grants/lifetimes.ts'
import { OAuthError } from '../oauth-error.ts'
import type { Smart } from '../smart.ts'
import type { AuthorizeState, Step } from './state.ts'

/** The code, to where the client registered; `iss` says whose it is (RFC 9207). */
export const issueCode: Step = {
  name: 'code',
  check: async (state, smart) => {
    const code = newToken()
    await store(state, code, smart)
    const { parameters, redirectUri } = state
    const location = withQuery(redirectUri!, { code, state: parameters.get('state'), iss: smart.urls.issuer })
    return { kind: 'redirect', location }
  },
}

async function store(state: AuthorizeState, code: string, smart: Smart): Promise<void> {
  const { store, now } = smart.context()
  const { parameters, client, session, patient, encounter, granted, progress, handle } = state
  const created = now()
  const scopes = printScopes(granted!)
  const nonce = parameters.get('nonce')
  await store.database.transaction(async (tx) => {
    // Of two tabs that send the same answer, one gets a code.
    if (handle !== undefined && !(await takeRequest(tx, secretHash(handle)))) {
      throw new OAuthError('invalid_request', 'This request was answered already.')
    }
    const grant = await addGrant(tx, {
      client: client!.id,
      account: session!.account.number,
      scopes,
      ...(patient !== undefined && { patient }),
      ...(encounter !== undefined && { encounter }),
      context: launchContext(state, smart),
      ...(nonce !== undefined && { nonce }),
      authTime: session!.authTime,
      session: session!.hash,
      remembered: progress.remembered ?? false,
      created,
      expires: created + lifetimes.grant,
    })
    await smart.accounts.audit(tx, {
      ...{ kind: 'consent-given', account: session!.account.number, client: client!.id, detail: scopes },
      ...(patient !== undefined && { patient }),
      address: state.request.address,
    })
    await addToken(tx, {
      hash: secretHash(code),
      kind: 'code',
      grant,
      scopes,
      data: {
        redirect_uri: state.redirectUri!,
        code_challenge: parameters.get('code_challenge')!,
        amr: [...session!.methods],
      },
      created,
      expires: created + lifetimes.code,
    })
  })
}

/** https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html#launch-context-arrives-with-your-access_token */
function launchContext({ progress, patient }: AuthorizeState, { urls }: Smart): JsonObject {
  return {
    ...(patient !== undefined && { need_patient_banner: true }),
    smart_style_url: urls.style,
    ...progress.launch?.context,
  }
}
