/** Everything that a handler may use: no handler looks anything up elsewhere. */
import { type Access, accessFor, type Need } from './access/access.ts'
import type { Config } from './config.ts'
import type { RoutedOperation } from './fhir/capability-statement.ts'
import type { CanonicalsInForce, ConformanceSource } from './fhir/conformance/in-force.ts'
import type { Definitions } from './fhir/definitions.ts'
import type { FhirReply, FhirRequest } from './fhir/request.ts'
import type { SearchIndexes } from './fhir/search/search-indexes.ts'
import type { AccessSource } from './interactions/access/access-source.ts'
import type { AccountDoor } from './interactions/access/account-door.ts'
import type { Origin } from './interactions/audit/note.ts'
import type { AuditTrail } from './interactions/audit/trail.ts'
import type { Background } from './interactions/background.ts'
import type { TerminologyCache } from './interactions/terminology/cache.ts'
import type { Roles } from './roles.ts'
import type { Sealer } from './sealing.ts'
import type { IndexSource } from './store/index-source.ts'
import type { Store } from './store/store.ts'

export interface Context {
  readonly config: Config
  readonly definitions: Definitions
  /** The same from the beginning of a request to its end. */
  readonly indexes: SearchIndexes
  readonly indexSource: IndexSource
  readonly store: Store
  /** Conformance resources; the same from the beginning of a request to its end. */
  readonly canonicals: CanonicalsInForce
  readonly conformance: ConformanceSource
  readonly terminologyCache: TerminologyCache
  readonly access: Access
  /** What people may do by their role, and which labels restrict. */
  readonly roles: Roles
  readonly accessSource: AccessSource
  /** The accounts of people; absent where nobody signs in. */
  readonly accounts?: AccountDoor | undefined
  readonly sealer: Sealer
  /** Where accesses are noted; absent where nobody says who they are. */
  readonly audit?: AuditTrail | undefined
  /** Milliseconds: AuditEvents of what happened from then on are still being made. */
  readonly auditBehind?: number | undefined
  /** Where the current request comes from; absent for what the server does by itself. */
  readonly origin?: Origin | undefined
  /** The FHIR base URL that clients see, without a slash at its end. */
  readonly base: string
  /** The version of this program. */
  readonly version: string
  /** The operations that are routed, for the CapabilityStatement. */
  readonly operations: readonly RoutedOperation[]
  readonly now: () => number
  /** A key for a new resource, never given before by any process. */
  readonly newKey: () => bigint
  readonly background: Background
  /** Logs what should not have happened; answers the id that it is logged under. */
  readonly reportBug: (error: unknown) => string
  /** Logs what whoever runs the server should know. */
  readonly warn: (message: string, facts: Readonly<Record<string, string>>) => void
  /** Carries out a request, in the context that is given: the entries of Bundles go through here. */
  readonly dispatch: (request: FhirRequest, context: Context) => Promise<FhirReply>
}

/** The same context for what is done now. */
export function contextFor<C extends Context>(context: C, need: Need): C {
  const access = accessFor(context.access, need)
  return access === context.access ? context : { ...context, access }
}

/** The context for a new request: with the index and the conformance resources of now. */
export function latestContext<C extends Context>(context: C): C {
  const indexes = context.indexSource.current
  const canonicals = context.conformance.current
  return indexes === context.indexes && canonicals === context.canonicals
    ? context
    : { ...context, indexes, canonicals }
}
