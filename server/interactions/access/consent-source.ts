/** The consents that are in force as this process knows them. */
import { consentOf, type StoredConsent } from '../../access/consent.ts'
import { parseStored } from '../../fhir/json.ts'
import { forms } from '../../fhir/search/forms.ts'
import type { SearchIndexes } from '../../fhir/search/search-indexes.ts'
import { consentState, type ListedConsent, listConsents, readConsents } from '../../store/consents.ts'
import type { Db } from '../../store/database.ts'

export interface ConsentSource {
  /** Those that restrict something; another list after every change. */
  inForce(): Promise<readonly StoredConsent[]>
  /** The same where nobody need be asked. */
  known(): readonly StoredConsent[] | undefined
  /** This process is about to change one: until that is committed for certain, the database is asked each time. */
  changing(): void
  close(): Promise<void>
}

export interface ConsentOptions {
  readonly db: Db
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

export async function openConsentSource(options: ConsentOptions): Promise<ConsentSource> {
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
    for (let loads = 0; loads < mostLoads && (await consentState(db)) !== current.state; loads++) await loadOnce()
    return current.consents
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
    inForce: async () => (now() - changed < unsettled ? look() : current.consents),
    known: () => (now() - changed < unsettled ? undefined : current.consents),
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
  readonly consents: readonly StoredConsent[]
}

/** Reads what it has not read before. */
function createLoader({ db, indexes, base }: ConsentOptions): () => Promise<Loaded> {
  const [path] = indexes.index('Consent').standard.get('status')!.paths
  const active = indexes.terms.term(path!.tweak, forms.code('active'))
  let known = new Map<string, StoredConsent | undefined>()
  const nameOf = ({ key, version }: ListedConsent) => `${key} ${version}`
  return async () => {
    const { state, consents } = await listConsents(db, active)
    const missing = consents.filter((consent) => !known.has(nameOf(consent)))
    const contents = await readConsents(db, missing)
    known = new Map(
      consents.map((consent) => {
        const name = nameOf(consent)
        const content = known.has(name) ? undefined : contents.get(consent.key)
        return [name, content === undefined ? known.get(name) : consentOf(parseStored(content), base)]
      }),
    )
    return { state, consents: [...known.values()].filter((consent) => consent !== undefined) }
  }
}
