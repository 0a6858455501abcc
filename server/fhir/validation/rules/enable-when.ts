/** Whether an item of a questionnaire is enabled. https://hl7.org/fhir/R4/questionnaire-definitions.html#Questionnaire.item.enableWhen */

import { spendFor } from '../../fhirpath/native/budget.ts'
import type { JsonObject, JsonValue } from '../../json.ts'
import { isJsonObject } from '../../json.ts'
import { objects, text } from '../profile/element-tree.ts'
import { invariantTest } from '../profile/invariants.ts'
import { resourceItem } from '../profile/items.ts'
import { compare, equals } from '../profile/values.ts'
import type { Visit } from '../profile/visit.ts'

const enableWhenExpression = [
  'http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-enableWhenExpression',
  'http://hl7.org/fhir/StructureDefinition/questionnaire-enableWhenExpression',
  // The Finnish personal health record's.
  'http://phr.kanta.fi/StructureDefinition/fiphr-ext-questionnaire-enablewhen',
]

/** The answers that items refer to: the response, and the items on the way to the one that is judged. */
export interface Answered {
  readonly visit: Visit
  readonly response: JsonObject
  /** From the innermost outwards. */
  readonly around: readonly JsonObject[]
}

/** True unless conditions say otherwise. */
export function isEnabled(question: JsonObject, answered: Answered): boolean {
  const expression = objects(question['extension']).find((one) => enableWhenExpression.includes(text(one['url'])))
  if (expression && !holds(expression['valueExpression'] ?? expression['valueString'], answered)) return false
  const conditions = objects(question['enableWhen'])
  if (conditions.length === 0) return true
  const met = (condition: JsonObject) => isMet(condition, answered)
  return question['enableBehavior'] === 'any' ? conditions.some(met) : conditions.every(met)
}

function holds(expression: JsonValue | undefined, { visit, response }: Answered): boolean {
  const code = isJsonObject(expression) ? text(expression['expression']) : text(expression)
  if (code === '') return true
  return invariantTest(code, 'QuestionnaireResponse')(visit, resourceItem(response)) !== false
}

function isMet(condition: JsonObject, answered: Answered): boolean {
  const answers = answersTo(text(condition['question']), answered)
  const operator = text(condition['operator'])
  const wanted = choiceValue(condition, 'answer')
  if (operator === 'exists') return answers.length > 0 === (wanted === true)
  return answers.some((answer) => wanted !== undefined && operators[operator]?.(answer, wanted))
}

/** The nearest items of that link: among those around first, then anywhere. */
function answersTo(linkId: string, { visit, response, around }: Answered): JsonValue[] {
  for (const place of [...around, response]) {
    const items = itemsBelow(place)
    spendFor(visit.spend, items.length)
    const found = items.filter((item) => text(item['linkId']) === linkId)
    if (found.length > 0) return found.flatMap(answerValues)
  }
  return []
}

function itemsBelow(place: JsonObject): JsonObject[] {
  const inAnswers = objects(place['answer']).flatMap((answer) => objects(answer['item']))
  const own = [...objects(place['item']), ...inAnswers]
  return [...own, ...own.flatMap(itemsBelow)]
}

function answerValues(item: JsonObject): JsonValue[] {
  return objects(item['answer']).flatMap((answer) => choiceValue(answer, 'value') ?? [])
}

/** The value of a choice. */
export function choiceValue(object: JsonObject, name: string): JsonValue | undefined {
  for (const key in object) if (key.startsWith(name) && /^[A-Z]/.test(key.slice(name.length))) return object[key]
  return undefined
}

type Operator = (answer: JsonValue, wanted: JsonValue) => boolean

const operators: Readonly<Record<string, Operator>> = {
  '=': isSame,
  '!=': (answer, wanted) => !isSame(answer, wanted),
  '>': (answer, wanted) => (compare(answer, wanted) ?? 0) > 0,
  '<': (answer, wanted) => (compare(answer, wanted) ?? 0) < 0,
  '>=': (answer, wanted) => (compare(answer, wanted) ?? -1) >= 0,
  '<=': (answer, wanted) => (compare(answer, wanted) ?? 1) <= 0,
}

/** Codings are the same when their system and code are. */
export function isSame(answer: JsonValue, wanted: JsonValue): boolean {
  if (!isJsonObject(answer) || !isJsonObject(wanted) || wanted['code'] === undefined) return equals(answer, wanted)
  const system = wanted['system'] === undefined || answer['system'] === wanted['system']
  return answer['code'] === wanted['code'] && system
}
