/** What a Questionnaire must be like to be answered. https://hl7.org/fhir/R4/questionnaire.html */
import type { JsonObject } from '../../json.ts'
import { objects, text } from '../profile/element-tree.ts'
import type { Visit } from '../profile/visit.ts'
import { enter, leave, tell } from '../profile/visit.ts'
import type { ResourceRule } from './resource-rules.ts'

/** Conditions must be about other items that are there. */
export const checkQuestionnaire: ResourceRule = (visit, questionnaire) => {
  const all = new Set(linkIds(questionnaire))
  checkItems(visit, questionnaire, all)
}

function linkIds(holder: JsonObject): string[] {
  return objects(holder['item']).flatMap((item) => [text(item['linkId']), ...linkIds(item)])
}

function checkItems(visit: Visit, holder: JsonObject, all: ReadonlySet<string>): void {
  objects(holder['item']).forEach((item, index) => {
    enter(visit, 'item', index)
    const conditions = objects(item['enableWhen'])
    const inner = new Set(conditions.length > 0 ? linkIds(item) : [])
    for (const condition of conditions) {
      const question = text(condition['question'])
      const reason =
        question === text(item['linkId'])
          ? 'An item cannot be enabled by its own answer.'
          : inner.has(question)
            ? `An item cannot be enabled by the answer to '${question}' inside it.`
            : all.has(question) || question === ''
              ? undefined
              : `There is no item '${question}' that could enable this one.`
      if (reason !== undefined) tell(visit, 'rule-violated', { reason }, { rule: 'enable-when' })
    }
    checkItems(visit, item, all)
    leave(visit, index)
  })
}
