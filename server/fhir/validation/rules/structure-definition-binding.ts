/** A required binding may only be made narrower. https://hl7.org/fhir/R4/profiling.html#bindings */
import type { JsonObject } from '../../json.ts'
import { isJsonObject } from '../../json.ts'
import { judgeCodes } from '../profile/bindings.ts'
import { objects, text } from '../profile/element-tree.ts'
import type { Visit } from '../profile/visit.ts'
import { issueAt, tell } from '../profile/visit.ts'

/** The codes and systems that a value set lists are in the one that its base requires; filters are not followed. */
export function checkNarrower(visit: Visit, element: JsonObject, severity: 'error' | 'warning'): void {
  const { profiles, canonicals } = visit.tools
  const base = profiles.find(text(visit.scope.resource['baseDefinition']))
  const required = base?.byPath.get(text(element['path']))?.definition['binding']
  const binding = element['binding']
  if (!isJsonObject(required) || required['strength'] !== 'required' || !isJsonObject(binding)) return
  const [outer, inner] = [text(required['valueSet']), text(binding['valueSet'])]
  const [allowed, own] = [outer, inner].map((canonical) => canonicals.find('ValueSet', canonical))
  if (!allowed || !own || allowed === own) return
  const systems = partsOf(allowed).map((part) => text(part['system']))
  const told = { severity, rule: 'binding-narrower' } as const
  for (const part of partsOf(own)) {
    const system = text(part['system'])
    const codes = objects(part['concept']).map(({ code }) => ({ valueSet: outer, system, code: text(code) }))
    judgeCodes(visit, codes, (verdicts, place) => {
      const wrong = codes.find((_code, i) => verdicts[i]!.result === 'out')
      if (!wrong) return []
      const reason = `The base requires a code of ${outer}, which does not have ${system}#${wrong.code} of ${inner}.`
      return [issueAt(place, 'rule-violated', { reason }, told, 'binding', 'valueSet')]
    })
    const isWhole = system !== '' && codes.length === 0
    if (!isWhole || systems.includes('') || systems.includes(system)) continue
    const reason = `The base requires a code of ${outer}, which has none of ${system}, as ${inner} does.`
    tell(visit, 'rule-violated', { reason }, told, 'binding', 'valueSet')
  }
}

function partsOf({ compose }: JsonObject): readonly JsonObject[] {
  return isJsonObject(compose) ? objects(compose['include']) : []
}
