/** The Parameters that both kinds of `$validate-code` answer with. */
import type { Context } from '../../context.ts'
import type { JsonObject } from '../../fhir/json.ts'
import type { FhirReply } from '../../fhir/request.ts'
import type { CodeAnswer } from '../../fhir/terminology/validate-code.ts'
import { callExternal } from '../../interactions/terminology/external.ts'
import { parametersReply } from './terminology-call.ts'

/** Of several codings of one concept it is enough that one belongs here, if no display is wrong. */
export function answerReply(answers: readonly CodeAnswer[]): FhirReply {
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

/** What an external server says of a code that nobody here can judge; its own words. */
export async function externalReply(
  answers: readonly CodeAnswer[],
  operation: string,
  parameters: Readonly<Record<string, string | undefined>>,
  context: Context,
): Promise<FhirReply | undefined> {
  const open = answers.length === 1 && answers[0]!.result === 'unknown'
  const reply = open ? await callExternal(context, operation, parameters) : undefined
  return reply?.['resourceType'] === 'Parameters' ? { status: 200, content: JSON.stringify(reply) } : undefined
}
