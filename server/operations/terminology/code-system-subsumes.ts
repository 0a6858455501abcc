/** https://hl7.org/fhir/R4/codesystem-operation-subsumes.html */
import type { Context } from '../../context.ts'
import { OutcomeError } from '../../fhir/outcome.ts'
import { checkParameterNames, textParameter } from '../../fhir/parameters.ts'
import type { FhirReply } from '../../fhir/request.ts'
import { orUnknown } from '../../fhir/terminology/facts.ts'
import { sameVersion } from '../../fhir/terminology/newest.ts'
import { subsumption } from '../../fhir/terminology/subsumes.ts'
import { simple } from '../../interactions/terminology/external/question.ts'
import { applyRule } from '../../interactions/terminology/terminology.ts'
import type { OperationCall } from '../operation.ts'
import { answerElsewhere, given } from './external-answer.ts'
import {
  calledResource,
  invalidParameters,
  oneCode,
  parametersReply,
  sentResources,
  urlOf,
} from './terminology-call.ts'

const names = ['codeA', 'codeB', 'system', 'version', 'codingA', 'codingB', 'tx-resource']

export async function subsumes(call: OperationCall, context: Context): Promise<FhirReply> {
  const { parameters } = call
  checkParameterNames(parameters, names)
  const codeSystem = await calledResource(call, context)
  const a = oneCode(parameters, { code: 'codeA', coding: 'codingA' })
  const b = oneCode(parameters, { code: 'codeB', coding: 'codingB' })
  const system = codeSystem ? urlOf(codeSystem) : (a.system ?? textParameter(parameters, 'system'))
  if (system === undefined) throw invalidParameters("Give the code system: 'system', or the id in the path.")
  const stranger = [a, b].find((code) => code.system !== undefined && code.system !== system)
  if (stranger) throw invalidParameters(`Both codes must be of one system, not of ${system} and ${stranger.system}.`)
  if (!sameVersion(a.version, b.version)) {
    throw invalidParameters(`Both codes must be of one version, not of ${a.version} and ${b.version}.`)
  }
  const version = a.version ?? b.version
  const question = { system, codeA: a.code, codeB: b.code, ...(version !== undefined && { version }) }
  const sent = sentResources(parameters, context)
  const outcome = await applyRule(
    context,
    (facts) => orUnknown(() => subsumption(question, facts)),
    codeSystem ? [codeSystem, ...sent] : sent,
  )
  if (!(outcome instanceof OutcomeError)) return parametersReply([{ name: 'outcome', valueCode: outcome }])
  const asked = [
    ...simple('system', 'Uri', system),
    ...simple('codeA', 'Code', a.code),
    ...simple('codeB', 'Code', b.code),
    ...simple('version', 'String', version),
    ...given(parameters, ['tx-resource']),
  ]
  return answerElsewhere({ operation: 'CodeSystem/$subsumes', parameters: asked }, outcome, context)
}
