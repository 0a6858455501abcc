/**
 * The kinds within a resource type that people may share without the rest: criteria that SMART's granular scopes can say.
 * https://hl7.org/fhir/us/core/STU6.1/scopes.html
 */
import type { Language } from './language.ts'

export interface Kind {
  /** What follows the question mark of a scope. */
  readonly criteria: string
  readonly words: Readonly<Record<Language, string>>
}

const conditionCategory = 'http://terminology.hl7.org/CodeSystem/condition-category'
const observationCategory = 'http://terminology.hl7.org/CodeSystem/observation-category'
const usCore = 'http://hl7.org/fhir/us/core/CodeSystem'

function kind(system: string, code: string, en: string, es: string): Kind {
  return { criteria: `category=${system}|${code}`, words: { en, es } }
}

const kinds: Readonly<Record<string, readonly Kind[]>> = {
  Condition: [
    kind(conditionCategory, 'problem-list-item', 'Health problems', 'Problemas de salud'),
    kind(conditionCategory, 'encounter-diagnosis', 'Diagnoses of visits', 'Diagnósticos de visitas'),
    kind(`${usCore}/condition-category`, 'health-concern', 'Worries about health', 'Preocupaciones de salud'),
  ],
  Observation: [
    kind(observationCategory, 'laboratory', 'Lab results', 'Análisis de laboratorio'),
    kind(observationCategory, 'vital-signs', 'Vital signs', 'Signos vitales'),
    kind(observationCategory, 'social-history', 'Smoking, work and habits', 'Tabaco, trabajo y hábitos'),
    kind(observationCategory, 'survey', 'Questionnaires', 'Cuestionarios'),
    kind(`${usCore}/us-core-category`, 'sdoh', 'Housing, food and money', 'Vivienda, comida y dinero'),
    kind(observationCategory, 'imaging', 'Findings in images', 'Hallazgos en imágenes'),
    kind(observationCategory, 'exam', 'Physical exams', 'Exámenes físicos'),
  ],
  DiagnosticReport: [
    kind('http://terminology.hl7.org/CodeSystem/v2-0074', 'LAB', 'Lab reports', 'Informes de laboratorio'),
    kind('http://terminology.hl7.org/CodeSystem/v2-0074', 'RAD', 'X-ray and scan reports', 'Informes de radiografías'),
  ],
  DocumentReference: [
    kind(`${usCore}/us-core-documentreference-category`, 'clinical-note', 'Notes of clinicians', 'Notas de médicos'),
  ],
}

export function kindsOf(type: string): readonly Kind[] {
  return kinds[type] ?? []
}
