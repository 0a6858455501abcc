/** The base specification and a case's own files, as sources of a validator. */

import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Canonicals } from '../../server/fhir/conformance/canonicals.ts'
import type { JsonObject } from '../../server/fhir/json.ts'
import { isJsonObject } from '../../server/fhir/json.ts'
import { type Issue, OutcomeError } from '../../server/fhir/outcome.ts'
import { codeTable } from '../../server/fhir/terminology/code-table.ts'
import type { Facts } from '../../server/fhir/terminology/facts.ts'
import { isoCodeSystem } from '../../server/fhir/terminology/iso-codes.ts'
import type { CodeQuestion, CodeVerdict, Terminology } from '../../server/fhir/terminology/terminology.ts'
import { checkInSystem, checkInValueSet } from '../../server/fhir/terminology/validate-code.ts'
import { objects } from '../../server/fhir/validation/profile/element-tree.ts'
import type { Validation } from '../../server/fhir/validation/profile/validator.ts'
import { snapshotOf } from '../../server/fhir/validation/snapshot.ts'
import { loadDefinitions } from '../../server/packages.ts'
import { publishedResources } from '../../server/published-resources.ts'
import { canonicalsOf, firstOf } from '../support/canonicals.ts'

const cache = join(tmpdir(), 'candela-test-cache')

/** The element model. */
export const definitions = loadDefinitions(cache)

const published = publishedResources(cache)

/** The base specification with these resources before it. */
export function canonicalsWith(resources: readonly JsonObject[]): Canonicals {
  return firstOf(canonicalsOf(resources), published)
}

/** Terminology of what is in these canonicals and nothing else. */
export function terminologyOf(canonicals: Canonicals): Terminology {
  const facts: Facts = {
    resource: (type, canonical) => canonicals.find(type, canonical),
    system: (url, version) => {
      const canonical = version === undefined ? url : `${url}|${version}`
      const found = isoCodeSystem(url) ?? canonicals.find('CodeSystem', canonical)
      const content = found?.['content']
      return found && content !== 'not-present' && content !== 'supplement' ? codeTable(found) : undefined
    },
    supplements: () => [],
    conceptMaps: () => [],
    constraint: () => {
      throw new OutcomeError('not-supported', { reason: 'No release is loaded.' })
    },
  }
  const check = (question: CodeQuestion): CodeVerdict => {
    const { valueSet, system, code = '', display, version } = question
    const asked = {
      code,
      ...(display !== undefined && { display }),
      ...(version !== undefined && { version }),
    }
    try {
      if (valueSet === undefined) return checkInSystem({ ...asked, system: system ?? '' }, facts)
      const given = { ...asked, ...(system !== undefined && { system }) }
      return checkInValueSet(valueSet, given, facts, { abstract: false, inferSystem: system === undefined })
    } catch {
      return { result: 'unknown' }
    }
  }
  return { check, decide: async (questions) => questions.map(check) }
}

/** The elements of profiles: generated where there is a differential, except for the base specification's own types. */
export function elementsFrom(canonicals: Canonicals) {
  return (profile: JsonObject): readonly JsonObject[] => {
    const snapshot = profile['snapshot']
    const isBase = published.find('StructureDefinition', String(profile['url'])) === profile
    if (isBase && isJsonObject(snapshot)) return objects(snapshot['element'])
    return snapshotOf(profile, canonicals).elements
  }
}

/** The issues of a validation where nobody knows more than is known in memory. */
export function issuesAlone(validation: Validation): readonly Issue[] {
  let current = validation
  while (current.needed) {
    const { codes, again } = current.needed
    current = again(
      codes.map(() => ({ result: 'unknown' })),
      new Map(),
    )
  }
  return current.issues
}
