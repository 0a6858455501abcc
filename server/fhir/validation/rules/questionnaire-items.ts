/** The values that a Questionnaire foresees are answers to their questions. https://hl7.org/fhir/R4/questionnaire.html */
import type { JsonObject } from '../../json.ts'
import { objects, text } from '../profile/element-tree.ts'
import type { Visit } from '../profile/visit.ts'
import { enter, leave, tell } from '../profile/visit.ts'
import { answerTypes } from './answers.ts'
import type { ResourceRule } from './resource-rules.ts'

/** Initial values, options and conditions. */
export const checkItemValues: ResourceRule = (visit, questionnaire) => {
  const questions = new Map(itemsOf(questionnaire).map((item) => [text(item['linkId']), item]))
  checkItems(visit, questionnaire, questions)
}

type Questions = ReadonlyMap<string, JsonObject>

function itemsOf(holder: JsonObject): readonly JsonObject[] {
  return objects(holder['item']).flatMap((item) => [item, ...itemsOf(item)])
}

function checkItems(visit: Visit, holder: JsonObject, questions: Questions): void {
  objects(holder['item']).forEach((item, index) => {
    enter(visit, 'item', index)
    for (const name of ['initial', 'answerOption'] as const) {
      objects(item[name]).forEach((one, i) => {
        checkType(visit, one, 'value', item, name, i)
      })
    }
    objects(item['enableWhen']).forEach((condition, i) => {
      const question = questions.get(text(condition['question']))
      if (question && condition['operator'] !== 'exists')
        checkType(visit, condition, 'answer', question, 'enableWhen', i)
    })
    checkBehavior(visit, item)
    checkItems(visit, item, questions)
    leave(visit, index)
  })
}

/** R4's que-12 asks for it only from the third condition on. */
function checkBehavior(visit: Visit, { enableWhen, enableBehavior }: JsonObject): void {
  if (objects(enableWhen).length < 2 || enableBehavior !== undefined) return
  const reason = "Of several conditions 'enableBehavior' tells whether all must hold or any: say which."
  tell(visit, 'rule-violated', { reason }, { rule: 'enable-behavior' })
}

/** The value of `holder` against the type of the question that it would answer. */
function checkType(
  visit: Visit,
  holder: JsonObject,
  stem: 'value' | 'answer',
  question: JsonObject,
  ...place: [name: string, index: number]
): void {
  const key = Object.keys(holder).find((name) => name.startsWith(stem) && /^[A-Z]/.test(name.slice(stem.length)))
  const allowed = answerTypes[text(question['type'])]
  if (key === undefined || !allowed) return
  const type = key.slice(stem.length)
  if (allowed.includes(type)) return
  const reason = `An answer to '${text(question['linkId'])}' is a ${allowed.join(' or ')}, not a ${type}.`
  tell(visit, 'rule-violated', { reason }, { rule: 'answer-type' }, ...place, stem)
}
