/** https://hl7.org/fhir/R4/codesystem-operation-validate-code.html */
import type { Context } from '../../context.ts'
import { checkParameterNames, textParameter } from '../../fhir/parameters.ts'
import type { FhirReply } from '../../fhir/request.ts'
import { splitCanonical } from '../../fhir/terminology/facts.ts'
import { mapAll } from '../../fhir/terminology/system.ts'
import { type CodeToCheck, checkInSystem } from '../../fhir/terminology/validate-code.ts'
import { codeInSystem } from '../../interactions/terminology/external/judge-code.ts'
import { applyRule } from '../../interactions/terminology/terminology.ts'
import type { OperationCall } from '../operation.ts'
import { codesReply } from './code-answer.ts'
import { given } from './external-answer.ts'
import {
  calledResource,
  codesToCheck,
  invalidParameters,
  refuseParameters,
  sentResource,
  sentResources,
  urlOf,
} from './terminology-call.ts'
import { checkOptions } from './value-set-validate-code.ts'

const names = [
  ...['url', 'codeSystem', 'code', 'version', 'display', 'coding', 'codeableConcept', 'date', 'abstract'],
  ...['displayLanguage', 'activeOnly', 'tx-resource'],
]

export async function validateCodeInSystem(call: OperationCall, context: Context): Promise<FhirReply> {
  const { parameters } = call
  checkParameterNames(parameters, names)
  refuseParameters(parameters, ['date'])
  const codeSystem =
    (await calledResource(call, context)) ?? sentResource(parameters, 'codeSystem', 'CodeSystem', context)
  const { url, version } = splitCanonical(codeSystem ? urlOf(codeSystem) : (textParameter(parameters, 'url') ?? ''))
  const codes = codesToCheck(parameters, { system: 'url', version: 'version' }).map((code) => ({
    ...(version !== undefined && { version }),
    ...withSystem(code, url),
  }))
  const sent = sentResources(parameters, context)
  const options = checkOptions(parameters)
  const answers = await applyRule(
    context,
    (facts) => mapAll(codes, (code) => checkInSystem(code, facts, options)),
    codeSystem ? [codeSystem, ...sent] : sent,
  )
  const more = given(parameters, ['abstract', 'activeOnly', 'displayLanguage', 'tx-resource'])
  return codesReply(codes, answers, (code) => codeInSystem(code, more), context)
}

/** A coding may name its system itself; the one that is asked about goes before. */
function withSystem(code: CodeToCheck, url: string): CodeToCheck & { system: string } {
  const system = url === '' ? code.system : url
  if (!system) throw invalidParameters("Give the code system: 'url', 'codeSystem', or the id in the path.")
  if (code.system && splitCanonical(code.system).url !== system) {
    throw invalidParameters(`The coding is of ${code.system}, not of ${system}.`)
  }
  return { ...code, system }
}
