/** All resources that the comparison of the server with the oracle runs over. */
import type { Definitions } from '../../server/fhir/definitions.ts'
import { inventResources } from './random/invent.ts'
import { createRandom } from './random/random.ts'
import { readRequiredCodes } from './random/required-codes.ts'
import { sampleResources } from './samples/samples.ts'
import type { SyntheaOptions } from './synthea.ts'
import { loadSynthea } from './synthea.ts'
import type { Resource } from './world.ts'

export interface ResourceOptions extends SyntheaOptions {
  readonly definitions: Definitions
  /** Where Synthea's bundles are, if they are wanted. */
  readonly synthea?: string
  /** How many resources of each type to make up. */
  readonly invented?: number
  readonly seed?: number
}

/** Synthea's patients, the hand-made samples, and resources of every type made up at random. */
export function oracleResources({
  definitions,
  synthea,
  invented = 8,
  seed = 1,
  ...rest
}: ResourceOptions): Resource[] {
  const random = createRandom(seed)
  return [
    ...(synthea === undefined ? [] : loadSynthea(synthea, rest)),
    ...sampleResources(),
    ...inventResources({ definitions, random, perType: invented, codesOf: readRequiredCodes() }),
  ]
}
