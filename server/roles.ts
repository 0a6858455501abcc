/** The roles of people and the labels that restrict: profiles/policies. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { AccessIndex } from './access/compartment-terms.ts'
import type { RestrictedLabels } from './access/labels.ts'
import { type Policies, parsePolicy } from './access/policy.ts'
import { type JsonObject, parseStored } from './fhir/json.ts'

export interface Roles {
  readonly policies: Policies
  readonly restrictedLabels: RestrictedLabels
}

const folder = fileURLToPath(new URL('../profiles/policies/', import.meta.url))
const groupsFile = 'type-groups.json'
const labelsFile = 'restricted-labels.json'

/** Throws `PolicyError` where a file says what cannot be meant. */
export function readRoles(index: AccessIndex): Roles {
  const read = (file: string): JsonObject => parseStored(readFileSync(join(folder, file), 'utf8'))
  const groups = read(groupsFile)
  const files = readdirSync(folder).filter((file) => file.endsWith('.json') && ![groupsFile, labelsFile].includes(file))
  const policies = files.map((file) => parsePolicy(read(file), groups, index))
  return {
    policies: new Map(policies.map((policy) => [policy.role, policy])),
    restrictedLabels: new Map(Object.entries(read(labelsFile) as Record<string, string[]>)),
  }
}
