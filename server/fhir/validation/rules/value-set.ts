/** The parts of a ValueSet name systems and filters that can be meant. https://hl7.org/fhir/R4/valueset.html */
import type { JsonObject } from '../../json.ts'
import { objects, text } from '../profile/element-tree.ts'
import type { Visit } from '../profile/visit.ts'
import { enter, leave, tell } from '../profile/visit.ts'
import type { ResourceRule } from './resource-rules.ts'

const absolute = /^[a-z][a-z0-9+.-]*:/i

/** What it includes and excludes. */
export const checkValueSet: ResourceRule = (visit, valueSet) => {
  const compose = valueSet['compose'] as JsonObject | undefined
  for (const name of ['include', 'exclude'] as const) {
    objects(compose?.[name]).forEach((part, index) => {
      enter(visit, 'compose')
      enter(visit, name, index)
      checkPart(visit, part)
      leave(visit, index)
      leave(visit)
    })
  }
}

function complain(visit: Visit, reason: string, ...place: (string | number)[]): void {
  tell(visit, 'rule-violated', { reason }, { rule: 'value-set' }, ...place)
}

function checkPart(visit: Visit, part: JsonObject): void {
  const url = text(part['system'])
  if (url === '') return
  if (!absolute.test(url)) complain(visit, `The system '${url}' is not absolute.`, 'system')
  const { canonicals } = visit.tools
  if (canonicals.find('ValueSet', url) && !canonicals.find('CodeSystem', url)) {
    complain(visit, `'${url}' is a value set, not a code system.`, 'system')
  }
  const system = canonicals.find('CodeSystem', url)
  objects(part['filter']).forEach((filter, index) => {
    const fault = filterFault(filter, system)
    if (fault !== undefined) complain(visit, fault, 'filter', index)
  })
}

const comparing: ReadonlySet<string> = new Set(['=', 'in', 'not-in'])

/** The forms of the values by the type of the property. */
const forms: Readonly<Record<string, RegExp>> = {
  boolean: /^(?:true|false)$/,
  integer: /^[+-]?\d+$/,
  decimal: /^[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i,
  dateTime: /^\d{4}(?:-\d\d(?:-\d\d(?:T.*)?)?)?$/,
  Coding: /^[^#|]+(?:\|[^#]*)?#\S+$/,
}

const standardTypes: Readonly<Record<string, string>> = { notSelectable: 'boolean', inactive: 'boolean' }

function filterFault(filter: JsonObject, system: JsonObject | undefined): string | undefined {
  const property = text(filter['property'])
  const value = text(filter['value'])
  const defined = objects(system?.['property']).find((one) => one['code'] === property)
  const type = defined ? text(defined['type']) : standardTypes[property]
  const form = type === undefined ? undefined : forms[type]
  if (!form || !comparing.has(text(filter['op']))) return undefined
  const values = filter['op'] === '=' ? [value] : value.split(',')
  const wrong = values.find((one) => !form.test(one.trim()))
  return wrong === undefined ? undefined : `'${wrong}' is no ${type}, which the property '${property}' is.`
}
