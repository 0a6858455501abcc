/** What a StructureDefinition says of an element can be said of elements of its type. https://hl7.org/fhir/R4/elementdefinition.html */
import type { Definitions } from '../../definitions.ts'
import type { JsonObject } from '../../json.ts'
import { isJsonObject } from '../../json.ts'
import type { ElementNode } from '../profile/element-tree.ts'
import { objects, text, texts } from '../profile/element-tree.ts'
import type { Visit } from '../profile/visit.ts'
import { tell } from '../profile/visit.ts'

/** `element` is what is said, `node` the element that it makes of its base's. */
export function checkElement(
  visit: Visit,
  element: JsonObject,
  node: ElementNode,
  severity: 'error' | 'warning',
): void {
  for (const check of checks) {
    for (const { reason, rule, place, isMild } of check(element, node, visit)) {
      tell(visit, 'rule-violated', { reason }, { severity: isMild ? 'warning' : severity, rule }, ...place)
    }
  }
}

interface Fault {
  readonly reason: string
  readonly rule: string
  readonly place: readonly (string | number)[]
  readonly isMild?: boolean
}

type Check = (element: JsonObject, node: ElementNode, visit: Visit) => readonly Fault[]

const values = ['fixed', 'pattern', 'minValue', 'maxValue', 'defaultValue'] as const

/** `fixedCode` is for an element that may be a code. */
const checkValueTypes: Check = (element, node, { tools: { definitions } }) => {
  const types = node.types.map(({ code }) => code)
  if (types.length === 0 || types.some((type) => anything.has(type) || !definitions.types.has(type))) return []
  return Object.keys(element).flatMap((key) => {
    const suffix = values.map((stem) => suffixOf(key, stem)).find((one) => one !== undefined)
    if (suffix === undefined || types.some((type) => isA(type, suffix, definitions))) return []
    const reason = `'${node.path}' is ${types.join(' or ')}: ${key} is no value of it.`
    return [{ reason, rule: 'value-type', place: [key] }]
  })
}

const anything: ReadonlySet<string> = new Set(['Element', 'Resource', '*'])

function suffixOf(key: string, stem: string): string | undefined {
  const rest = key.startsWith(stem) ? key.slice(stem.length) : ''
  return /^[A-Z]/.test(rest) ? rest : undefined
}

/** The kinds of Quantity are written as such; all other types are named as they are. */
function isA(type: string, suffix: string, definitions: Definitions): boolean {
  return (
    type.slice(0, 1).toUpperCase() + type.slice(1) === suffix ||
    (suffix === 'Quantity' && isKindOf(type, suffix, definitions))
  )
}

/** Texts alone have a length. */
const checkLength: Check = (element, { types, path }, { tools: { definitions } }) => {
  if (element['maxLength'] === undefined || types.length === 0) return []
  if (types.some(({ code }) => definitions.isPrimitive(code) || !definitions.types.has(code))) return []
  const reason = `'${path}' is ${types.map(({ code }) => code).join(' or ')}: only texts have a maxLength.`
  return [{ reason, rule: 'max-length', place: ['maxLength'] }]
}

const bindable: ReadonlySet<string> = new Set('code Coding CodeableConcept Quantity string uri'.split(' '))

/** https://hl7.org/fhir/R4/terminologies.html#binding */
const checkBinding: Check = ({ binding }, { types, path }, { tools: { canonicals, definitions } }) => {
  if (!isJsonObject(binding)) return []
  const faults: Fault[] = []
  const codes = types.map(({ code }) => code)
  const isBound = codes.some(
    (code) => anything.has(code) || !definitions.types.has(code) || isBindable(code, definitions),
  )
  if (codes.length > 0 && !isBound) {
    const reason = `'${path}' is ${codes.join(' or ')}: only codes and texts can be bound to a value set.`
    faults.push({ reason, rule: 'binding-type', place: ['binding'] })
  }
  const valueSet = text(binding['valueSet'])
  const strength = text(binding['strength'])
  if (valueSet === '' && (strength === 'required' || strength === 'extensible')) {
    const reason = `A binding that is ${strength} names its value set: without one nothing is checked.`
    faults.push({ reason, rule: 'binding-value-set', place: ['binding'], isMild: true })
  }
  const other = valueSet === '' ? undefined : foreignType(valueSet, canonicals.find)
  if (other !== undefined) {
    const reason = `${valueSet} is a ${other}, not a ValueSet.`
    faults.push({ reason, rule: 'binding-value-set', place: ['binding', 'valueSet'] })
  }
  return faults
}

function isBindable(code: string, definitions: Definitions): boolean {
  return bindable.has(code) || isKindOf(code, 'Quantity', definitions) || isKindOf(code, 'uri', definitions)
}

function foreignType(canonical: string, find: (type: string, canonical: string) => unknown): string | undefined {
  if (find('ValueSet', canonical)) return undefined
  return ['CodeSystem', 'StructureDefinition'].find((type) => find(type, canonical))
}

/** What a profile lets references lead to is among what its base does. */
const checkTargets: Check = (element, { path }, { tools: { profiles, definitions }, scope }) => {
  const base = profiles.find(text(scope.resource['baseDefinition']))?.byPath.get(path)
  const before = base?.types.filter(({ code }) => code === 'Reference' || code === 'canonical') ?? []
  const allowed = before.flatMap(({ targets }) => targets.map((one) => profiles.find(one)?.type))
  if (allowed.length === 0 || allowed.includes(undefined) || before.some(({ targets }) => targets.length === 0))
    return []
  return objects(element['type']).flatMap((type, index) =>
    texts(type['targetProfile']).flatMap((canonical): Fault[] => {
      const target = profiles.find(canonical)?.type
      if (target === undefined || allowed.some((one) => isKindOf(target, one!, definitions))) return []
      const reason = `'${path}' may refer to ${[...new Set(allowed)].join(' or ')} only: ${canonical} is of ${target}.`
      return [{ reason, rule: 'target-profile', place: ['type', index, 'targetProfile'] }]
    }),
  )
}

function isKindOf(type: string, ancestor: string, definitions: Definitions): boolean {
  for (let at: string | undefined = type; at !== undefined; at = definitions.types.get(at)?.base) {
    if (at === ancestor) return true
  }
  return false
}

/** An element must have room for all of its slices that must be there. */
const checkSlices: Check = (_element, { slices, max, path }) => {
  const least = slices.reduce((sum, { min }) => sum + min, 0)
  if (!(least > max)) return []
  const reason = `The slices of '${path}' take at least ${least} values together, but it may have ${max} at most.`
  return [{ reason, rule: 'slice-counts', place: [] }]
}

/** https://hl7.org/fhir/R4/elementdefinition.html#id */
const checkId: Check = ({ id, path }) => {
  if (typeof id !== 'string' || typeof path !== 'string') return []
  const named = id.replace(/:[^.]*/g, '')
  if (named === path || shortened(named) === shortened(path)) return []
  const reason = `The id '${id}' is that of another element than '${path}'.`
  return [{ reason, rule: 'element-id', place: ['id'] }]
}

/** `valueQuantity` is one of `value[x]`. */
function shortened(path: string): string {
  return path.replace(/\[x\]$/, '')
}

const checks: readonly Check[] = [checkValueTypes, checkLength, checkBinding, checkTargets, checkSlices, checkId]
