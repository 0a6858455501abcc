/** The codes of a ConceptMap are in the value sets, or at least in the systems, that it maps between. https://hl7.org/fhir/R4/conceptmap.html */
import type { JsonObject } from '../../json.ts'
import { judgeCodes } from '../profile/bindings.ts'
import { objects, text } from '../profile/element-tree.ts'
import type { Visit } from '../profile/visit.ts'
import { enter, issueAt, leave } from '../profile/visit.ts'
import { checkCoding } from './codes.ts'
import type { ResourceRule } from './resource-rules.ts'

/** Each source code, and each target code. */
export const checkConceptMap: ResourceRule = (visit, map) => {
  const source = canonicalOf(map, 'source')
  const target = canonicalOf(map, 'target')
  objects(map['group']).forEach((group, index) => {
    enter(visit, 'group', index)
    objects(group['element']).forEach((element, i) => {
      enter(visit, 'element', i)
      checkCode(visit, element, text(group['source']), source)
      objects(element['target']).forEach((one, j) => {
        enter(visit, 'target', j)
        checkCode(visit, one, text(group['target']), target)
        leave(visit, j)
      })
      leave(visit, i)
    })
    leave(visit, index)
  })
}

function canonicalOf(map: JsonObject, side: string): string {
  return text(map[`${side}Canonical`] ?? map[`${side}Uri`])
}

function checkCode(visit: Visit, holder: JsonObject, system: string, valueSet: string): void {
  const code = text(holder['code'])
  if (code === '' || system === '') return
  if (valueSet === '' || !visit.tools.canonicals.find('ValueSet', valueSet)) {
    checkCoding(visit, { value: { system, code }, extra: undefined, type: 'Coding', index: -1 })
    return
  }
  judgeCodes(visit, [{ valueSet, system, code }], ([verdict], place) => {
    if (verdict!.result !== 'out') return []
    const reason = `'${code}' of ${system} is not in the value set ${valueSet}.`
    return [issueAt(place, 'rule-violated', { reason }, { rule: 'concept-map' }, 'code')]
  })
}
