/** Elements that must have a value, and not only extensions. https://hl7.org/fhir/5.0/elementdefinition-definitions.html#ElementDefinition.mustHaveValue */

import type { ElementNode, Profile } from './element-tree.ts'
import { objects, text } from './element-tree.ts'
import { objectOf } from './items.ts'
import type { ItemCheck } from './values.ts'
import { tell } from './visit.ts'

const prefix = 'http://hl7.org/fhir/5.0/StructureDefinition/extension-ElementDefinition.'

/** Checks for `mustHaveValue` and `valueAlternatives`, which R4 has as extensions. */
export function presenceChecks({ definition, name }: ElementNode, profile: Profile): ItemCheck[] {
  const extensions = objects(definition['extension'])
  const mustHave = extensions.some((one) => one['url'] === `${prefix}mustHaveValue` && one['valueBoolean'] === true)
  const alternatives = extensions
    .filter((one) => one['url'] === `${prefix}valueAlternatives`)
    .map((one) => text(one['valueCanonical']))
  if (!mustHave && alternatives.length === 0) return []
  return [
    (visit, item) => {
      if (item.value !== undefined) return
      const present = objects(objectOf(item)?.['extension']).map((one) => text(one['url']))
      if (alternatives.some((url) => present.includes(url))) return
      const expected = ['a value', ...alternatives].join(' or ')
      tell(visit, 'fixed-value', { element: name, expected }, { rule: 'must-have-value', profile })
    },
  ]
}
