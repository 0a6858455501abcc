/** https://hl7.org/fhir/R4/codesystem-operation-lookup.html */
import type { Context } from '../../context.ts'
import { OutcomeError } from '../../fhir/outcome.ts'
import { checkParameterNames, textParameter, textParameters } from '../../fhir/parameters.ts'
import type { FhirReply } from '../../fhir/request.ts'
import { lookUp } from '../../fhir/terminology/lookup.ts'
import { callExternal } from '../../interactions/terminology/external.ts'
import { applyRule } from '../../interactions/terminology/terminology.ts'
import type { OperationCall } from '../operation.ts'
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
  try {
    const found = await applyRule(context, (facts) => lookUp(question, facts), sentResources(parameters))
    return { status: 200, content: JSON.stringify(found) }
  } catch (error) {
    if (!(error instanceof OutcomeError) || error.issues[0]!.code !== 'unknown-terminology') throw error
    const reply = await callExternal(context, 'CodeSystem/$lookup', { ...code, system, displayLanguage })
    if (reply?.['resourceType'] !== 'Parameters') throw error
    return { status: 200, content: JSON.stringify(reply) }
  }
}
