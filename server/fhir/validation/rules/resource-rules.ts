/** Rules of resource types that no profile can state, by type. */
import type { JsonObject } from '../../json.ts'
import type { Visit } from '../profile/visit.ts'
import { checkBundle } from './bundle.ts'
import { checkQuestionnaire } from './questionnaire.ts'
import { checkResponse } from './questionnaire-response.ts'

/** Looks at a resource that stands where the visit is. */
export type ResourceRule = (visit: Visit, resource: JsonObject) => void

export const resourceRules: Readonly<Record<string, readonly ResourceRule[]>> = {
  Bundle: [checkBundle],
  Questionnaire: [checkQuestionnaire],
  QuestionnaireResponse: [checkResponse],
}
