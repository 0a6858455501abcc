/** https://hl7.org/fhir/R4/valueset-operation-validate-code.html */
import type { Context } from '../../context.ts'
import type { JsonObject } from '../../fhir/json.ts'
import { OutcomeError } from '../../fhir/outcome.ts'
import { booleanParameter, checkParameterNames, textParameter } from '../../fhir/parameters.ts'
import type { FhirReply } from '../../fhir/request.ts'
import { joinCanonical, orUnknown } from '../../fhir/terminology/facts.ts'
import { sharedValueSet } from '../../fhir/terminology/resources-around.ts'
import { mapAll } from '../../fhir/terminology/system.ts'
import { type CheckOptions, type CodeAnswer, checkInValueSet } from '../../fhir/terminology/validate-code.ts'
import { codeInValueSet, valueSetParameters } from '../../interactions/terminology/external/judge-code.ts'
import { applyRule } from '../../interactions/terminology/terminology.ts'
import type { OperationCall } from '../operation.ts'
import { codesReply } from './code-answer.ts'
import { given, sentAlong } from './external-answer.ts'
import {
  calledResource,
  codesToCheck,
  invalidParameters,
  refuseParameters,
  sentResource,
  sentResources,
} from './terminology-call.ts'

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
  const { found, shared } = await applyRule(
    context,
    (facts) => {
      const found = orUnknown(() => mapAll(codes, (code) => checkInValueSet(valueSet, code, facts, options)))
      return { found, shared: mayAsk(found, context) ? sharedValueSet(valueSet, facts) : undefined }
    },
    sentResources(parameters, context),
  )
  const more = [
    ...given(parameters, ['abstract', 'activeOnly', 'displayLanguage', 'inferSystem']),
    ...sentAlong(parameters, shared ? valueSetParameters(shared) : []),
  ]
  return codesReply(codes, found, shared && ((code) => codeInValueSet(shared, code, more)), context)
}

function mayAsk(found: readonly CodeAnswer[] | OutcomeError, { config }: Context): boolean {
  if (config.txServer === undefined) return false
  return found instanceof OutcomeError || found.some(({ result }) => result === 'unknown')
}

/** By its canonical, or a resource: stored, or sent. */
async function chosenValueSet(call: OperationCall, context: Context): Promise<string | JsonObject> {
  const { parameters } = call
  const url = textParameter(parameters, 'url')
  const sent = sentResource(parameters, 'valueSet', 'ValueSet', context)
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
