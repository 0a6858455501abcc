/** What a StructureDefinition says of itself fits what it is based on. https://hl7.org/fhir/R4/structuredefinition.html */
import type { JsonObject } from '../../json.ts'
import { objects, text } from '../profile/element-tree.ts'
import type { Visit } from '../profile/visit.ts'
import { tell } from '../profile/visit.ts'
import type { ResourceRule } from './resource-rules.ts'
import { faultSeverity } from './structure-definition-severity.ts'

/** Its type, kind and derivation, and whether it is the one that its url means. */
export const checkHead: ResourceRule = (visit, structure) => {
  const base = visit.tools.canonicals.find('StructureDefinition', text(structure['baseDefinition']))
  for (const { holds, element, reason } of checks) {
    if (holds(structure, base)) continue
    const severity = faultSeverity(visit, structure)
    tell(visit, 'rule-violated', { reason: reason(structure, base) }, { severity, rule: 'structure' }, element)
  }
  checkMeant(visit, structure)
}

interface HeadCheck {
  readonly element: string
  /** The base is undefined where nobody here knows it. */
  readonly holds: (structure: JsonObject, base: JsonObject | undefined) => boolean
  readonly reason: (structure: JsonObject, base: JsonObject | undefined) => string
}

const ofBase = (element: 'type' | 'kind'): HeadCheck => ({
  element,
  holds: (structure, base) => !base || structure['derivation'] !== 'constraint' || structure[element] === base[element],
  reason: (structure, base) =>
    `A constraint of ${text(base!['url'])} has the ${element} '${text(base![element])}', not '${text(structure[element])}'.`,
})

const checks: readonly HeadCheck[] = [
  {
    element: 'derivation',
    holds: ({ baseDefinition, derivation }) => baseDefinition === undefined || derivation !== undefined,
    reason: () => "What has a baseDefinition says how it is derived from it: 'constraint' or 'specialization'.",
  },
  {
    element: 'baseDefinition',
    holds: ({ baseDefinition, derivation }) => baseDefinition !== undefined || derivation !== 'constraint',
    reason: () => 'A constraint names what it constrains.',
  },
  ofBase('type'),
  ofBase('kind'),
  {
    element: 'type',
    holds: ({ type, derivation }, base) => !base || derivation !== 'specialization' || type !== base['type'],
    reason: ({ type }) =>
      `A specialization is a type of its own, not '${text(type)}' again: name it, or say 'constraint'.`,
  },
  {
    element: 'context',
    holds: ({ type, context }) => type === 'Extension' || objects(context).length === 0,
    reason: () => 'Only an extension has contexts in which it may be used. Leave them out.',
  },
]

/** Of several with one url and version one counts: the others would be stored and never used. */
function checkMeant(visit: Visit, structure: JsonObject): void {
  const { canonicals } = visit.tools
  const url = text(structure['url'])
  if (url === '') return
  const version = text(structure['version'])
  const found = canonicals.find('StructureDefinition', version === '' ? url : `${url}|${version}`)
  if (!found || !canonicals.isStored) return
  // One without a version is meant by its url alone.
  if (version !== '' && found['version'] !== version) return
  const isStored = canonicals.isStored(found)
  if (isStored && found['id'] === structure['id']) return
  const owner = isStored ? `StructureDefinition/${text(found['id'])}` : (canonicals.packageOf?.(found) ?? 'R4 itself')
  const named = version === '' ? url : `${url}|${version}`
  const reason = `${named} is already defined by ${owner}, which goes before this one: this one is not used. Give it another url or version.`
  tell(visit, 'rule-violated', { reason }, { severity: 'warning', rule: 'canonical-taken' }, 'url')
}
