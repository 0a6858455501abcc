/** What a CodeSystem says of itself fits the concepts that it has. https://hl7.org/fhir/R4/codesystem.html */
import type { JsonObject } from '../../json.ts'
import { isJsonObject } from '../../json.ts'
import { judgeCodes } from '../profile/bindings.ts'
import { objects, text } from '../profile/element-tree.ts'
import type { Visit } from '../profile/visit.ts'
import { enter, issueAt, leave, tell } from '../profile/visit.ts'
import type { ResourceRule } from './resource-rules.ts'

/** Its content, its count, its value set, and the codes that its concepts refer to. */
export const checkSystemContent: ResourceRule = (visit, system) => {
  const concepts = conceptsOf(system)
  for (const { rule, severity = 'error', place, fault } of checks) {
    const reason = fault(system, concepts)
    if (reason !== undefined) tell(visit, 'rule-violated', { reason }, { severity, rule }, ...place)
  }
  checkValueSet(visit, system)
  checkCase(visit, system, concepts)
  const codes = new Set(concepts.map(({ code }) => text(code)))
  const properties = new Map(objects(system['property']).map((property) => [text(property['code']), property]))
  const subject: Subject = { system, codes, properties, parents: new Map() }
  checkConcepts(visit, system, subject)
  checkCircles(visit, subject)
}

interface Subject {
  readonly system: JsonObject
  readonly codes: ReadonlySet<string>
  /** By code. */
  readonly properties: ReadonlyMap<string, JsonObject>
  /** By the code of a concept, as properties tell them. */
  readonly parents: Map<string, string[]>
}

function conceptsOf(holder: JsonObject): readonly JsonObject[] {
  return objects(holder['concept']).flatMap((concept) => [concept, ...conceptsOf(concept)])
}

interface ContentCheck {
  readonly rule: string
  readonly severity?: 'warning'
  readonly place: readonly string[]
  readonly fault: (system: JsonObject, concepts: readonly JsonObject[]) => string | undefined
}

const checks: readonly ContentCheck[] = [
  {
    rule: 'content',
    place: ['content'],
    fault: ({ content }, { length }) =>
      content === 'not-present' && length > 0
        ? `Its content is 'not-present', but it has ${length} concepts.`
        : undefined,
  },
  {
    // Nobody relies on it, and US Core publishes one that is wrong.
    rule: 'count',
    severity: 'warning',
    place: ['count'],
    fault: ({ content, count }, { length }) => {
      const isWrong = content === 'complete' ? count !== length : content === 'fragment' && Number(count) < length
      return typeof count === 'number' && isWrong ? `It counts ${count} concepts, but has ${length}.` : undefined
    },
  },
  {
    rule: 'supplement',
    place: ['supplements'],
    fault: ({ content, supplements }) => {
      if (content === 'supplement')
        return supplements === undefined ? 'A supplement names what it supplements.' : undefined
      return supplements === undefined ? undefined : `It supplements another code system: its content is 'supplement'.`
    },
  },
]

/** https://hl7.org/fhir/R4/codesystem-definitions.html#CodeSystem.valueSet: all of this system and nothing else. */
function checkValueSet(visit: Visit, system: JsonObject): void {
  const canonical = text(system['valueSet'])
  const valueSet = canonical === '' ? undefined : visit.tools.canonicals.find('ValueSet', canonical)
  const compose = valueSet?.['compose']
  if (!isJsonObject(compose)) return
  const included = objects(compose['include']).map((part) => text(part['system']))
  if (included.includes('') || included.includes(text(system['url']))) return
  const reason = `The value set ${canonical} is to be of all codes of this system, but takes those of ${included.join(', ')}.`
  tell(visit, 'rule-violated', { reason }, { rule: 'all-codes' }, 'valueSet')
}

function checkCase(visit: Visit, { caseSensitive }: JsonObject, concepts: readonly JsonObject[]): void {
  if (caseSensitive !== false) return
  const known = new Map<string, string>()
  for (const { code } of concepts) {
    const [own, lower] = [text(code), text(code).toLowerCase()]
    const other = known.get(lower)
    known.set(lower, own)
    if (other === undefined || other === own) continue
    const reason = `The codes '${other}' and '${own}' are one, since case does not matter.`
    tell(visit, 'rule-violated', { reason }, { rule: 'case' }, 'concept')
  }
}

