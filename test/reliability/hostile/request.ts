/** A request that nobody sends with good intentions, and what it is made from. */
import type { Definitions } from '../../../server/fhir/definitions.ts'
import type { JsonObject } from '../../../server/fhir/json.ts'
import type { Random } from '../../oracle/random/random.ts'

export interface HostileRequest {
  /** How it was made. */
  readonly kind: string
  readonly method: string
  /** As it stands in the request line. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly payload?: string | Buffer
}

export interface Maker {
  readonly random: Random
  readonly definitions: Definitions
  /** A few resource types, among them those that are stored. */
  readonly types: readonly string[]
  /** References to what is stored. */
  readonly known: readonly string[]
  /** A valid resource of a type. */
  readonly resource: (type: string) => JsonObject
}

export const json = 'application/fhir+json'
export const xml = 'application/fhir+xml'
export const jsonPatch = 'application/json-patch+json'

/** `Type/id` of something stored, or of nothing. */
export function target({ random, known, types }: Maker): string {
  return random.chance(0.7) ? random.pick(known) : `${random.pick(types)}/nothing`
}
