/** The answers to one question: their type, the options, the bounds. https://hl7.org/fhir/R4/questionnaire.html */

import { spendFor } from '../../fhirpath/native/budget.ts'
import type { JsonObject, JsonValue } from '../../json.ts'
import { isJsonObject, isRawNumber, numberText } from '../../json.ts'
import { judgeCodes } from '../profile/bindings.ts'
import { objects, text } from '../profile/element-tree.ts'
import { targetOf } from '../profile/paths.ts'
import { quantityInUnit } from '../profile/units.ts'
import { compare } from '../profile/values.ts'
import type { Visit } from '../profile/visit.ts'
import { issueAt, tell } from '../profile/visit.ts'
import { attachmentSize } from './attachments.ts'
import { isSame } from './enable-when.ts'

/** The types that answers to a question of a type may have, without `value`. */
export const answerTypes: Readonly<Record<string, readonly string[]>> = {
  boolean: ['Boolean'],
  decimal: ['Decimal'],
  integer: ['Integer'],
  date: ['Date'],
  dateTime: ['DateTime'],
  time: ['Time'],
  string: ['String'],
  text: ['String'],
  url: ['Uri'],
  choice: ['Coding', 'String', 'Date', 'Time', 'Integer', 'Reference'],
  'open-choice': ['Coding', 'String', 'Date', 'Time', 'Integer', 'Reference'],
  attachment: ['Attachment'],
  reference: ['Reference'],
  quantity: ['Quantity'],
}

/** Checks an answer where the visit is. */
export function checkAnswer(visit: Visit, question: JsonObject, answer: JsonObject): void {
  const key = Object.keys(answer).find((name) => name.startsWith('value'))
  if (key === undefined) return
  const type = key.slice('value'.length)
  const allowed = answerTypes[text(question['type'])]
  const value = answer[key]!
  if (allowed && !allowed.includes(type)) {
    const reason = `An answer to '${text(question['linkId'])}' must be a ${allowed.join(' or ')}, but is a ${type}.`
    tell(visit, 'rule-violated', { reason }, { rule: 'answer-type' }, 'value')
    return
  }
  checkOptions(visit, question, value)
  checkValueSet(visit, question, value)
  for (const check of bounds) {
    const reason = check(question, value, type, visit)
    if (reason !== undefined) tell(visit, 'rule-violated', { reason }, { rule: 'answer-value' }, 'value')
  }
}

function checkOptions(visit: Visit, question: JsonObject, value: JsonValue): void {
  const options = objects(question['answerOption'])
  if (options.length === 0) return
  spendFor(visit.spend, options.length)
  // An open choice may be answered with a text of one's own.
  if (question['type'] === 'open-choice' && typeof value === 'string') return
  if (options.some((option) => optionValues(option).some((one) => isSame(value, one)))) return
  const reason = `${shown(value)} is not among the options of '${text(question['linkId'])}': ${listed(options)}.`
  tell(visit, 'rule-violated', { reason }, { rule: 'answer-option' }, 'value')
}

const mostOptions = 10

function listed(options: readonly JsonObject[]): string {
  const values = options.slice(0, mostOptions).flatMap(optionValues).map(shown)
  return `${values.join(', ')}${options.length > mostOptions ? ', …' : ''}`
}

export function optionValues(option: JsonObject): JsonValue[] {
  return Object.keys(option).flatMap((key) => (key.startsWith('value') ? [option[key]!] : []))
}

function checkValueSet(visit: Visit, question: JsonObject, value: JsonValue): void {
  const valueSet = text(question['answerValueSet'])
  if (valueSet === '' || valueSet.startsWith('#')) return
  if (question['type'] === 'open-choice' && typeof value === 'string') return
  const reason = `${shown(value)} is not in the value set ${valueSet}, which '${text(question['linkId'])}' asks for.`
  judgeAgainst(visit, value, valueSet, reason)
}

function judgeAgainst(visit: Visit, value: JsonValue, valueSet: string, reason: string): void {
  const coding = isJsonObject(value) ? value : { code: value }
  const system = text(coding['system'])
  const question = { valueSet, code: text(coding['code']), ...(isJsonObject(value) && { system }) }
  judgeCodes(visit, [question], ([verdict], place) =>
    verdict!.result === 'out'
      ? [issueAt(place, 'rule-violated', { reason }, { rule: 'answer-value-set' }, 'value')]
      : [],
  )
}

type Bound = (question: JsonObject, value: JsonValue, type: string, visit: Visit) => string | undefined

const fhir = 'http://hl7.org/fhir/StructureDefinition/'
const sdc = 'http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-'

