/** Rules of resource types that no profile can state, by type. */
import type { JsonObject } from '../../json.ts'
import type { Visit } from '../profile/visit.ts'
import { checkBundle } from './bundle.ts'
import { checkCodeSystem } from './code-system.ts'
import { checkConceptMap } from './concept-map.ts'
import { checkMeasureReport } from './measure-report.ts'
import { checkQuestionnaire } from './questionnaire.ts'
import { checkResponse } from './questionnaire-response.ts'
import { checkStructureDefinition } from './structure-definition.ts'
import { checkHead } from './structure-definition-head.ts'
import { checkSnapshot } from './structure-definition-snapshot.ts'
import { checkValueSet } from './value-set.ts'

/** Looks at a resource that stands where the visit is. */
export type ResourceRule = (visit: Visit, resource: JsonObject) => void

export const resourceRules: Readonly<Record<string, readonly ResourceRule[]>> = {
  Bundle: [checkBundle],
  CodeSystem: [checkCodeSystem],
  ConceptMap: [checkConceptMap],
  MeasureReport: [checkMeasureReport],
  StructureDefinition: [checkStructureDefinition, checkHead, checkSnapshot],
  ValueSet: [checkValueSet],
  Questionnaire: [checkQuestionnaire],
  QuestionnaireResponse: [checkResponse],
}
