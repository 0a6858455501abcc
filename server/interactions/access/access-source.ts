/** What decides who sees what as this process knows it: consents, and what roles may do. */
import { consentOf, type StoredConsent } from '../../access/consent.ts'
import { type Policies, PolicyError, type RolePolicy } from '../../access/policy.ts'
import { policyOfBasic, rolePolicyId, rolePolicyTerms } from '../../access/policy-resource.ts'
import type { Context } from '../../context.ts'
import { type JsonObject, parseStored } from '../../fhir/json.ts'
import { forms } from '../../fhir/search/forms.ts'
import type { SearchIndexes } from '../../fhir/search/search-indexes.ts'
import { accessState, type ListedVersion, listAccess, readListed } from '../../store/access-changes.ts'
import type { Db } from '../../store/database.ts'
import { type Remembered, remember } from '../../store/remembered.ts'

export interface AccessInForce {
  /** That of the database which this was read of: another text after every change. */
  readonly state: string
  /** Those that restrict something. */
  readonly consents: readonly StoredConsent[]
  /** What is stored goes before what is shipped. */
  readonly policies: Policies
}

/** Has another object after every change. */
export type AccessSource = Remembered<AccessInForce>

export interface AccessSourceOptions {
  readonly db: Db
  readonly roles: Context['roles']
  readonly warn: (message: string, facts: Readonly<Record<string, string>>) => void
  readonly indexes: Pick<SearchIndexes, 'index' | 'terms'>
  readonly base: string
  readonly now: () => number
}

export function openAccessSource(options: AccessSourceOptions): Promise<AccessSource> {
  const { db, now } = options
  const isCurrent = async ({ state }: AccessInForce) => (await accessState(db)) === state
  return remember({ load: createLoader(options), isCurrent, now })
}

/** Reads what it has not read before. */
function createLoader(options: AccessSourceOptions): () => Promise<AccessInForce> {
  const { db, indexes, base, roles } = options
  const [consent] = indexes.index('Consent').standard.get('status')!.paths
  const terms = {
    consent: indexes.terms.term(consent!.tweak, forms.code('active')),
    policy: rolePolicyTerms(options)[0]!,
  }
  const consentsOf = reader(db, 'Consent', (content) => consentOf(content, base))
  const policiesOf = reader(db, 'Basic', (content) => policyOf(content, options))
  return async () => {
    const { state, consents, policies } = await listAccess(db, terms)
    const stored = await policiesOf(policies)
    return {
      state,
      consents: await consentsOf(consents),
      policies: new Map([...roles.policies, ...stored.map((policy) => [policy.role, policy] as const)]),
    }
  }
}

/** What contents mean: each version is read once. */
function reader<T>(
  db: Db,
  type: string,
  meaning: (content: JsonObject) => T | undefined,
): (versions: readonly ListedVersion[]) => Promise<readonly T[]> {
  let known = new Map<string, T | undefined>()
  const nameOf = ({ key, version }: ListedVersion) => `${key} ${version}`
  return async (versions) => {
    const missing = versions.filter((version) => !known.has(nameOf(version)))
    const contents = await readListed(db, type, missing)
    known = new Map(
      versions.map((version) => {
        const name = nameOf(version)
        const content = known.has(name) ? undefined : contents.get(version.key)
        return [name, content === undefined ? known.get(name) : meaning(parseStored(content))]
      }),
    )
    return [...known.values()].filter((one) => one !== undefined)
  }
}

/** Where it cannot be meant any more the role may do nothing: what was shipped may be more than somebody wanted. */
function policyOf(resource: JsonObject, { roles, warn }: AccessSourceOptions): RolePolicy | undefined {
  try {
    return roles.parse(policyOfBasic(resource))
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error
    const id = String(resource['id'])
    warn(`What Basic/${id} says of a role cannot be meant: whoever has it may do nothing.`, { reason: error.message })
    const role = [...roles.files.keys()].find((one) => rolePolicyId(one) === id)
    return role === undefined ? undefined : roles.parse({ role, about: 'Cannot be read.', rules: [] })
  }
}
