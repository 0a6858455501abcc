/** The properties of a CodeSystem agree with the standard ones and with their use. https://hl7.org/fhir/R4/codesystem.html#defined-props */
import type { JsonObject } from '../../json.ts'
import { objects, text } from '../profile/element-tree.ts'
import type { Visit } from '../profile/visit.ts'
import { enter, leave, tell } from '../profile/visit.ts'
import type { ResourceRule } from './resource-rules.ts'

const base = 'http://hl7.org/fhir/concept-properties#'

/** The types of the properties that the specification defines, by code. */
const standard: Readonly<Record<string, string>> = {
  inactive: 'boolean',
  deprecated: 'dateTime',
  deprecationDate: 'dateTime',
  retirementDate: 'dateTime',
  notSelectable: 'boolean',
  parent: 'code',
  child: 'code',
  status: 'code',
}

/** Its definitions of properties, and the properties of its concepts. */
export const checkCodeSystem: ResourceRule = (visit, system) => {
  const types = checkDefinitions(visit, objects(system['property']))
  checkConcepts(visit, system, types)
}

function complain(visit: Visit, reason: string, ...place: (string | number)[]): void {
  tell(visit, 'rule-violated', { reason }, { rule: 'concept-property' }, ...place)
}

function checkDefinitions(visit: Visit, properties: readonly JsonObject[]): ReadonlyMap<string, string> {
  const types = new Map<string, string>()
  const uris = new Set<string>()
  properties.forEach((property, index) => {
    const [code, uri, type] = [text(property['code']), text(property['uri']), text(property['type'])]
    for (const reason of standardFaults(code, uri, type)) complain(visit, reason, 'property', index)
    if (types.has(code)) complain(visit, `There is another property '${code}'.`, 'property', index)
    if (uri !== '' && uris.has(uri)) complain(visit, `There is another property of the URI ${uri}.`, 'property', index)
    if (!types.has(code)) types.set(code, type)
    uris.add(uri)
  })
  return types
}

function standardFaults(code: string, uri: string, type: string): string[] {
  const name = uri.startsWith(base) ? uri.slice(base.length) : ''
  const expected = standard[name]
  if (expected === undefined) return []
  const faults: string[] = []
  if (code !== name && code in standard) faults.push(`The code '${code}' is that of another property than ${uri}.`)
  if (type !== expected) faults.push(`The property ${uri} is a ${expected}, not a ${type}.`)
  return faults
}

function checkConcepts(visit: Visit, holder: JsonObject, types: ReadonlyMap<string, string>): void {
  objects(holder['concept']).forEach((concept, index) => {
    enter(visit, 'concept', index)
    objects(concept['property']).forEach((property, i) => {
      const code = text(property['code'])
      const expected = types.get(code)
      const key = Object.keys(property).find((name) => name.startsWith('value'))
      const actual = key?.slice('value'.length)
      if (expected === undefined || actual === undefined) return
      if (actual.toLowerCase() === expected.toLowerCase()) return
      complain(visit, `The property '${code}' is a ${actual} here, but defined as a ${expected}.`, 'property', i)
    })
    checkConcepts(visit, concept, types)
    leave(visit, index)
  })
}
