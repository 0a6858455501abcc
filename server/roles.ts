/** The roles of people and the labels that restrict: profiles/policies. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { AccessIndex } from './access/compartment-terms.ts'
import type { RestrictedLabels } from './access/labels.ts'
import { type Policies, parsePolicy, type RolePolicy } from './access/policy.ts'
import { type JsonObject, parseStored } from './fhir/json.ts'

export interface Roles {
  /** As they are shipped. */
  readonly policies: Policies
  readonly restrictedLabels: RestrictedLabels
  /** The same as the files have them, by role. */
  readonly files: ReadonlyMap<string, JsonObject>
  /** Reads another. Throws `PolicyError` for what cannot be meant. */
  readonly parse: (policy: JsonObject) => RolePolicy
}

const folder = fileURLToPath(new URL('../profiles/policies/', import.meta.url))
const groupsFile = 'type-groups.json'
const labelsFile = 'restricted-labels.json'

/** Throws `PolicyError` where a file says what cannot be meant. */
export function readRoles(index: AccessIndex): Roles {
  const read = (file: string): JsonObject => parseStored(readFileSync(join(folder, file), 'utf8'))
  const groups = read(groupsFile)
  const files = readdirSync(folder).filter((file) => file.endsWith('.json') && ![groupsFile, labelsFile].includes(file))
  const parse = (policy: JsonObject) => parsePolicy(policy, groups, index)
  const policies = files.map(read)
  return {
    policies: new Map(policies.map(parse).map((policy) => [policy.role, policy])),
    files: new Map(policies.map((policy) => [String(policy['role']), policy])),
    parse,
    restrictedLabels: new Map(Object.entries(read(labelsFile) as Record<string, string[]>)),
  }
}
