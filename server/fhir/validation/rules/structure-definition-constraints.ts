/** The rules that a StructureDefinition states can be evaluated. https://hl7.org/fhir/R4/fhirpath.html */
import { expressionFault } from '../../fhirpath/expression-fault.ts'
import type { JsonObject } from '../../json.ts'
import type { ElementNode } from '../profile/element-tree.ts'
import { objects, text } from '../profile/element-tree.ts'
import type { Visit } from '../profile/visit.ts'
import { tell } from '../profile/visit.ts'

/** Each constraint of an element; `node` is the element with its types. */
export function checkConstraints(
  visit: Visit,
  element: JsonObject,
  node: ElementNode | undefined,
  severity: 'error' | 'warning',
): void {
  const { definitions } = visit.tools
  const type = typeOf(node)
  objects(element['constraint']).forEach((constraint, index) => {
    const expression = text(constraint['expression'])
    if (expression === '') return
    const fault = expressionFault(expression, type, definitions, visit.spend)
    if (fault === undefined) return
    const reason = `The rule ${text(constraint['key'])} cannot be evaluated: ${fault}.`
    const told = { severity, rule: 'constraint-expression' } as const
    tell(visit, 'rule-violated', { reason }, told, 'constraint', index, 'expression')
  })
}

/** The type that expressions of the element start from; empty where there are several. */
function typeOf(node: ElementNode | undefined): string {
  if (!node || node.contentReference !== undefined) return ''
  if (!node.path.includes('.')) return node.path
  const [type, ...others] = node.types
  if (!type || others.length > 0) return ''
  return type.code === 'BackboneElement' || type.code === 'Element' ? node.path : type.code
}
