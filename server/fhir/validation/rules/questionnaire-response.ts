/** A response and its questionnaire. https://hl7.org/fhir/R4/questionnaireresponse.html */
import type { JsonObject } from '../../json.ts'
import { objects, text } from '../profile/element-tree.ts'
import { resolveReference } from '../profile/resolve.ts'
import type { Visit } from '../profile/visit.ts'
import { enter, leave, tell } from '../profile/visit.ts'
import { checkAnswer, optionValues } from './answers.ts'
import type { Answered } from './enable-when.ts'
import { choiceValue, isEnabled, isSame } from './enable-when.ts'
import type { ResourceRule } from './resource-rules.ts'

/** The items of a response against those of its questionnaire, where that is known. */
export const checkResponse: ResourceRule = (visit, response) => {
  const canonical = text(response['questionnaire'])
  if (canonical === '') return
  const questionnaire = canonical.startsWith('#')
    ? resolveReference(visit, canonical)
    : questionnaireBy(visit, canonical)
  if (questionnaire?.['resourceType'] !== 'Questionnaire') {
    const reason = `The questionnaire '${canonical}' is not known here, so that the answers cannot be checked.`
    tell(visit, 'rule-violated', { reason }, { severity: 'warning', rule: 'questionnaire' }, 'questionnaire')
    return
  }
  const open = response['status'] === 'in-progress'
  const all = new Set(linkIds(objects(questionnaire['item'])))
  const form: Form = { open, all, answered: { visit, response, around: [] } }
  checkItems(visit, objects(questionnaire['item']), response, form)
}

/** Published, of a package, or stored: that is asked for. */
function questionnaireBy({ tools, told, needed }: Visit, canonical: string): JsonObject | undefined {
  const known = tools.canonicals.find('Questionnaire', canonical)
  if (known || told.questionnaires.has(canonical)) return known ?? told.questionnaires.get(canonical)
  needed.questionnaires.add(canonical)
  return undefined
}

interface Form {
  /** Answers may still be missing. */
  readonly open: boolean
  readonly all: ReadonlySet<string>
  readonly answered: Answered
}

interface Placed {
  readonly item: JsonObject
  readonly index: number
}

function linkIds(questions: readonly JsonObject[]): string[] {
  return questions.flatMap((question) => [text(question['linkId']), ...linkIds(objects(question['item']))])
}

/** The items below a response, an item or an answer. */
function checkItems(visit: Visit, questions: readonly JsonObject[], holder: JsonObject, form: Form): void {
  const places = new Map(questions.map((question, i) => [text(question['linkId']), i]))
  const found = new Map<string, Placed[]>()
  let last = -1
  objects(holder['item']).forEach((item, index) => {
    const linkId = text(item['linkId'])
    const place = places.get(linkId)
    if (place === undefined) reportMisplaced(visit, linkId, index, form)
    else {
      if (place < last) report(visit, `'${linkId}' is not in the order of the questionnaire.`, 'order', 'item', index)
      last = place
      found.set(linkId, [...(found.get(linkId) ?? []), { item, index }])
    }
  })
  for (const question of questions) checkQuestion(visit, question, found.get(text(question['linkId'])) ?? [], form)
}

function reportMisplaced(visit: Visit, linkId: string, index: number, { all }: Form): void {
  if (linkId === '') return
  const fault = all.has(linkId) ? 'belongs elsewhere in' : 'is not in'
  report(visit, `The link '${linkId}' ${fault} the questionnaire.`, 'link-id', 'item', index)
}

function report(visit: Visit, reason: string, rule: string, ...place: (string | number)[]): void {
  tell(visit, 'rule-violated', { reason }, { rule }, ...place)
}

function checkQuestion(visit: Visit, question: JsonObject, items: readonly Placed[], form: Form): void {
  const linkId = text(question['linkId'])
  if (!isEnabled(question, form.answered)) {
    for (const { index } of items)
      report(visit, `'${linkId}' is answered, but not enabled.`, 'enable-when', 'item', index)
    return
  }
  if (items.length === 0) {
    if (question['required'] === true && !form.open && question['type'] !== 'display') {
      report(visit, `The required item '${linkId}' has no answer.`, 'required')
    }
    return
  }
  if (items.length > 1 && question['repeats'] !== true) {
    report(visit, `There may be only one item '${linkId}'.`, 'repeats', 'item', items[1]!.index)
  }
  for (const { item, index } of items) {
    enter(visit, 'item', index)
    checkItem(visit, question, item, form)
    leave(visit, index)
  }
}

const unanswerable: ReadonlySet<string> = new Set(['group', 'display', 'question'])

function checkItem(visit: Visit, question: JsonObject, item: JsonObject, form: Form): void {
  const type = text(question['type'])
  const answers = objects(item['answer'])
  const inner = { ...form, answered: { ...form.answered, around: [item, ...form.answered.around] } }
  const linkId = text(question['linkId'])
  if (unanswerable.has(type)) {
    if (answers.length > 0) report(visit, `'${linkId}' is a ${type}: it has no answers.`, 'answer')
    if (type === 'group') checkItems(visit, objects(question['item']), item, inner)
    return
  }
  if (answers.length === 0 && question['required'] === true && !form.open) {
    report(visit, `The required item '${linkId}' has no answer.`, 'required')
  }
  if (answers.length > 1 && question['repeats'] !== true) {
    report(visit, `'${linkId}' may have only one answer.`, 'repeats')
  }
  checkExclusive(visit, question, answers)
  answers.forEach((answer, index) => {
    enter(visit, 'answer', index)
    checkAnswer(visit, question, answer)
    checkItems(visit, objects(question['item']), answer, inner)
    leave(visit, index)
  })
}

const optionExclusive = 'http://hl7.org/fhir/StructureDefinition/questionnaire-optionExclusive'

/** An exclusive option stands alone. */
function checkExclusive(visit: Visit, question: JsonObject, answers: readonly JsonObject[]): void {
  if (answers.length < 2) return
  const exclusive = objects(question['answerOption'])
    .filter((option) =>
      objects(option['extension']).some((one) => one['url'] === optionExclusive && one['valueBoolean']),
    )
    .flatMap(optionValues)
  answers.forEach((answer, index) => {
    const value = choiceValue(answer, 'value')
    if (value === undefined || !exclusive.some((one) => isSame(value, one))) return
    report(visit, 'This answer excludes all others. Keep it alone, or leave it out.', 'exclusive', 'answer', index)
  })
}
