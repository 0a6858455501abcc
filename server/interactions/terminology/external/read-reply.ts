/** Makes a reply of what an external terminology server sent, which may be anything. */
import type { Definitions } from '../../../fhir/definitions.ts'
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../../../fhir/json.ts'
import { isError, OutcomeError } from '../../../fhir/outcome.ts'
import { parameterList } from '../../../fhir/parameters.ts'
import { objects } from '../../../fhir/terminology/code-table.ts'
import { validateStructure } from '../../../fhir/validation/structure.ts'
import type { ExternalOperation } from './question.ts'
import type { Reply } from './reply.ts'

export interface Received {
  readonly status: number
  readonly text: string
}

/** Nobody reads an answer, or passes it on, that is not what the operation answers with. */
export function readReply({ status, text }: Received, operation: ExternalOperation, definitions: Definitions): Reply {
  if (status >= 400 && status < 500) {
    const outcome = resourceIn(text)
    const isOutcome = outcome?.['resourceType'] === 'OperationOutcome' && isValid(outcome, definitions)
    return isOutcome
      ? { kind: 'refused', status, text: textOf(outcome) }
      : { kind: 'failed', reason: 'status', value: status }
  }
  if (status < 200 || status >= 300) return { kind: 'failed', reason: 'status', value: status }
  const resource = resourceIn(text)
  if (!resource) return { kind: 'failed', reason: 'no-fhir' }
  const { type, isAnswer } = answers[operation]
  const fits = resource['resourceType'] === type && isValid(resource, definitions) && isAnswer(resource)
  return fits ? { kind: 'answered', resource } : { kind: 'failed', reason: 'malformed' }
}

/** The value of a simple parameter in an answer. */
export function valueIn(answer: JsonObject, name: string, type: string): JsonValue | undefined {
  return parameterList(answer).find((parameter) => parameter['name'] === name)?.[`value${type}`]
}

interface Answer {
  readonly type: 'Parameters' | 'ValueSet'
  isAnswer(resource: JsonObject): boolean
}

const judgement: Answer = {
  type: 'Parameters',
  isAnswer: (answer) => typeof valueIn(answer, 'result', 'Boolean') === 'boolean',
}
const subsumptions: readonly unknown[] = ['equivalent', 'subsumes', 'subsumed-by', 'not-subsumed']

const answers: Readonly<Record<ExternalOperation, Answer>> = {
  'CodeSystem/$lookup': {
    type: 'Parameters',
    isAnswer: (answer) => ['name', 'display'].some((name) => typeof valueIn(answer, name, 'String') === 'string'),
  },
  'CodeSystem/$subsumes': {
    type: 'Parameters',
    isAnswer: (answer) => subsumptions.includes(valueIn(answer, 'outcome', 'Code')),
  },
  'CodeSystem/$validate-code': judgement,
  'ConceptMap/$translate': judgement,
  'ValueSet/$expand': { type: 'ValueSet', isAnswer: ({ expansion }) => isJsonObject(expansion) },
  'ValueSet/$validate-code': judgement,
}

function resourceIn(text: string): JsonObject | undefined {
  try {
    const value = parseJson(text)
    return isJsonObject(value) && typeof value['resourceType'] === 'string' ? value : undefined
  } catch (error) {
    if (error instanceof OutcomeError) return undefined
    throw error
  }
}

function isValid(resource: JsonObject, definitions: Definitions): boolean {
  return !validateStructure(resource, definitions).some(isError)
}

function textOf(outcome: JsonObject): string {
  const texts = objects(outcome['issue']).flatMap(({ details, diagnostics }) => {
    const text = isJsonObject(details) ? details['text'] : undefined
    return [text ?? diagnostics].filter((one) => typeof one === 'string')
  })
  return [...new Set(texts)].join(' ')
}
