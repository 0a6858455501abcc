/** Value sets as the specification says them, one concept at a time, without any index: what the service is compared with. */
import type { JsonObject } from '../../../server/fhir/json.ts'

/** `system code` of all that a value set holds. */
export function naiveMembers(valueSet: JsonObject, resources: readonly JsonObject[]): Set<string> {
  const compose = valueSet['compose'] as JsonObject
  const included = listOf(compose['include']).flatMap((include) => [...naiveInclude(include, resources)])
  const excluded = new Set(listOf(compose['exclude']).flatMap((exclude) => [...naiveInclude(exclude, resources)]))
  const dropsInactive = compose['inactive'] === false
  return new Set(
    included.filter((key) => !excluded.has(key) && !(dropsInactive && isInactive(conceptBy(key, resources)!))),
  )
}

function listOf(value: unknown): JsonObject[] {
  return (value as JsonObject[] | undefined) ?? []
}

function naiveInclude(include: JsonObject, resources: readonly JsonObject[]): Set<string> {
  const sets = ((include['valueSet'] as string[] | undefined) ?? []).map((url) =>
    naiveMembers(resources.find((one) => one['url'] === url)!, resources),
  )
  if (include['system'] !== undefined) sets.push(ownMembers(include, resources))
  const [first = new Set<string>(), ...others] = sets
  return new Set([...first].filter((key) => others.every((other) => other.has(key))))
}

function ownMembers(include: JsonObject, resources: readonly JsonObject[]): Set<string> {
  const system = resources.find((one) => one['resourceType'] === 'CodeSystem' && one['url'] === include['system'])!
  const listed = include['concept'] && new Set(listOf(include['concept']).map(({ code }) => code))
  const found = conceptsOf(system).filter(
    (concept) =>
      (!listed || listed.has(concept['code']!)) &&
      listOf(include['filter']).every((filter) => passes(concept, filter, system)),
  )
  return new Set(found.map(({ code }) => `${system['url']} ${code}`))
}

/** Concepts with the codes right above them. */
export function conceptsOf(system: JsonObject): (JsonObject & { above: string[] })[] {
  const found = new Map<string, JsonObject & { above: string[] }>()
  const visit = (list: readonly JsonObject[], above: readonly string[]) => {
    for (const concept of list) {
      const parents = listOf(concept['property']).flatMap(({ code, valueCode }) =>
        code === 'parent' ? [String(valueCode)] : [],
      )
      const code = String(concept['code'])
      found.set(code, { ...concept, above: [...above, ...parents] } as JsonObject & { above: string[] })
      visit(listOf(concept['concept']), [code])
    }
  }
  visit(listOf(system['concept']), [])
  return [...found.values()]
}

function conceptBy(key: string, resources: readonly JsonObject[]): JsonObject | undefined {
  const [url, code] = key.split(' ')
  const system = resources.find((one) => one['resourceType'] === 'CodeSystem' && one['url'] === url)!
  return conceptsOf(system).find((concept) => concept['code'] === code)
}

function isInactive(concept: JsonObject): boolean {
  return listOf(concept['property']).some(({ code, valueBoolean }) => code === 'inactive' && valueBoolean === true)
}

/** Whether `code` is `above` itself or somewhere below it. */
export function isBelow(code: string, above: string, system: JsonObject, seen: readonly string[] = []): boolean {
  if (code === above) return true
  if (seen.includes(code)) return false
  const concept = conceptsOf(system).find((one) => one['code'] === code)
  return concept?.above.some((parent) => isBelow(parent, above, system, [...seen, code])) ?? false
}

function valuesOf(concept: JsonObject, property: string): string[] {
  if (property === 'code' || property === 'concept') return [String(concept['code'])]
  if (property === 'display') return concept['display'] === undefined ? [] : [String(concept['display'])]
  if (property === 'inactive') return [String(isInactive(concept))]
  return listOf(concept['property']).flatMap((item) =>
    item['code'] === property ? [String(Object.entries(item).find(([name]) => name.startsWith('value'))![1])] : [],
  )
}

function passes(concept: JsonObject, { property, op, value }: JsonObject, system: JsonObject): boolean {
  const [code, wanted] = [String(concept['code']), String(value)]
  const known = conceptsOf(system).some((one) => one['code'] === wanted)
  const values = valuesOf(concept, String(property))
  switch (op) {
    case 'is-a':
      return known && isBelow(code, wanted, system)
    case 'descendent-of':
      return known && code !== wanted && isBelow(code, wanted, system)
    case 'is-not-a':
      return !(known && isBelow(code, wanted, system))
    case 'generalizes':
      return known && isBelow(wanted, code, system)
    case '=':
      return values.includes(wanted)
    case 'in':
      return values.some((one) => wanted.split(',').includes(one))
    case 'not-in':
      return !values.some((one) => wanted.split(',').includes(one))
    case 'regex':
      return values.some((one) => new RegExp(`^(?:${wanted})$`).test(one))
    default:
      return values.length > 0 === (wanted === 'true')
  }
}
