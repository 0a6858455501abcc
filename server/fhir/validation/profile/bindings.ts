/** Bindings by strength, and the codes of known systems. https://hl7.org/fhir/R4/terminologies.html#strength */
import type { JsonObject, JsonValue } from '../../json.ts'
import { isJsonObject } from '../../json.ts'
import type { Issue } from '../../outcome.ts'
import type { CodeQuestion, CodeVerdict } from '../../terminology/terminology.ts'
import type { ElementNode, Profile } from './element-tree.ts'
import { objects, text } from './element-tree.ts'
import type { ItemCheck } from './values.ts'
import type { Item, Place, Visit } from './visit.ts'
import { addIssue, issueAt, tell } from './visit.ts'

type Code = Omit<CodeQuestion, 'valueSet'>

const maxValueSet = 'http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet'

/** The checks of an element's binding, where `base` does not have the same one. */
export function bindingChecks(node: ElementNode, profile: Profile, base?: ElementNode): ItemCheck[] {
  const binding = node.definition['binding']
  if (!isJsonObject(binding)) return []
  const known = base && isJsonObject(base.definition['binding']) ? base.definition['binding'] : undefined
  const checks: ItemCheck[] = []
  const valueSet = text(binding['valueSet'])
  const strength = text(binding['strength'])
  const isKnown = known && known['strength'] === strength && known['valueSet'] === valueSet
  const severity = severities[strength]
  if (severity && valueSet !== '' && !isKnown) checks.push(bindingCheck(valueSet, severity, profile, node))
  const widest = maxValueSetOf(binding)
  if (widest !== undefined && !(known && maxValueSetOf(known) === widest)) {
    checks.push(bindingCheck(widest, 'error', profile, node))
  }
  return [...checks, ...additionalChecks(node, profile, binding)]
}

const additional = [
  'http://hl7.org/fhir/5.0/StructureDefinition/extension-ElementDefinition.binding.additional',
  'http://hl7.org/fhir/tools/StructureDefinition/additional-binding',
]
const additionalSeverities: Readonly<Record<string, 'error' | 'warning'>> = {
  required: 'error',
  maximum: 'error',
  extensible: 'warning',
}

/** Bindings beside the first one; those for certain uses only are passed over. */
function additionalChecks(node: ElementNode, profile: Profile, binding: JsonObject): ItemCheck[] {
  const extensions = objects(binding['extension']).filter((one) => additional.includes(text(one['url'])))
  return extensions.flatMap((extension) => {
    const parts = new Map(objects(extension['extension']).map((part) => [text(part['url']), part]))
    const severity = additionalSeverities[text(parts.get('purpose')?.['valueCode'])]
    const valueSet = text(parts.get('valueSet')?.['valueCanonical'])
    if (!severity || valueSet === '' || parts.has('usage')) return []
    return [bindingCheck(valueSet, severity, profile, node)]
  })
}

const severities: Readonly<Record<string, 'error' | 'warning'>> = { required: 'error', extensible: 'warning' }

function maxValueSetOf(binding: JsonObject): string | undefined {
  const extension = objects(binding['extension']).find((one) => one['url'] === maxValueSet)
  return extension && text(extension['valueCanonical'] ?? extension['valueUri'] ?? extension['valueReference'])
}

function bindingCheck(valueSet: string, severity: 'error' | 'warning', profile: Profile, node: ElementNode): ItemCheck {
  const told = { severity, rule: 'binding', profile } as const
  let canonical: string | undefined
  return (visit, item) => {
    if (!bindable.has(item.type)) return
    canonical ??= meantBy(profile, valueSet, visit)
    const codes = codesOf(item)
    if (codes.length === 0) {
      // Quantities may do without a coded unit.
      if (item.type === 'Quantity') return
      const hasText = isJsonObject(item.value) && item.value['text'] !== undefined
      if (severity === 'error' || !hasText) tell(visit, 'code-missing', { element: node.name, valueSet }, told)
      return
    }
    judgeCodes(
      visit,
      codes.map((code) => ({ ...code, valueSet: canonical! })),
      (verdicts, place) => {
        const isOut = verdicts.every(({ result }) => result === 'out')
        if (!isOut && (severity !== 'error' || verdicts.some(({ result }) => result === 'in'))) return none
        const hint = verdicts.find((verdict) => verdict.hint !== undefined)?.hint
        const params = { code: codes.map(shown).join(', '), valueSet, asked: hint === undefined ? '' : ` ${hint}` }
        if (isOut) return [issueAt(place, severity === 'error' ? 'unknown-code' : 'code-outside', params, told)]
        const { unknownBinding } = visit.tools.policy
        return [issueAt(place, 'code-unchecked', params, { ...told, severity: unknownBinding })]
      },
    )
  }
}

/** With its version where others are there, too, and the profile means a certain one. */
function meantBy({ resource }: Profile, valueSet: string, { tools }: Visit): string {
  if (valueSet.includes('|')) return valueSet
  const meant = tools.canonicals.near?.(resource).find('ValueSet', valueSet)
  const isOther = meant !== undefined && meant !== tools.canonicals.find('ValueSet', valueSet)
  return isOther && typeof meant['version'] === 'string' ? `${valueSet}|${meant['version']}` : valueSet
}

const none: readonly Issue[] = []

const bindable: ReadonlySet<string> = new Set(
  'code string uri url canonical Coding CodeableConcept Quantity'.split(' '),
)

function codesOf({ type, value }: Item): Code[] {
  if (typeof value === 'string') return [{ code: value }]
  if (!isJsonObject(value)) return []
  if (type === 'CodeableConcept') return objects(value['coding']).flatMap(codeOf)
  return codeOf(value)
}

/** The codes of a value whose type is not known. */
export function codingsOf(value: JsonValue): Code[] {
  if (typeof value === 'string') return [{ code: value }]
  if (!isJsonObject(value)) return []
  return Array.isArray(value['coding']) ? objects(value['coding']).flatMap(codeOf) : codeOf(value)
}

function codeOf(coding: JsonObject): Code[] {
  const code = text(coding['code'])
  if (code === '') return []
  const system = text(coding['system'])
  const version = text(coding['version'])
  return [{ code, ...{ system }, ...(version !== '' && { version }) }]
}

function shown({ system, code }: Code): string {
  return system ? `${system}#${code}` : String(code)
}

/** What is known in memory. */
export function verdictOn(visit: Visit, question: CodeQuestion): CodeVerdict | undefined {
  return visit.tools.terminology.check(question)
}

/** The same where the check cannot go on without it: what is not known is asked for, and all is checked again then. */
export function verdictNow(visit: Visit, question: CodeQuestion): CodeVerdict | undefined {
  const verdict = verdictOn(visit, question)
  if (verdict) return verdict
  const key = JSON.stringify(question)
  const told = visit.told.codes.get(key)
  if (!told) visit.needed.codes.set(key, question)
  return told
}

/** What is wrong by the verdicts on some codes, at a place. */
export type Judge = (verdicts: readonly CodeVerdict[], place: Place) => readonly Issue[]

/** Judges codes at once where all are known in memory, otherwise later, when they have been asked for together. */
export function judgeCodes(visit: Visit, questions: readonly CodeQuestion[], judge: Judge): void {
  const verdicts: CodeVerdict[] = []
  for (const question of questions) {
    const verdict = verdictOn(visit, question)
    if (!verdict) {
      const place = { path: [...visit.path] }
      visit.pending.push({ questions, judge: (told) => judge(told, place) })
      return
    }
    verdicts.push(verdict)
  }
  for (const issue of judge(verdicts, visit)) addIssue(visit.issues, issue)
}
