/** Compiles the types of the element model into tables, each at its first use. */
import type { Definitions, ElementDefinition, Property, TypeDefinition } from '../definitions.ts'
import type { CheckObject, Named, PrimitiveUse } from './checks.ts'
import {
  manyComplex,
  manyPrimitives,
  manySiblings,
  oneComplex,
  oneNarrative,
  onePrimitive,
  oneSibling,
} from './checks.ts'
import { checkElements } from './elements.ts'
import { codeRule, primitiveRules } from './primitives.ts'
import { referenceCheck } from './reference-rules.ts'
import { checkContained, checkResource } from './resources.ts'
import type { Check, Rule, TypeTable } from './walk.ts'
import { report } from './walk.ts'

/** The table of a resource type; undefined for a name that is none. */
export type TableOf = (resourceType: string) => TypeTable | undefined

const compiled = new WeakMap<Definitions, TableOf>()

/** The tables for these definitions; the same ones for every call. */
export function tablesFor(definitions: Definitions): TableOf {
  let tableOf = compiled.get(definitions)
  if (!tableOf) {
    const tables: Tables = { definitions, byType: new Map(), resources: new Map() }
    tableOf = (type) => tables.resources.get(type) ?? compileResource(tables, type)
    compiled.set(definitions, tableOf)
  }
  return tableOf
}

interface Tables {
  readonly definitions: Definitions
  readonly byType: Map<string, TypeTable>
  readonly resources: Map<string, TypeTable>
}

function compileResource(tables: Tables, type: string): TypeTable | undefined {
  if (!tables.definitions.isResourceType(type)) return undefined
  const table = compileType(tables, type)
  tables.resources.set(type, table)
  return table
}

/** Types refer to each other in circles: a table is known before it is filled. */
function compileType(tables: Tables, name: string): TypeTable {
  const known = tables.byType.get(name)
  if (known) return known
  const type = tables.definitions.types.get(name)!
  const rules = new Map<string, Rule>()
  const counted = type.elements.filter((element) => element.min > 0 || element.choice)
  const table: TypeTable = {
    name,
    rules,
    counted,
    requiredBits: bits(counted, (element) => element.min > 0),
    choiceBits: bits(counted, (element) => element.choice === true),
    ...(name === 'Extension' && { together: checkExtension(counted) }),
  }
  tables.byType.set(name, table)
  if (type.kind === 'resource') rules.set('resourceType', { bit: 0, content: 1, check: () => {} })
  for (const property of tables.definitions.properties(name)!.values()) addRules(tables, type, property, table, rules)
  return table
}

function bits(counted: readonly ElementDefinition[], chosen: (element: ElementDefinition) => boolean): number {
  return counted.reduce((mask, element, position) => (chosen(element) ? mask | (1 << position) : mask), 0)
}

function addRules(
  tables: Tables,
  type: TypeDefinition,
  property: Property,
  table: TypeTable,
  rules: Map<string, Rule>,
): void {
  const { name, element, many, primitive } = property
  if (element.max === 0) return
  const named = { name, element: element.name }
  const position = table.counted.indexOf(element)
  const bit = position < 0 ? 0 : 1 << position
  const check = primitive ? primitiveCheck(tables, property, named) : complexCheck(tables, property, named)
  rules.set(name, { bit, content: name === 'id' ? 0 : 1, check })
  if (!primitive || !hasSibling(type, property)) return
  const sibling = compileType(tables, property.type.code)
  rules.set(`_${name}`, { bit, content: 1, check: (many ? manySiblings : oneSibling)(named, sibling) })
}

/** Ids, an extension's url and XHTML are attributes or markup in XML: they cannot be extended. */
function hasSibling(type: TypeDefinition, property: Property): boolean {
  const { name } = property
  return name !== 'id' && property.type.code !== 'xhtml' && !(type.name === 'Extension' && name === 'url')
}

function primitiveCheck({ definitions }: Tables, property: Property, named: Named): Check {
  const type = property.type.code
  const valueSet = type === 'code' ? property.element.binding?.valueSet : undefined
  const codes = valueSet === undefined ? undefined : definitions.requiredCodes.get(valueSet)
  const use: PrimitiveUse =
    valueSet !== undefined && codes
      ? { ...named, type, rule: codeRule(codes), valueSet, codes }
      : { ...named, type, rule: primitiveRules[type]! }
  if (type === 'xhtml') return oneNarrative(use)
  return (property.many ? manyPrimitives : onePrimitive)(use)
}

function complexCheck(tables: Tables, property: Property, named: Named): Check {
  return (property.many ? manyComplex : oneComplex)(named, objectCheck(tables, property))
}

function objectCheck(tables: Tables, property: Property): CheckObject {
  const { code, targets } = property.type
  if (tables.definitions.types.get(code)!.kind === 'resource') {
    return property.name === 'contained' ? checkContained : checkResource
  }
  const table = compileType(tables, code)
  if (code !== 'Reference') return (walk, object) => checkElements(walk, table, object, false)
  const checkReference = referenceCheck(targets, tables.definitions)
  return (walk, object) => {
    checkElements(walk, table, object, false)
    checkReference(walk, object)
  }
}

/** An extension has either a value or extensions. https://hl7.org/fhir/R4/extensibility.html#Extension */
function checkExtension(counted: readonly ElementDefinition[]): TypeTable['together'] {
  const valueBit = 1 << counted.findIndex((element) => element.name === 'value')
  return (walk, extension, seen) => {
    const hasValue = (seen & valueBit) !== 0
    const isNested = Object.hasOwn(extension, 'extension')
    if (hasValue && isNested) {
      report(walk, 'misplaced-element', { element: 'extension', place: 'an extension that has a value' }, 'extension')
    } else if (!hasValue && !isNested) report(walk, 'missing-element', { element: 'value[x]' }, 'value')
  }
}
