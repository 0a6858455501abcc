/** https://hl7.org/fhir/R4/codesystem-operation-lookup.html */
import type { Context } from '../../context.ts'
import { OutcomeError } from '../../fhir/outcome.ts'
import { checkParameterNames, textParameter, textParameters } from '../../fhir/parameters.ts'
import type { FhirReply } from '../../fhir/request.ts'
import { orUnknown } from '../../fhir/terminology/facts.ts'
import { lookUp } from '../../fhir/terminology/lookup.ts'
import { simple } from '../../interactions/terminology/external/question.ts'
import { applyRule } from '../../interactions/terminology/terminology.ts'
import type { OperationCall } from '../operation.ts'
import { answerElsewhere, given } from './external-answer.ts'
import { invalidParameters, oneCode, refuseParameters, sentResources } from './terminology-call.ts'

const names = ['code', 'system', 'version', 'coding', 'date', 'displayLanguage', 'property', 'tx-resource']

export async function lookup({ parameters }: OperationCall, context: Context): Promise<FhirReply> {
  checkParameterNames(parameters, names)
  refuseParameters(parameters, ['date'])
  const { system, ...code } = oneCode(parameters)
  if (system === undefined) throw invalidParameters("The parameter 'system' is required beside 'code'.")
  const displayLanguage = textParameter(parameters, 'displayLanguage')
  const properties = textParameters(parameters, 'property')
  const question = { ...code, system, properties, ...(displayLanguage !== undefined && { displayLanguage }) }
  const sent = sentResources(parameters, context)
  const found = await applyRule(context, (facts) => orUnknown(() => lookUp(question, facts)), sent)
  if (!(found instanceof OutcomeError)) return { status: 200, content: JSON.stringify(found) }
  const asked = [
    ...simple('system', 'Uri', system),
    ...simple('code', 'Code', code.code),
    ...simple('version', 'String', code.version),
    ...given(parameters, ['displayLanguage', 'property', 'tx-resource']),
  ]
  return answerElsewhere({ operation: 'CodeSystem/$lookup', parameters: asked }, found, context)
}