const bounds: readonly Bound[] = [
  (question, value) => {
    const longest = question['maxLength']
    return typeof longest === 'number' && typeof value === 'string' && value.length > longest
      ? `The answer is longer than ${longest} characters.`
      : undefined
  },
  (question, value) => {
    const shortest = extensionValue(question, `${fhir}minLength`)
    return typeof shortest === 'number' && typeof value === 'string' && value.length < shortest
      ? `The answer is shorter than ${shortest} characters.`
      : undefined
  },
  (question, value) => {
    const places = extensionValue(question, `${fhir}maxDecimalPlaces`)
    return typeof places === 'number' && decimalPlaces(value) > places
      ? `The answer has more than ${places} decimal places.`
      : undefined
  },
  (question, value, type) => {
    const largest = extensionValue(question, `${fhir}maxSize`)
    const size = type === 'Attachment' && isJsonObject(value) ? attachmentSize(value) : undefined
    return isNumber(largest) && size !== undefined && size > Number(numberText(largest as number))
      ? `The attachment has ${size} bytes, more than are allowed.`
      : undefined
  },
  (question, value) => comparison(question, value, `${fhir}minValue`, -1),
  (question, value) => comparison(question, value, `${fhir}maxValue`, 1),
  (question, value) => quantityBound(question, value, `${sdc}minQuantity`, -1),
  (question, value) => quantityBound(question, value, `${sdc}maxQuantity`, 1),
  referenceBound,
  unitBound,
]

function comparison(question: JsonObject, value: JsonValue, url: string, sign: number): string | undefined {
  const limit = extensionValue(question, url)
  const order = limit === undefined ? undefined : compare(value, limit)
  return order !== undefined && order * sign > 0 ? `The answer is ${words(sign)} ${shown(limit!)}.` : undefined
}

function words(sign: number): string {
  return sign < 0 ? 'less than' : 'greater than'
}

/** Quantities without coded units cannot be compared at all. */
function quantityBound(question: JsonObject, value: JsonValue, url: string, sign: number): string | undefined {
  const limit = extensionValue(question, url)
  if (!isJsonObject(limit) || !isJsonObject(value)) return undefined
  if (limit['code'] === undefined || value['code'] === undefined) {
    return `The answer cannot be compared with ${shown(limit)}: that takes coded units.`
  }
  const number = quantityInUnit(value, limit)
  if (number === undefined) return `The answer cannot be compared with ${shown(limit)}: the units differ.`
  const order = number - Number(numberText(limit['value'] as number))
  return order * sign > 0 ? `The answer is ${words(sign)} ${shown(limit)}.` : undefined
}

function referenceBound(question: JsonObject, value: JsonValue, type: string, visit: Visit): string | undefined {
  if (type !== 'Reference' || !isJsonObject(value)) return undefined
  const reference = text(value['reference'])
  const named = /^(?:.*\/)?([A-Z][A-Za-z]+)\/[A-Za-z0-9.-]{1,64}$/.exec(reference)?.[1]
  if (named !== undefined && !visit.tools.definitions.isResourceType(named)) return `'${named}' is no resource type.`
  const allowed = objects(question['extension'])
    .filter((one) => one['url'] === `${fhir}questionnaire-referenceResource`)
    .map((one) => text(one['valueCode']))
  const target = targetOf(visit, { value, extra: undefined, type, index: -1 })
  if (allowed.length === 0 || !target || allowed.includes(text(target['resourceType']))) return undefined
  return `'${reference}' must refer to a ${allowed.join(' or ')}.`
}

function unitBound(question: JsonObject, value: JsonValue, type: string, visit: Visit): undefined {
  const valueSet = extensionValue(question, `${fhir}questionnaire-unitValueSet`)
  if (type !== 'Quantity' || typeof valueSet !== 'string' || !isJsonObject(value)) return
  judgeAgainst(visit, value, valueSet, `The unit of the answer is not in the value set ${valueSet}.`)
}

function extensionValue(question: JsonObject, url: string): JsonValue | undefined {
  const extension = objects(question['extension']).find((one) => one['url'] === url)
  return extension && optionValues(extension)[0]
}

function isNumber(value: JsonValue | undefined): boolean {
  return typeof value === 'number' || isRawNumber(value)
}

function decimalPlaces(value: JsonValue): number {
  return isNumber(value) ? (numberText(value as number).split('.')[1]?.length ?? 0) : 0
}

function shown(value: JsonValue): string {
  if (!isJsonObject(value)) return `'${isNumber(value) ? numberText(value as number) : String(value)}'`
  if (value['value'] !== undefined)
    return `${numberText(value['value'] as number)} ${text(value['unit'] ?? value['code'])}`
  return `'${text(value['system'])}#${text(value['code'])}'`
}
