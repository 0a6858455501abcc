/** Codes on their own: what their system must be, whether it has them, and how they are displayed. */
import { isJsonObject } from '../../json.ts'
import type { Issue } from '../../outcome.ts'
import type { CodeQuestion, CodeVerdict } from '../../terminology/terminology.ts'
import { judgeCodes } from '../profile/bindings.ts'
import { text } from '../profile/element-tree.ts'
import type { ItemCheck } from '../profile/values.ts'
import type { Place, Tools, Visit } from '../profile/visit.ts'
import { issueAt, tell } from '../profile/visit.ts'

/** https://hl7.org/fhir/R4/datatypes.html#Coding */
export const checkCoding: ItemCheck = (visit, { value }) => {
  if (!isJsonObject(value)) return
  const system = text(value['system'])
  if (system === '' || isRelative(visit, system)) return
  if (isSupplement(visit, system)) {
    const reason = `${system} only adds to another code system: it has no codes of its own.`
    tell(visit, 'rule-violated', { reason }, { rule: 'supplement' }, 'system')
    return
  }
  const version = text(value['version'])
  const display = text(value['display'])
  ask(visit, {
    system,
    code: text(value['code']),
    ...(version !== '' && { version }),
    ...(display !== '' && { display }),
  })
}

/** The unit that is meant for machines. https://hl7.org/fhir/R4/datatypes.html#Quantity */
export const checkQuantity: ItemCheck = (visit, { value }) => {
  if (!isJsonObject(value)) return
  const system = text(value['system'])
  if (system !== '' && !isRelative(visit, system)) ask(visit, { system, code: text(value['code']) })
}

const absolute = /^[a-z][a-z0-9+.-]*:/i

function isRelative(visit: Visit, system: string): boolean {
  if (absolute.test(system)) return false
  const type = 'code system: it must be an absolute URI, such as http://loinc.org'
  tell(visit, 'invalid-value', { value: system, type }, { rule: 'system' }, 'system')
  return true
}

function isSupplement({ tools }: Visit, system: string): boolean {
  let known = tools.supplements.get(system)
  if (known === undefined) {
    known = tools.canonicals.find('CodeSystem', system)?.['supplements'] !== undefined
    tools.supplements.set(system, known)
  }
  return known
}

function ask(visit: Visit, question: CodeQuestion): void {
  if (question.code === '') return
  const { tools } = visit
  judgeCodes(visit, [question], ([verdict], place) => faultsOf(question, verdict!, tools, place))
}

function faultsOf(
  { system = '', code, display }: CodeQuestion,
  verdict: CodeVerdict,
  { policy, canonicals }: Tools,
  place: Place,
): readonly Issue[] {
  if (verdict.systemKnown === false) return misnamed(system, canonicals, place)
  if (verdict.codeKnown === false) {
    const reason = `The code system ${system} has no code '${code}'.`
    return [
      issueAt(place, 'code-unknown-in-system', { reason }, { severity: policy.unknownCode, rule: 'code' }, 'code'),
    ]
  }
  if (verdict.displayOk !== false) return []
  const reason = verdict.message ?? `'${display}' is not a display of the code '${code}'.`
  return [issueAt(place, 'rule-violated', { reason }, { severity: policy.wrongDisplay, rule: 'display' }, 'display')]
}

const others: Readonly<Record<string, string>> = { ValueSet: 'value set', StructureDefinition: 'profile or type' }

/** What is no code system can be known to be something else. */
function misnamed(system: string, canonicals: Tools['canonicals'], place: Place): readonly Issue[] {
  const type = Object.keys(others).find((one) => canonicals.find(one, system))
  if (type === undefined) return []
  const reason = `${system} is a ${others[type]}: name the code system that the code is from.`
  return [issueAt(place, 'rule-violated', { reason }, { rule: 'system' }, 'system')]
}
