/** All hand-made resources, with versions. */

import { withVersion } from '../synthea.ts'
import type { Resource } from '../world.ts'
import { documents } from './documents.ts'
import { knowledge } from './knowledge.ts'
import { observations } from './observations.ts'
import { others, patients, practitioners } from './people.ts'
import { places } from './places.ts'

/** The samples, each written an hour after the one before. */
export function sampleResources(start = Date.UTC(2023, 5, 1)): Resource[] {
  const all = [...patients, ...practitioners, ...others, ...observations, ...knowledge, ...documents, ...places]
  return all.map((resource, i) => withVersion(resource as unknown as Resource, start + i * 3_600_000))
}
