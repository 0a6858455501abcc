/** https://hl7.org/fhir/R4/valueset-operation-validate-code.html */
import type { Context } from '../../context.ts'
import type { JsonObject } from '../../fhir/json.ts'
import { OutcomeError } from '../../fhir/outcome.ts'
import { booleanParameter, checkParameterNames, resourceParameter, textParameter } from '../../fhir/parameters.ts'
import type { FhirReply } from '../../fhir/request.ts'
import { joinCanonical } from '../../fhir/terminology/facts.ts'
import { mapAll } from '../../fhir/terminology/system.ts'
import { type CheckOptions, type CodeToCheck, checkInValueSet } from '../../fhir/terminology/validate-code.ts'
import { callExternal } from '../../interactions/terminology/external.ts'
import { applyRule } from '../../interactions/terminology/terminology.ts'
import type { OperationCall } from '../operation.ts'
import { answerReply, externalReply } from './code-answer.ts'
import { calledResource, codesToCheck, invalidParameters, refuseParameters, sentResources } from './terminology-call.ts'

const names = [
  ...['url', 'context', 'valueSet', 'valueSetVersion', 'code', 'system', 'systemVersion', 'display', 'coding'],
  ...['codeableConcept', 'date', 'abstract', 'displayLanguage', 'inferSystem', 'activeOnly', 'tx-resource'],
]

export async function validateCodeInValueSet(call: OperationCall, context: Context): Promise<FhirReply> {
  const { parameters } = call
  checkParameterNames(parameters, names)
  refuseParameters(parameters, ['context', 'date'])
  const valueSet = await chosenValueSet(call, context)
  const codes = codesToCheck(parameters, { system: 'system', version: 'systemVersion' })
  const options = checkOptions(parameters)
  const question = externalQuestion(valueSet, codes[0]!, parameters)
  try {
    const answers = await applyRule(
      context,
      (facts) => mapAll(codes, (code) => checkInValueSet(valueSet, code, facts, options)),
      sentResources(parameters),
    )
    return (await externalReply(answers, operation, question, context)) ?? answerReply(answers)
  } catch (error) {
    if (!(error instanceof OutcomeError) || error.issues[0]!.code !== 'unknown-terminology') throw error
    const reply = typeof valueSet === 'string' ? await callExternal(context, operation, question) : undefined
    if (reply?.['resourceType'] !== 'Parameters') throw error
    return { status: 200, content: JSON.stringify(reply) }
  }
}

const operation = 'ValueSet/$validate-code'

/** By its canonical, or a resource: stored, or sent. */
async function chosenValueSet(call: OperationCall, context: Context): Promise<string | JsonObject> {
  const { parameters } = call
  const url = textParameter(parameters, 'url')
  const sent = resourceParameter(parameters, 'valueSet')
  const found = (await calledResource(call, context)) ?? sent
  if (found) return found
  if (url === undefined) throw invalidParameters("Give the value set: 'url', 'valueSet', or the id in the path.")
  return joinCanonical(url, textParameter(parameters, 'valueSetVersion'))
}

/** A code without a system is one of the value set's: there is no other way to ask. */
export function checkOptions(parameters: JsonObject): CheckOptions {
  const abstract = booleanParameter(parameters, 'abstract')
  const displayLanguage = textParameter(parameters, 'displayLanguage')
  return {
    ...(abstract !== undefined && { abstract }),
    ...(displayLanguage !== undefined && { displayLanguage }),
    activeOnly: booleanParameter(parameters, 'activeOnly') ?? false,
    inferSystem: booleanParameter(parameters, 'inferSystem') ?? true,
  }
}

function externalQuestion(valueSet: string | JsonObject, code: CodeToCheck, parameters: JsonObject) {
  return {
    url: typeof valueSet === 'string' ? valueSet : String(valueSet['url'] ?? ''),
    code: code.code,
    system: code.system,
    systemVersion: code.version,
    display: code.display,
    displayLanguage: textParameter(parameters, 'displayLanguage'),
  }
}