const standard = 'http://hl7.org/fhir/concept-properties#'
const referring: ReadonlySet<string> = new Set(['parent', 'child'])

function checkConcepts(visit: Visit, holder: JsonObject, subject: Subject): void {
  objects(holder['concept']).forEach((concept, index) => {
    enter(visit, 'concept', index)
    objects(concept['property']).forEach((property, i) => {
      enter(visit, 'property', i)
      checkReference(visit, property, text(concept['code']), subject)
      leave(visit, i)
    })
    checkSupplemented(visit, concept, subject)
    checkConcepts(visit, concept, subject)
    leave(visit, index)
  })
}

/** Properties with codes as values refer to concepts of the same system. */
function checkReference(visit: Visit, property: JsonObject, from: string, subject: Subject): void {
  const { system, codes, properties, parents } = subject
  const code = text(property['code'])
  const defined = properties.get(code)
  if (!defined) {
    // What is not defined may be understood nevertheless, as the reference validator has it.
    const told = { severity: 'warning', rule: 'concept-property' } as const
    const reason = `The code system defines no property '${code}'.`
    if (!known.has(code)) tell(visit, 'rule-violated', { reason }, told)
    return
  }
  const uri = text(defined['uri'])
  const name = uri.startsWith(standard) ? uri.slice(standard.length) : uri === '' ? code : ''
  const value = text(property['valueCode'])
  if (!referring.has(name) || value === '') return
  if (codes.has(value)) {
    const [lower, upper] = name === 'parent' ? [from, value] : [value, from]
    parents.set(lower, [...(parents.get(lower) ?? []), upper])
  } else if (system['content'] === 'complete') {
    const reason = `The ${name} '${value}' of '${from}' is no code of this system.`
    tell(visit, 'rule-violated', { reason }, { rule: 'concept-property' }, 'valueCode')
  }
}

/** https://hl7.org/fhir/R4/codesystem.html#defined-props */
const known: ReadonlySet<string> = new Set(
  'inactive deprecated deprecationDate retirementDate notSelectable parent child status'.split(' '),
)

/** A supplement adds to concepts that there are. */
function checkSupplemented(visit: Visit, concept: JsonObject, { system }: Subject): void {
  const [base, version] = text(system['supplements']).split('|') as [string, string?]
  const code = text(concept['code'])
  if (system['content'] !== 'supplement' || base === '' || code === '') return
  const question = { system: base, code, ...(version !== undefined && { version }) }
  judgeCodes(visit, [question], ([verdict], place) => {
    if (verdict!.systemKnown === false || verdict!.codeKnown !== false) return []
    const reason = `${base} has no code '${code}' that could be supplemented.`
    return [issueAt(place, 'rule-violated', { reason }, { rule: 'supplement' }, 'code')]
  })
}

function checkCircles(visit: Visit, { parents }: Subject): void {
  const done = new Set<string>()
  for (const start of parents.keys()) {
    const circle = circleFrom(start, parents, done)
    if (!circle) continue
    const reason = `These concepts are below themselves: ${circle.join(' → ')}.`
    tell(visit, 'rule-violated', { reason }, { rule: 'concept-property' })
    return
  }
}

/** The first circle that is met going upwards, without recursion: hierarchies may be deep. */
function circleFrom(
  start: string,
  parents: ReadonlyMap<string, readonly string[]>,
  done: Set<string>,
): readonly string[] | undefined {
  const path: { readonly code: string; next: number }[] = [{ code: start, next: 0 }]
  const open = new Set([start])
  while (path.length > 0) {
    const top = path.at(-1)!
    const parent = parents.get(top.code)?.[top.next++]
    if (parent === undefined) {
      path.pop()
      open.delete(top.code)
      done.add(top.code)
    } else if (open.has(parent)) {
      const codes = path.map(({ code }) => code)
      return [...codes.slice(codes.indexOf(parent)), parent]
    } else if (!done.has(parent)) {
      path.push({ code: parent, next: 0 })
      open.add(parent)
    }
  }
  return undefined
}
