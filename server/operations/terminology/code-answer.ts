/** The Parameters that both kinds of `$validate-code` answer with. */
import type { Context } from '../../context.ts'
import type { JsonObject } from '../../fhir/json.ts'
import { OutcomeError } from '../../fhir/outcome.ts'
import type { FhirReply } from '../../fhir/request.ts'
import type { CodeAnswer, CodeToCheck } from '../../fhir/terminology/validate-code.ts'
import { askServer } from '../../interactions/terminology/external/ask.ts'
import { type Judgement, judgementOf } from '../../interactions/terminology/external/judge-code.ts'
import type { Question } from '../../interactions/terminology/external/question.ts'
import { passedOn, withHint } from './external-answer.ts'
import { parametersReply } from './terminology-call.ts'

/** What was found here, completed by what an external server says of the codes that nobody here can judge. */
export async function codesReply<Code extends CodeToCheck>(
  codes: readonly Code[],
  found: readonly CodeAnswer[] | OutcomeError,
  questionFor: ((code: Code) => Question) | undefined,
  context: Context,
): Promise<FhirReply> {
  const unknown = found instanceof OutcomeError ? found : undefined
  const answers = found instanceof OutcomeError ? codes.map((code) => unjudged(code, found)) : found
  if (answers.some(({ result }) => result === 'in')) return answerReply(answers)
  const judgements = await Promise.all(
    answers.map(async ({ result }, i): Promise<Judgement | undefined> => {
      if (result !== 'unknown' || !questionFor) return undefined
      return judgementOf(await askServer(context, questionFor(codes[i]!)))
    }),
  )
  const told = judgements.flatMap((judgement) => (judgement && judgement.valid !== undefined ? [judgement] : []))
  // One valid coding is enough; and about the only one there is nothing to add.
  const own = told.find(({ valid }) => valid) ?? (codes.length === 1 ? told[0] : undefined)
  if (own) return passedOn(own.answer)
  const hint = judgements.flatMap((judgement) => (judgement?.valid === undefined ? (judgement?.hint ?? []) : []))[0]
  if (unknown && told.length === 0) throw withHint(unknown, hint)
  return answerReply(answers.map((answer, i) => completed(answer, judgements[i])))
}

function unjudged({ system, code }: CodeToCheck, { message }: OutcomeError): CodeAnswer {
  return { result: 'unknown', code, message, ...(system !== undefined && { system }) }
}

function completed(answer: CodeAnswer, judgement: Judgement | undefined): CodeAnswer {
  if (!judgement) return answer
  if (judgement.valid === undefined) {
    return judgement.hint === undefined ? answer : { ...answer, message: `${answer.message} ${judgement.hint}` }
  }
  const { unknownSystem: _, message: _message, ...judged } = answer
  return { ...judged, result: 'out', ...(judgement.message !== undefined && { message: judgement.message }) }
}

/** Of several codings of one concept it is enough that one belongs here, if no display is wrong. */
function answerReply(answers: readonly CodeAnswer[]): FhirReply {
  const found = answers.find(({ result }) => result === 'in')
  const shown = found ?? answers.find(({ result }) => result === 'unknown') ?? answers[0]!
  const messages = (found ? answers.filter(({ displayOk }) => displayOk === false) : answers).flatMap(
    ({ message }) => message ?? [],
  )
  const valid = found !== undefined && answers.every(({ displayOk }) => displayOk !== false)
  const { system, version, code, display, inactive } = shown
  const optional = (name: string, type: string, value: string | undefined): JsonObject[] =>
    value === undefined ? [] : [{ name, [`value${type}`]: value }]
  return parametersReply([
    { name: 'result', valueBoolean: valid },
    ...optional('message', 'String', messages.length === 0 ? undefined : [...new Set(messages)].join(' ')),
    ...optional('display', 'String', display),
    ...optional('code', 'Code', code),
    ...optional('system', 'Uri', system),
    ...optional('version', 'String', version),
    ...(inactive ? [{ name: 'inactive', valueBoolean: true }] : []),
    ...optional('x-caused-by-unknown-system', 'Canonical', found ? undefined : shown.unknownSystem),
  ])
}
