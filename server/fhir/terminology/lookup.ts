/** What a code system says of a code. https://hl7.org/fhir/R4/codesystem-operation-lookup.html */
import type { JsonObject } from '../json.ts'
import { parametersResource } from '../parameters.ts'
import { displayFor, textsIn } from './displays.ts'
import { type Facts, joinCanonical, unknownConcept, unknownTerminology } from './facts.ts'
import { grammars } from './grammars.ts'
import { isCode, type Judged, judged } from './members.ts'
import { numbersOf } from './ranges.ts'
import type { System } from './system.ts'

export interface LookupQuestion {
  readonly system: string
  readonly version?: string
  readonly code: string
  readonly displayLanguage?: string
  /** Codes of the properties that are wanted; all where there are none. */
  readonly properties: readonly string[]
}

/** Parameters with what is known of the code. Throws where system or code are unknown. */
export function lookUp(question: LookupQuestion, facts: Facts): JsonObject {
  const { system: url, version, code } = question
  const at = judged(code, url, version, facts)
  if (!at.system && !at.grammar) throw unknownTerminology('code system', joinCanonical(url, version))
  if (isCode(at) !== true) throw unknownConcept(url, code, at.system ? at.system.content : 'complete')
  const { system } = at
  const name = system?.name ?? grammars.get(url)?.name ?? url
  const texts = textsIn(undefined, at, facts)
  const display = displayFor(texts, question.displayLanguage, system?.language) ?? at.grammar?.display?.(code)
  const wanted = wantedTest(question.properties)
  const designations = wanted('designation', true)
    ? texts.designations
    : texts.designations.filter(({ language }) => question.properties.includes(`lang.${language}`))
  return parametersResource([
    { name: 'name', valueString: name },
    ...(system?.version === undefined ? [] : [{ name: 'version', valueString: system.version }]),
    { name: 'display', valueString: display ?? code },
    ...designations.map(
      ({ language, use, value }): JsonObject => ({
        name: 'designation',
        part: [
          ...(language === undefined ? [] : [{ name: 'language', valueCode: language }]),
          ...(use ? [{ name: 'use', valueCoding: use }] : []),
          { name: 'value', valueString: value },
        ],
      }),
    ),
    ...(system ? propertiesOf(at, system, facts).filter(({ code: property }) => wanted(String(property))) : []).map(
      propertyParameter,
    ),
  ])
}

function wantedTest(properties: readonly string[]) {
  const names = new Set(properties)
  return (name: string, designation = false) =>
    names.size === 0 || names.has(name) || names.has('*') || (designation && names.has('designation'))
}

/** The properties of the concept and its supplements, and those that its place in the hierarchy implies. */
function propertiesOf({ code, number }: Judged, system: System, facts: Facts): JsonObject[] {
  const { definition, active, abstract, parents, properties } = system.concept(number!)
  const children = numbersOf(system.children(number!), 0, mostChildren)
  system.expectConcepts?.([...parents, ...children])
  const implied: JsonObject[] = [
    ...(definition === undefined ? [] : [{ code: 'definition', valueString: definition }]),
    { code: 'inactive', valueBoolean: !active },
    ...(abstract ? [{ code: 'abstract', valueBoolean: true }] : []),
    ...parents.map((parent) => ({ code: 'parent', valueCode: system.concept(parent).code })),
    ...children.map((child) => ({ code: 'child', valueCode: system.concept(child).code })),
  ]
  const own = properties.filter(({ code: name }) => !hierarchical.has(String(name)))
  const supplements = facts.supplements(system.url).flatMap((supplement) => {
    const at = supplement.numberOf(code)
    return at === undefined ? [] : supplement.concept(at).properties
  })
  return [...implied, ...own, ...supplements]
}

const hierarchical: ReadonlySet<unknown> = new Set(['parent', 'child', 'inactive', 'abstract'])
const mostChildren = 1000

function propertyParameter({ code, description, ...value }: JsonObject): JsonObject {
  const [name, content] = Object.entries(value).find(([key]) => key.startsWith('value')) ?? ['valueString', '']
  return {
    name: 'property',
    part: [
      { name: 'code', valueCode: code! },
      { name: 'value', [name]: content },
      ...(description === undefined ? [] : [{ name: 'description', valueString: description }]),
    ],
  }
}
