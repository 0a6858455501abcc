/** What a ValueSet takes from code systems and other value sets is there to be taken. https://hl7.org/fhir/R4/valueset.html#compositions */
import { spendFor } from '../../fhirpath/native/budget.ts'
import type { JsonObject } from '../../json.ts'
import { isJsonObject } from '../../json.ts'
import { type Issue, OutcomeError } from '../../outcome.ts'
import { codeTable } from '../../terminology/code-table.ts'
import { filtered } from '../../terminology/system.ts'
import type { CodeQuestion, CodeVerdict } from '../../terminology/terminology.ts'
import { judgeCodes } from '../profile/bindings.ts'
import { objects, text, texts } from '../profile/element-tree.ts'
import type { Place, Visit } from '../profile/visit.ts'
import { enter, issueAt, leave, tell } from '../profile/visit.ts'
import type { ResourceRule } from './resource-rules.ts'

/** The codes that it lists, its filters, and the value sets that it imports. */
export const checkContent: ResourceRule = (visit, valueSet) => {
  enter(visit, 'compose')
  for (const name of ['include', 'exclude'] as const) {
    parts(valueSet, name).forEach((part, index) => {
      enter(visit, name, index)
      checkCodes(visit, part)
      checkFilters(visit, part)
      checkImports(visit, part, text(valueSet['url']))
      leave(visit, index)
    })
  }
  leave(visit)
}

function parts({ compose }: JsonObject, name: 'include' | 'exclude'): readonly JsonObject[] {
  return isJsonObject(compose) ? objects(compose[name]) : []
}

function complain(visit: Visit, reason: string, ...place: (string | number)[]): void {
  tell(visit, 'rule-violated', { reason }, { rule: 'value-set' }, ...place)
}

function checkCodes(visit: Visit, part: JsonObject): void {
  const [system, version] = [text(part['system']), text(part['version'])]
  if (system === '') return
  objects(part['concept']).forEach((concept, index) => {
    const [code, display] = [text(concept['code']), text(concept['display'])]
    enter(visit, 'concept', index)
    const question = { system, code, ...(display !== '' && { display }), ...(version !== '' && { version }) }
    judgeCodes(visit, [question], ([verdict], place) => faultsOf(visit, question, verdict!, place))
    leave(visit, index)
  })
}

/** A value set may have displays of its own: others than those of the code system are only told of. */
function faultsOf(
  { tools }: Visit,
  { system, code, display }: CodeQuestion,
  { systemKnown, codeKnown, displayOk }: CodeVerdict,
  place: Place,
): readonly Issue[] {
  if (systemKnown === false) return []
  if (codeKnown === false) {
    const reason = `The code system ${system} has no code '${code}'.`
    const told = { severity: tools.policy.unknownCode, rule: 'code' } as const
    return [issueAt(place, 'code-unknown-in-system', { reason }, told, 'code')]
  }
  if (displayOk !== false) return []
  const reason = `'${display}' is not a display that ${system} has for '${code}'.`
  return [issueAt(place, 'rule-violated', { reason }, { severity: 'warning', rule: 'display' }, 'display')]
}

/** Of filters on releases the terminology service tells when they are expanded. */
function checkFilters(visit: Visit, part: JsonObject): void {
  const url = text(part['system'])
  const version = text(part['version'])
  const resource = visit.tools.canonicals.find('CodeSystem', version === '' ? url : `${url}|${version}`)
  const isHere = resource && ['complete', 'fragment'].includes(text(resource['content']))
  if (!isHere || objects(resource['concept']).length === 0) return
  const system = codeTable(resource)
  objects(part['filter']).forEach((filter, index) => {
    const [property, op, value] = [text(filter['property']), text(filter['op']), text(filter['value'])]
    // What a system's own filters mean only it knows.
    if (objects(resource['filter']).some(({ code }) => code === property)) return
    spendFor(visit.spend, system.size)
    // Each concept is compared with the pattern.
    if (op === 'regex') for (let left = system.size * 2; left > 0; left--) visit.spend()
    try {
      filtered(system, { property, op, value })
    } catch (error) {
      if (!(error instanceof OutcomeError)) throw error
      complain(visit, error.message, 'filter', index)
    }
  })
}

function checkImports(visit: Visit, part: JsonObject, own: string): void {
  const { canonicals } = visit.tools
  texts(part['valueSet']).forEach((canonical, index) => {
    const found = canonicals.find('ValueSet', canonical)
    const other = found ? undefined : others.find((type) => canonicals.find(type, canonical))
    if (other !== undefined) complain(visit, `${canonical} is a ${other}, not a ValueSet.`, 'valueSet', index)
    const way = wayBack(visit, canonical, own)
    if (way) complain(visit, `The value set imports itself: ${[own, ...way].join(' → ')}.`, 'valueSet', index)
  })
}

const others = ['CodeSystem', 'StructureDefinition', 'ConceptMap'] as const

/** By which value sets an import leads back to where it came from. */
function wayBack(visit: Visit, from: string, own: string): readonly string[] | undefined {
  const ways: (readonly string[])[] = own === '' ? [] : [[from]]
  const seen = new Set<string>()
  for (const way of ways) {
    const canonical = way.at(-1)!
    const url = canonical.split('|', 1)[0]!
    if (url === own) return way
    if (seen.has(url)) continue
    seen.add(url)
    visit.spend()
    const found = visit.tools.canonicals.find('ValueSet', canonical)
    const imports = found ? parts(found, 'include').flatMap(({ valueSet }) => texts(valueSet)) : []
    for (const next of imports) ways.push([...way, next])
  }
  return undefined
}
