/** What another terminology server has to be told of a value set that is known here. */
import { isJsonObject, type JsonObject } from '../json.ts'
import { objects } from './code-table.ts'
import { type Facts, joinCanonical } from './facts.ts'
import { implicitValueSet } from './implicit-value-set.ts'

/** Either its canonical, where only others may know it, or itself with what it is made of. */
export type SharedValueSet =
  | { readonly canonical: string }
  | { readonly valueSet: JsonObject; readonly others: readonly JsonObject[] }

/** A value set by its canonical, or itself. Its own URL says nothing to others where it is known here. */
export function sharedValueSet(valueSet: string | JsonObject, facts: Facts): SharedValueSet {
  if (typeof valueSet !== 'string') return { valueSet, others: resourcesAround(valueSet, facts) }
  const implied = implicitValueSet(valueSet, facts)
  const known = implied ? undefined : facts.resource('ValueSet', valueSet)
  return known ? { valueSet: known, others: resourcesAround(known, facts) } : { canonical: valueSet }
}

const mostResources = 200

/** The value sets that it imports and the code systems that it names, as far as they are known here and not to everyone. */
function resourcesAround(valueSet: JsonObject, facts: Facts): readonly JsonObject[] {
  const found = new Set<JsonObject>()
  const seen = new Set<string>()
  const open: JsonObject[] = [valueSet]
  const lookUp = (type: 'CodeSystem' | 'ValueSet', canonical: string) => {
    const key = `${type} ${canonical}`
    if (seen.has(key) || everyoneKnows(canonical)) return
    seen.add(key)
    const implied = type === 'ValueSet' ? implicitValueSet(canonical, facts) : undefined
    const resource = implied ?? facts.resource(type, canonical)
    if (!resource || (type === 'CodeSystem' && resource['content'] !== 'complete')) return
    if (!implied) found.add(resource)
    if (type === 'ValueSet') open.push(resource)
  }
  for (let next = open.pop(); next && seen.size < mostResources; next = open.pop()) {
    for (const { system, version, valueSet: imported } of parts(next)) {
      for (const canonical of Array.isArray(imported) ? imported : []) lookUp('ValueSet', String(canonical))
      if (typeof system !== 'string') continue
      lookUp('CodeSystem', joinCanonical(system, typeof version === 'string' && version !== '*' ? version : undefined))
    }
  }
  return [...found].slice(0, mostResources)
}

function parts({ compose }: JsonObject): JsonObject[] {
  if (!isJsonObject(compose)) return []
  return [...objects(compose['include']), ...objects(compose['exclude'])]
}

/** HL7's own, those of implementation guides apart. */
function everyoneKnows(canonical: string): boolean {
  return /^http:\/\/(?:terminology\.hl7\.org\/|hl7\.org\/fhir\/(?:sid\/|ValueSet\/)?[^/]+$)/.test(canonical)
}
