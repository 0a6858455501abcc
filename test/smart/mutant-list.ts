// biome-ignore-all lint/suspicious/noTemplateCurlyInString: sources are quoted
/** Bugs to be put into the sources, one at a time: `mutants.ts` says whether the tests tell. */

export interface Mutant {
  readonly bug: string
  readonly file: string
  readonly from: string
  readonly to: string
  /** The test files that are to catch it. */
  readonly tests: string
}

const authorize = 'test/smart/negatives/authorize.test.ts'
const token = 'test/smart/negatives/token.test.ts'
const endpoint = 'test/smart/authorize/endpoint.test.ts'
const services = 'test/smart/grants/client-credentials.test.ts'
const once = 'test/reliability/oauth-once.test.ts'
const uris = 'test/smart/clients/redirect-uris.test.ts'
const unknown = 'test/smart/unapproved-clients.test.ts'
const keys = 'test/smart/clients/client-keys.test.ts'

export const mutants: readonly Mutant[] = [
  {
    bug: 'a code is not used up',
    file: 'server/store/smart/tokens.ts',
    from: 'update token set used = ${at(now)}',
    to: 'update token set used = null',
    tests: endpoint,
  },
  {
    bug: 'a code is looked at, then used up',
    file: 'server/store/smart/tokens.ts',
    from: 'where hash = ${bytes(hash)} and kind = ${kind} and used is null and expires > ${at(now)}\n        returning *',
    to: 'where hash = ${bytes(hash)} and kind = ${kind} and (select used from token o where o.hash = ${bytes(hash)}) is null and expires > ${at(now)}\n        returning *',
    tests: 'test/store/smart/tokens.test.ts',
  },
  {
    bug: 'using a token again revokes nothing',
    file: 'server/store/smart/tokens.ts',
    from: 'and kind = ${kind} and used is not null)',
    to: 'and kind = ${kind} and used is null)',
    tests: endpoint,
  },
  {
    bug: 'assertions are remembered by this process alone',
    file: 'server/store/smart/assertions.ts',
    from: 'const rows = await db.query(',
    to: 'const known = ((globalThis as any).known ??= new Set<string>())\n  const fresh = !known.has(hash.toString("hex"))\n  known.add(hash.toString("hex"))\n  if (fresh || client === "") return fresh\n  const rows = await db.query(',
    tests: once,
  },
  {
    bug: 'redirect URIs are compared by their beginning',
    file: 'server/smart/clients/redirect-uris.ts',
    from: '(known === uri && !isLoopbackPattern(known))',
    to: 'uri.startsWith(known)',
    tests: `${uris} ${authorize}`,
  },
  {
    bug: 'the port of localhost is compared by its beginning',
    file: 'server/smart/clients/redirect-uris.ts',
    from: 'if (!isLoopbackPattern(known) || redirectUriProblem(uri) !== undefined) return false\n',
    to: "if (uri.startsWith(known.replace(':*', ''))) return true\n",
    tests: uris,
  },
  {
    bug: 'errors go to a redirect URI that was not looked at',
    file: 'server/smart/authorize/check-redirect-uri.ts',
    from: 'if (!isRegisteredUri(redirectUri, state.client!.redirectUris))',
    to: 'if (redirectUri === "")',
    tests: authorize,
  },
  {
    bug: 'PKCE may be plain',
    file: 'server/smart/authorize/check-pkce.ts',
    from: "if (state.parameters.get('code_challenge_method') !== 'S256')",
    to: "if (!['S256', 'plain', undefined].includes(state.parameters.get('code_challenge_method')))",
    tests: authorize,
  },
  {
    bug: 'a verifier that is missing is right',
    file: 'server/smart/grants/authorization-code.ts',
    from: "if (verifier === undefined) return 'code_verifier is missing.'",
    to: 'if (verifier === undefined) return undefined',
    tests: token,
  },
  {
    bug: 'the challenge is a verifier, too',
    file: 'server/smart/grants/authorization-code.ts',
    from: 'return challenge.length === expected.length && timingSafeEqual(challenge, expected)',
    to: "return verifier === data!['code_challenge'] || timingSafeEqual(challenge, expected)",
    tests: token,
  },
  {
    bug: 'codes are of use to any client',
    file: 'server/smart/grants/authorization-code.ts',
    from: 'if (client !== sender)',
    to: "if (client === '' && sender === '')",
    tests: token,
  },
  {
    bug: 'aud is compared by its beginning',
    file: 'server/smart/authorize/check-audience.ts',
    from: "value.replace(/\\/$/, '') === urls.fhir",
    to: 'value.startsWith(urls.fhir)',
    tests: authorize,
  },
  {
    bug: 'scopes go beyond the registration',
    file: 'server/smart/authorize/check-scope.ts',
    from: 'narrowScopes(meant.filter(isOfPerson), allowed)',
    to: 'narrowScopes(meant.filter(isOfPerson), [...allowed, ...meant])',
    tests: authorize,
  },
  {
    bug: 'more can be ticked than was asked for',
    file: 'server/smart/pages/scope-choices.ts',
    from: "...narrowScopes(\n      resources,\n      allowed.filter((scope) => scope.kind === 'resource'),\n    ),",
    to: "...allowed.filter((scope) => scope.kind === 'resource'),",
    tests: 'test/smart/pages/scope-choices.test.ts',
  },
  {
    bug: 'a refreshed token may have other scopes',
    file: 'server/smart/grants/refresh-token.ts',
    from: 'if (!isWithin || narrowed.length === 0)',
    to: 'if (isWithin && narrowed.length === 0)',
    tests: token,
  },
  {
    bug: 'forms are taken from any browser',
    file: 'server/store/smart/authorization-requests.ts',
    from: 'and browser = ${bytes(browser)}',
    to: 'and (browser = ${bytes(browser)} or true)',
    tests: authorize,
  },
  {
    bug: 'forms are taken from any origin',
    file: 'server/smart/authorize/endpoint.ts',
    from: 'if (request.origin !== undefined && request.origin !== smart.urls.issuer) return ended(request)',
    to: '',
    tests: authorize,
  },
  {
    bug: 'an answered request can be answered again',
    file: 'server/smart/authorize/issue-code.ts',
    from: 'if (handle !== undefined && !(await takeRequest(tx, secretHash(handle))))',
    to: "if (handle === '')",
    tests: authorize,
  },
  {
    bug: 'assertions may be for somebody else, too',
    file: 'server/smart/clients/client-assertion.ts',
    from: 'audiences.some((one) => !ours.includes(one))',
    to: '!audiences.some((one) => ours.includes(one))',
    tests: services,
  },
  {
    bug: 'assertions may live as long as they like',
    file: 'server/smart/clients/client-assertion.ts',
    from: 'if (exp > now + longestLife + tolerance)',
    to: 'if (exp > Number.MAX_SAFE_INTEGER)',
    tests: services,
  },
  {
    bug: 'keys are fetched from where a stranger says',
    file: 'server/smart/clients/client-assertion.ts',
    from: 'if (jku !== undefined && jku !== client.jwksUri)',
    to: "if (jku === '')",
    tests: `${services} ${keys}`,
  },
  {
    bug: 'addresses inside are fetched from',
    file: 'server/smart/foreign-fetch.ts',
    from: 'if (isIP(host) !== 0 && !isPublicAddress(host))',
    to: "if (host === '')",
    tests: keys,
  },
  {
    bug: 'names that lead inside are fetched from',
    file: 'server/smart/foreign-fetch.ts',
    from: '...(!isAllowed && { lookup: publicLookup })',
    to: '...(isAllowed && { lookup: publicLookup })',
    tests: keys,
  },
  {
    bug: 'what another process revokes is not noticed',
    file: 'server/smart/check-token.ts',
    from: 'const trusted = 800',
    to: 'const trusted = 80_000',
    tests: once,
  },
  {
    bug: 'what this process revokes is noticed later',
    file: 'server/smart/check-token.ts',
    from: 'epoch += 1',
    to: 'epoch += 0',
    tests: endpoint,
  },
  {
    bug: 'the tokens of a closed account go on',
    file: 'server/smart/check-token.ts',
    from: 'if (record.account !== null && !account) return undefined',
    to: '',
    tests: endpoint,
  },
  {
    bug: 'refresh tokens open the API',
    file: 'server/smart/check-token.ts',
    from: "['access'], now())",
    to: "['access', 'refresh', 'code'], now())",
    tests: token,
  },
  {
    bug: 'inactive tokens are explained',
    file: 'server/smart/introspect.ts',
    from: "if (!found || (found.kind === 'refresh' && found.client !== asker)) return inactive",
    to: 'if (!found || asker === "") return inactive',
    tests: endpoint,
  },
  {
    bug: 'any client revokes any token',
    file: 'server/smart/revoke.ts',
    from: 'if (found && found.client !== client.id)',
    to: "if (found && found.client === '')",
    tests: token,
  },
  {
    bug: 'launches are used more than once',
    file: 'server/store/smart/launches.ts',
    from: 'and used is null and expires',
    to: 'and expires',
    tests: 'test/operations/smart-launch.test.ts',
  },
  {
    bug: 'launches are of use to anybody',
    file: 'server/smart/authorize/require-sign-in.ts',
    from: 'if (launch && launch.account !== session.account.number)',
    to: "if (launch?.account === '')",
    tests: 'test/operations/smart-launch.test.ts',
  },
  {
    bug: 'errors go to apps that nobody knows',
    file: 'server/smart/authorize/endpoint.ts',
    from: 'return client!.approved || (session',
    to: 'return client !== undefined || (session',
    tests: unknown,
  },
  {
    bug: 'whoever signs out is sent to apps that nobody knows',
    file: 'server/smart/sign-out/sign-out.ts',
    from: 'goesOn: wish.next !== undefined && wish.client!.approved',
    to: 'goesOn: wish.next !== undefined',
    tests: unknown,
  },
  {
    bug: 'apps that nobody knows are offered',
    file: 'server/store/smart/clients.ts',
    from: "where state = 'active' and ${isApproved} and metadata",
    to: "where state = 'active' and metadata",
    tests: unknown,
  },
  {
    bug: 'an app is opened with any visit',
    file: 'server/smart/own-pages/launcher.ts',
    from: "const isTheirs = encounter === '' ||",
    to: "const isTheirs = encounter !== 'x' ||",
    tests: 'test/smart/launcher.test.ts',
  },
  {
    bug: 'pages of people may be read by pages of others',
    file: 'server/http/cors.ts',
    from: 'if (!row || (origin === undefined && !row.isKept)) return',
    to: 'if (origin === undefined && !row?.isKept) return',
    tests: 'test/smart/discovery.test.ts',
  },
  {
    bug: 'a refresh gives what the registration has lost',
    file: 'server/smart/grants/refresh-token.ts',
    from: 'narrowScopes(parseScopes(grantScopes).scopes, parseScopes(client.scopes).scopes)',
    to: 'parseScopes(grantScopes).scopes.filter(() => client.scopes !== undefined)',
    tests: 'test/smart/grants/refresh-token.test.ts',
  },
  {
    bug: 'rows that one caller may see are given to another',
    file: 'server/store/read-batches.ts',
    from: 'const row = found.get(`${parts[i]} ${key}`)',
    to: 'const row = rows.find(({ pk }) => pk === String(key))',
    tests: 'test/store/read-batches.test.ts',
  },
]
