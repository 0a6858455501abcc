/** Questionnaires and their answers: the PHQ-9, and the form people fill in before a visit. */
import type {
  Observation,
  Questionnaire,
  QuestionnaireItem,
  QuestionnaireResponse,
  QuestionnaireResponseItem,
  Resource,
} from '@medplum/fhirtypes'
import { instantText, monthsBefore } from '../calendar.ts'
import { curveValue, type Person, patientReference } from '../chart.ts'
import { claims, coding, concept, hl7, loinc, quantity, referenceTo } from '../elements.ts'
import { randomFrom } from '../random.ts'
import { phqAnswers, phqDifficulty, phqItems, phqSeverity, previsitItems } from '../tables/forms.ts'
import type { Visit } from '../visit-plan.ts'
import { encounterReference } from '../visits.ts'

const base = 'https://larkfield.example/fhir/Questionnaire/'
const ordinal = 'http://hl7.org/fhir/StructureDefinition/ordinalValue'
const filledAt = new Set<Visit['kind']>(['followUp', 'video', 'wellAdult'])

/** The clinic’s own forms. https://hl7.org/fhir/R4/questionnaire.html */
export function questionnaires(): Questionnaire[] {
  return [
    {
      resourceType: 'Questionnaire',
      id: 'demo-questionnaire-phq9',
      url: `${base}phq9`,
      version: '1.0.0',
      name: 'Phq9',
      title: 'Patient Health Questionnaire (PHQ-9)',
      status: 'active',
      subjectType: ['Patient'],
      publisher: 'Larkfield Clinic',
      description: 'Nine questions about mood in the last two weeks, with a score from 0 to 27.',
      code: [coding(loinc, '44249-1', 'PHQ-9 quick depression assessment panel [Reported.PHQ]')],
      item: [...phqItems.map(phqItem), difficultyItem(), scoreItem()],
    },
    {
      resourceType: 'Questionnaire',
      id: 'demo-questionnaire-previsit',
      url: `${base}previsit`,
      version: '1.0.0',
      name: 'BeforeYourVisit',
      title: 'Before your visit',
      status: 'active',
      subjectType: ['Patient'],
      publisher: 'Larkfield Clinic',
      description: 'A few questions so that the visit can begin where it matters.',
      item: previsitItems.map((row) => ({ ...row })),
    },
  ]
}

/** The filled-in forms of one person, with the score of each PHQ-9 as an Observation. */
export function formResources(person: Person, visits: readonly Visit[]): Resource[] {
  const filled = visits
    .filter((visit) => filledAt.has(visit.kind) && visit.day >= monthsBefore(person.today, 24))
    .flatMap((visit) => {
      const score = curveValue(person, visit.day, (story) => story.phq9)
      return score === undefined ? [] : [{ visit, score: Math.round(score) }]
    })
  return [
    ...filled.flatMap(({ visit, score }, index) => {
      const response = phqResponse(visit, score, index + 1)
      return [response, scoreObservation(visit, score, response, index + 1)]
    }),
    ...(person.key === '01' ? [startedForm(person)] : []),
  ]
}

function phqItem([code, text]: readonly [string, string]): QuestionnaireItem {
  return {
    linkId: code,
    code: [coding(loinc, code, text)],
    text,
    type: 'choice',
    required: true,
    answerOption: phqAnswers.map(([answer, display], value) => ({
      extension: [{ url: ordinal, valueDecimal: value }],
      valueCoding: coding(loinc, answer, display),
    })),
  }
}

function difficultyItem(): QuestionnaireItem {
  const [code, text, answers] = phqDifficulty
  return {
    linkId: code,
    code: [coding(loinc, code, text)],
    text,
    type: 'choice',
    answerOption: answers.map(([answer, display]) => ({ valueCoding: coding(loinc, answer, display) })),
  }
}

function scoreItem(): QuestionnaireItem {
  return {
    linkId: '44261-6',
    code: [coding(loinc, '44261-6', 'Patient Health Questionnaire 9 item (PHQ-9) total score [Reported]')],
    text: 'Total score',
    type: 'integer',
    readOnly: true,
  }
}

function phqResponse(visit: Visit, score: number, number: number): QuestionnaireResponse {
  const answers = spread(score, visit.key)
  const [difficulty, , levels] = phqDifficulty
  const level = levels[score < 5 ? 0 : score < 15 ? 1 : 2]!
  const item: QuestionnaireResponseItem[] = [
    ...phqItems.map(([code, text], index) => {
      const [answer, display] = phqAnswers[answers[index]!]!
      return { linkId: code, text, answer: [{ valueCoding: coding(loinc, answer, display) }] }
    }),
    { linkId: difficulty, text: phqDifficulty[1], answer: [{ valueCoding: coding(loinc, ...level) }] },
    { linkId: '44261-6', text: 'Total score', answer: [{ valueInteger: score }] },
  ]
  return {
    resourceType: 'QuestionnaireResponse',
    id: `demo-form-${visit.person.key}-phq9-${number}`,
    meta: claims('questionnaireresponse'),
    questionnaire: `${base}phq9`,
    status: 'completed',
    subject: patientReference(visit.person),
    encounter: encounterReference(visit),
    authored: instantText(visit.day, visit.minute - 15),
    author: patientReference(visit.person),
    item,
  }
}

/** Shares a score among the first eight questions; the ninth stays at zero in this clinic. */
function spread(score: number, key: string): number[] {
  const random = randomFrom(`phq9 ${key}`)
  const answers = phqItems.map(() => 0)
  for (let left = Math.min(score, 24); left > 0; left--) {
    const open = answers.flatMap((value, index) => (index < 8 && value < 3 ? [index] : []))
    const chosen = random.pick(open)
    answers[chosen] = answers[chosen]! + 1
  }
  return answers
}

function scoreObservation(visit: Visit, score: number, response: QuestionnaireResponse, number: number): Observation {
  const severity = phqSeverity.find(([below]) => score < below)![1]
  return {
    resourceType: 'Observation',
    id: `demo-obs-${visit.person.key}-phq9-${number}`,
    meta: claims('observation-screening-assessment'),
    status: 'final',
    category: [hl7('observation-category', 'survey', 'Survey')],
    code: concept(
      loinc,
      '44261-6',
      'Patient Health Questionnaire 9 item (PHQ-9) total score [Reported]',
      'PHQ-9 score',
    ),
    subject: patientReference(visit.person),
    encounter: encounterReference(visit),
    effectiveDateTime: instantText(visit.day, visit.minute - 15),
    performer: [patientReference(visit.person)],
    valueQuantity: quantity(score, 'points', '{score}'),
    interpretation: [{ text: severity }],
    derivedFrom: [referenceTo(response)],
  }
}

/** Begun at home, to be finished before the next visit. */
function startedForm(person: Person): QuestionnaireResponse {
  return {
    resourceType: 'QuestionnaireResponse',
    id: 'demo-form-01-previsit',
    questionnaire: `${base}previsit`,
    status: 'in-progress',
    subject: patientReference(person),
    authored: instantText(person.today - 1, 1205),
    author: patientReference(person),
    item: [
      { linkId: 'concern', text: previsitItems[0]!.text, answer: [{ valueString: 'Tingling in both feet at night' }] },
      { linkId: 'medicines-changed', text: previsitItems[1]!.text, answer: [{ valueBoolean: false }] },
    ],
  }
}
