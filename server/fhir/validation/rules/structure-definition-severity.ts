/** How grave it is that a StructureDefinition contradicts itself or its base. */
import type { JsonObject } from '../../json.ts'
import { text } from '../profile/element-tree.ts'
import type { Visit } from '../profile/visit.ts'

/** What the base specification and packages publish has faults, too, which nobody here can mend. */
export function faultSeverity({ tools: { canonicals } }: Visit, structure: JsonObject): 'error' | 'warning' {
  const found = canonicals.find('StructureDefinition', text(structure['url']))
  return found && !canonicals.isStored?.(found) ? 'warning' : 'error'
}
