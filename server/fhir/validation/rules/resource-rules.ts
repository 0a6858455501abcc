/** Rules of resource types that no profile can state, by type. */
import type { JsonObject } from '../../json.ts'
import type { Visit } from '../profile/visit.ts'
import { checkBundle } from './bundle.ts'
import { checkCanonicalUrl } from './canonical-url.ts'
import { checkCodeSystem } from './code-system.ts'
import { checkSystemContent } from './code-system-content.ts'
import { checkConceptMap } from './concept-map.ts'
import { checkMeasureReport } from './measure-report.ts'
import { checkQuestionnaire } from './questionnaire.ts'
import { checkItemValues } from './questionnaire-items.ts'
import { checkResponse } from './questionnaire-response.ts'
import { checkStructureDefinition } from './structure-definition.ts'
import { checkHead } from './structure-definition-head.ts'
import { checkSnapshot } from './structure-definition-snapshot.ts'
import { checkValueSet } from './value-set.ts'
import { checkContent } from './value-set-content.ts'

/** Looks at a resource that stands where the visit is. */
export type ResourceRule = (visit: Visit, resource: JsonObject) => void

export const resourceRules: Readonly<Record<string, readonly ResourceRule[]>> = {
  Bundle: [checkBundle],
  CodeSystem: [checkCodeSystem, checkSystemContent, checkCanonicalUrl],
  ConceptMap: [checkConceptMap, checkCanonicalUrl],
  MeasureReport: [checkMeasureReport],
  StructureDefinition: [checkStructureDefinition, checkHead, checkSnapshot, checkCanonicalUrl],
  ValueSet: [checkValueSet, checkContent, checkCanonicalUrl],
  Questionnaire: [checkQuestionnaire, checkItemValues, checkCanonicalUrl],
  QuestionnaireResponse: [checkResponse],
}
