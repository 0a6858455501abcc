/** The form and the targets of `Reference`. https://hl7.org/fhir/R4/references.html */
import type { Definitions } from '../definitions.ts'
import type { JsonValue } from '../json.ts'
import { isJsonObject } from '../json.ts'
import type { ParsedReference } from '../reference.ts'
import { parseReference } from '../reference.ts'
import type { CheckObject } from './checks.ts'
import type { Walk } from './walk.ts'
import { quoted, report } from './walk.ts'

const structureDefinitions = 'http://hl7.org/fhir/StructureDefinition/'

interface Targets {
  readonly allowed: ReadonlySet<string>
  /** As in `'Patient/1' is not a valid reference to Organization.` */
  readonly label: string
}

/** A check for references that may point at the types of `targets` only, or at any resource. */
export function referenceCheck(targets: readonly string[] | undefined, definitions: Definitions): CheckObject {
  const known = (targets ?? []).filter((type) => definitions.isResourceType(type))
  const any = targets === undefined || targets.includes('Resource')
  const compiled: Targets = any
    ? { allowed: new Set(definitions.resourceTypes), label: 'reference' }
    : { allowed: new Set(known), label: `reference to ${known.join(' or ')}` }

  return (walk, reference) => {
    const literal = text(reference['reference'])
    const type = text(reference['type'])
    const target = literal === '' ? undefined : checkTarget(walk, literal, compiled)
    if (type === '') return
    if (target === undefined) checkType(walk, type, compiled)
    else if (typeName(type) !== target) {
      report(walk, 'invalid-value', { value: quoted(type), type: `type of ${quoted(literal)}` }, 'type')
    }
  }
}

/** Reports what is wrong with a literal reference; returns the type it is known to point at. */
function checkTarget(walk: Walk, literal: string, targets: Targets): string | undefined {
  const parsed = parseReference(literal)
  const fault = formFault(walk, parsed)
  const type = fault === undefined ? targetType(walk, parsed) : undefined
  if (fault !== undefined) report(walk, 'invalid-value', { value: quoted(literal), type: fault }, 'reference')
  else if (type !== undefined && !targets.allowed.has(type)) {
    report(walk, 'invalid-value', { value: quoted(literal), type: targets.label }, 'reference')
  }
  return type
}

function formFault(walk: Walk, parsed: ParsedReference): string | undefined {
  if (parsed.kind === 'invalid') return 'reference'
  if (parsed.kind === 'conditional' && !walk.transaction) return 'reference outside a transaction'
  const dangling = parsed.kind === 'fragment' && targetType(walk, parsed) === undefined
  return dangling ? 'reference to a contained resource: there is none with this id' : undefined
}

function targetType(walk: Walk, parsed: ParsedReference): string | undefined {
  if (parsed.kind === 'relative' || parsed.kind === 'conditional') return parsed.type
  if (parsed.kind !== 'fragment') return undefined
  if (parsed.id === '') return walk.contained ? text(walk.container['resourceType']) : undefined
  walk.containedTypes ??= containedTypes(walk.container['contained'])
  return walk.containedTypes.get(parsed.id)
}

/** Whatever else is wrong with contained resources is reported where they are. */
function containedTypes(contained: JsonValue | undefined): ReadonlyMap<string, string> {
  const types = new Map<string, string>()
  for (const resource of Array.isArray(contained) ? contained : []) {
    if (isJsonObject(resource)) types.set(text(resource['id']), text(resource['resourceType']))
  }
  return types
}

function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : ''
}

/** The type of a reference whose target is not known: a resource type that is allowed, or a logical model's URL. */
function checkType(walk: Walk, type: string, targets: Targets): void {
  const name = typeName(type)
  if (targets.allowed.has(name) || name.includes(':')) return
  report(walk, 'invalid-value', { value: quoted(type), type: targets.label }, 'type')
}

/** Resource types are named relative to the address of FHIR's own definitions. */
function typeName(type: string): string {
  return type.startsWith(structureDefinitions) ? type.slice(structureDefinitions.length) : type
}
