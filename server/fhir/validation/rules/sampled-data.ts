/** Series of measurements. https://hl7.org/fhir/R4/datatypes.html#SampledData */
import type { JsonObject } from '../../json.ts'
import { text } from '../profile/element-tree.ts'
import type { ItemCheck } from '../profile/values.ts'
import { tell } from '../profile/visit.ts'

/** A decimal, E for an error, L below the lower limit, U above the upper one. */
const sample = /^(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|[EUL])$/

export const checkSampledData: ItemCheck = (visit, { value }) => {
  for (const [one] of text((value as JsonObject)['data']).matchAll(/\S+/g)) {
    if (sample.test(one)) continue
    const type = 'sample: it must be a decimal, E, U or L'
    tell(visit, 'invalid-value', { value: one.slice(0, 40), type }, { rule: 'sampled-data' }, 'data')
    return
  }
}
