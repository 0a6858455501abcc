/** What an operation is and how it is called. https://hl7.org/fhir/R4/operations.html */
import type { Interaction } from '../access/scope.ts'
import type { Context } from '../context.ts'
import type { JsonObject } from '../fhir/json.ts'
import type { FhirReply, FhirRequest, Method } from '../fhir/request.ts'

/** Where an operation is called: `/$x`, `/Patient/$x`, `/Patient/1/$x`, `/Patient/1/_history/2/$x`. */
export type OperationLevel = 'system' | 'type' | 'instance' | 'version'

export interface OperationCall {
  readonly request: FhirRequest
  readonly level: OperationLevel
  /** The segments of the path, as far as the level has them. */
  readonly type?: string
  readonly id?: string
  readonly version?: string
  /** A Parameters resource: from the body, the query, or both. */
  readonly parameters: JsonObject
}

/**
 * What must be allowed with the type that an operation is called on, by the level of the call; nothing where it is not
 * listed, because it tells nothing or finds out what it concerns. `administration`: it is for those who run the server.
 */
export type Needs = 'administration' | Partial<Readonly<Record<OperationLevel, readonly Interaction[]>>>

export interface Operation {
  /** Without the `$`. */
  readonly code: string
  readonly levels: readonly OperationLevel[]
  /** Resource types that have it at the levels below the system; all when absent. */
  readonly types?: readonly string[]
  /** Such an operation is called by POST only. */
  readonly affectsState: boolean
  readonly needs: Needs
  /** Canonical URL of the OperationDefinition. */
  readonly definition: string
  /** The parameter that a body is when it is not Parameters. */
  readonly bodyParameter?: string
  /** A body that is not Parameters is no FHIR: the handler reads it from the request. */
  readonly readsBody?: boolean
  readonly handler: (call: OperationCall, context: Context) => Promise<FhirReply>
}

export function methodsOf(operation: Pick<Operation, 'affectsState'>): readonly Method[] {
  return operation.affectsState ? ['POST'] : ['GET', 'POST']
}
