/** https://hl7.org/fhir/R4/resource-operation-validate.html */

import type { Context } from '../context.ts'
import { idIssues, wrongType } from '../fhir/body-fault.ts'
import { isJsonObject, type JsonObject, parseStored } from '../fhir/json.ts'
import { type Issue, OutcomeError, operationOutcome } from '../fhir/outcome.ts'
import {
  checkParameterNames,
  parameterList,
  resourceParameter,
  textParameter,
  textParameters,
} from '../fhir/parameters.ts'
import type { FhirReply } from '../fhir/request.ts'
import { locateIssues } from '../fhir/validation/positions.ts'
import { absent, keyOf } from '../interactions/read.ts'
import { modeFor, validateNow, validateRest, withLatestProfiles } from '../interactions/validation/validator.ts'
import { currentVersion } from '../store/resources.ts'
import type { OperationCall } from './operation.ts'

/** 200 with the issues found, whether the resource is valid or not. */
export async function validate(call: OperationCall, context: Context): Promise<FhirReply> {
  const { parameters } = call
  checkParameterNames(parameters, ['resource', 'mode', 'profile'])
  const mode = textParameter(parameters, 'mode')
  if (mode !== undefined && !modes.includes(mode)) {
    throw new OutcomeError('invalid-parameters', { reason: `The parameter 'mode' must be one of ${modes.join(', ')}.` })
  }
  const issues = mode === 'delete' ? await deleteIssues(call, context) : await resourceIssues(call, context, mode)
  if (issues.every((issue) => issue.severity === 'information')) {
    issues.unshift({ code: 'all-ok', params: { reason: 'No faults were found.' } })
  }
  return { status: 200, content: JSON.stringify(operationOutcome(issues)) }
}

const modes = ['create', 'update', 'delete', 'profile']

/** Only an existing resource can be deleted. */
async function deleteIssues({ type, id }: OperationCall, context: Context): Promise<Issue[]> {
  if (id === undefined) {
    throw new OutcomeError('invalid-parameters', {
      reason: 'The mode delete is for a resource: /[type]/[id]/$validate.',
    })
  }
  const key = keyOf(context, type!, id)
  const found = await currentVersion(context.store.db, context.access, type!, key)
  return found ? [] : [...(await absent(context, type!, id, key)).issues]
}

async function resourceIssues(call: OperationCall, context: Context, mode: string | undefined): Promise<Issue[]> {
  const type = call.type!
  const profiles = textParameters(call.parameters, 'profile')
  if (mode === 'profile') checkProfileMode(call, profiles)
  const sent = resourceParameter(call.parameters, 'resource')
  const resource = sent ?? (await storedResource(call, context, mode))
  const actual = resource['resourceType']
  if (actual !== type) return [...wrongType(actual, type).issues]
  const updates = mode === 'update' || (mode !== 'create' && sent !== undefined && call.id !== undefined)
  const found = [...(await allIssues(resource, profiles, context)), ...(updates ? updateIssues(call, resource) : [])]
  return sent ? locate(found, call, context) : found
}

/** Whoever asks wants to know all, however little is demanded of what is stored. */
async function allIssues(resource: JsonObject, profiles: readonly string[], context: Context): Promise<Issue[]> {
  const mode = modeFor(context) === 'strict' ? 'strict' : 'profiles'
  const current = await withLatestProfiles(context)
  return validateRest(validateNow(resource, current, { mode, profiles }), current)
}

/** The resource is where it was sent: as the body, or as a parameter in it. */
function locate(issues: readonly Issue[], { request, parameters }: OperationCall, context: Context): Issue[] {
  const { body, text } = request
  if (!text || !isJsonObject(body)) return [...issues]
  const index = parameterList(parameters).findIndex(({ name }) => name === 'resource')
  const place = body['resourceType'] === 'Parameters' ? `Parameters.parameter[${index}].resource` : undefined
  return locateIssues(issues, text(), context.definitions, place)
}

/** `mode=profile` is for what is stored. */
function checkProfileMode({ id, parameters }: OperationCall, profiles: readonly string[]): void {
  const reason =
    profiles.length === 0
      ? 'The mode profile needs the parameter profile.'
      : id === undefined || resourceParameter(parameters, 'resource') !== undefined
        ? 'The mode profile is for a stored resource: /[type]/[id]/$validate, without a resource in the request.'
        : undefined
  if (reason !== undefined) throw new OutcomeError('invalid-parameters', { reason })
}

/** Without a resource in the request, the stored one is meant. */
async function storedResource({ type, id }: OperationCall, context: Context, mode: string | undefined) {
  if (id === undefined || mode === 'create' || mode === 'update') {
    throw new OutcomeError('invalid-parameters', { reason: "The parameter 'resource' is required." })
  }
  const key = keyOf(context, type!, id)
  const found = await currentVersion(context.store.db, context.access, type!, key)
  if (!found) throw await absent(context, type!, id, key)
  return parseStored(found.content)
}

/** What an update would say of the id. Without one in the URL any will do. */
function updateIssues({ type, id }: OperationCall, resource: JsonObject): Issue[] {
  const given = resource['id']
  return id === undefined && given !== undefined ? [] : idIssues(given, id ?? '', type!)
}
