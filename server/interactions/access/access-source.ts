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

export interface AccessInForce {
  /** Those that restrict something. */
  readonly consents: readonly StoredConsent[]
  /** What is stored goes before what is shipped. */
  readonly policies: Policies
}

export interface AccessSource {
  /** Another object after every change. */
  inForce(): Promise<AccessInForce>
  /** The same where nobody need be asked. */
  known(): AccessInForce | undefined
  /** This process is about to change something: until that is committed for certain, the database is asked each time. */
  changing(): void
  close(): Promise<void>
}

export interface AccessSourceOptions {
  readonly db: Db
  readonly roles: Context['roles']
  readonly warn: (message: string, facts: Readonly<Record<string, string>>) => void
  readonly indexes: Pick<SearchIndexes, 'index' | 'terms'>
  readonly base: string
  readonly now: () => number
}

/** Milliseconds between two looks: what another process has stored is known everywhere within a second. */
const interval = 300
/** Milliseconds after a change of this process for which the database is asked each time. */
const unsettled = 2000
/** Of those who wait for a change the load that one finds under way may be too old. */
const mostLoads = 3

export async function openAccessSource(options: AccessSourceOptions): Promise<AccessSource> {
  const { db, now } = options
  const load = createLoader(options)
  let current = await load()
  let changed = Number.NEGATIVE_INFINITY
  let loading: Promise<void> | undefined
  const loadOnce = () => {
    loading ??= load()
      .then((loaded) => {
        current = loaded
      })
      .finally(() => {
        loading = undefined
      })
    return loading
  }
  const look = async () => {
    for (let loads = 0; loads < mostLoads && (await accessState(db)) !== current.state; loads++) await loadOnce()
    return current.inForce
  }
  let looking: Promise<unknown> | undefined
  const timer = setInterval(() => {
    // A database that cannot be reached says so to those who ask for something.
    looking ??= look()
      .catch(() => {})
      .finally(() => {
        looking = undefined
      })
  }, interval)
  timer.unref()
  return {
    inForce: async () => (now() - changed < unsettled ? look() : current.inForce),
    known: () => (now() - changed < unsettled ? undefined : current.inForce),
    changing: () => {
      changed = now()
    },
    close: async () => {
      clearInterval(timer)
      await looking
    },
  }
}

interface Loaded {
  readonly state: string
  readonly inForce: AccessInForce
}

/** Reads what it has not read before. */
function createLoader(options: AccessSourceOptions): () => Promise<Loaded> {
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
      inForce: {
        consents: await consentsOf(consents),
        policies: new Map([...roles.policies, ...stored.map((policy) => [policy.role, policy] as const)]),
      },
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
