/** What the operations of terminology have in common: the codes they are asked about, and the resources sent along. */
import type { Context } from '../../context.ts'
import { isJsonObject, type JsonObject, parseStored } from '../../fhir/json.ts'
import { OutcomeError } from '../../fhir/outcome.ts'
import {
  complexParameter,
  parameterList,
  parameterNamed,
  parametersResource,
  resourceParameter,
  textParameter,
} from '../../fhir/parameters.ts'
import type { FhirReply } from '../../fhir/request.ts'
import { objects } from '../../fhir/terminology/code-table.ts'
import type { CodeToCheck } from '../../fhir/terminology/validate-code.ts'
import { validateStructure } from '../../fhir/validation/structure.ts'
import { absent, keyOf } from '../../interactions/read.ts'
import { currentVersion } from '../../store/resources.ts'
import type { OperationCall } from '../operation.ts'

/** The resource whose `[type]/[id]` is called; undefined on the level of the type. */
export async function calledResource({ type, id }: OperationCall, context: Context): Promise<JsonObject | undefined> {
  if (id === undefined) return undefined
  const key = keyOf(context, type!, id)
  const found = await currentVersion(context.store.db, context.access, type!, key)
  if (!found) throw await absent(context, type!, id, key)
  return parseStored(found.content)
}

/** CodeSystems, ValueSets and ConceptMaps in `tx-resource`: for this call they go before all others. */
export function sentResources(parameters: JsonObject, context: Context): JsonObject[] {
  const found = parameterList(parameters).filter((parameter) => parameter['name'] === 'tx-resource')
  return found.map(({ resource }) => {
    if (isJsonObject(resource) && typeof resource['url'] === 'string') {
      return checked(resource, 'tx-resource', ['CodeSystem', 'ValueSet', 'ConceptMap'], context)
    }
    throw invalidParameters("The parameter 'tx-resource' must hold a resource that has a url.")
  })
}

/** The resource in a parameter; it may leave out what it must have to be stored. */
export function sentResource(
  parameters: JsonObject,
  name: string,
  type: string,
  context: Context,
): JsonObject | undefined {
  const resource = resourceParameter(parameters, name)
  return resource && checked(resource, name, [type], context)
}

/** Refuses other types, and what is not built as its type is: half of it would be read as if there were no more. */
function checked(resource: JsonObject, name: string, types: readonly string[], { definitions }: Context): JsonObject {
  if (!types.includes(String(resource['resourceType']))) {
    throw invalidParameters(`The parameter '${name}' must hold a ${types.join(', ').replace(/, (\w+)$/, ' or $1')}.`)
  }
  const faults = validateStructure(resource, definitions).filter(({ code }) => code !== 'missing-element')
  if (faults.length > 0) throw new OutcomeError(faults)
  return resource
}

/** The url of a code system that is asked about itself: without one its codes belong to no system. */
export function urlOf(codeSystem: JsonObject): string {
  const { url } = codeSystem
  if (typeof url === 'string') return url
  throw invalidParameters(
    'The CodeSystem has no url, so that there is no system that its codes could be asked about in.',
  )
}

/**
 * The codes of `code` with its system, of `coding`, or of `codeableConcept`; any number in the last, one in the others.
 * `systemName`: how the operation calls the system of `code`.
 */
export function codesToCheck(
  parameters: JsonObject,
  names: { readonly system: string; readonly version: string },
): CodeToCheck[] {
  const code = textParameter(parameters, 'code')
  const coding = complexParameter(parameters, 'coding', 'Coding')
  const concept = complexParameter(parameters, 'codeableConcept', 'CodeableConcept')
  if ([code, coding, concept].filter((given) => given !== undefined).length !== 1) {
    throw invalidParameters("Give one of 'code', 'coding' and 'codeableConcept'.")
  }
  if (coding) return [codingToCheck(coding)]
  if (concept) {
    const codings = objects(concept['coding'])
    if (codings.length === 0) throw invalidParameters("The parameter 'codeableConcept' has no coding.")
    return codings.map(codingToCheck)
  }
  const [system, version, display] = [names.system, names.version, 'display'].map((name) =>
    textParameter(parameters, name),
  )
  return [
    {
      code: code!,
      ...(system !== undefined && { system }),
      ...(version !== undefined && { version }),
      ...(display !== undefined && { display }),
    },
  ]
}

/** One code with its system; throws where there is none. */
export function oneCode(parameters: JsonObject, names = { code: 'code', coding: 'coding' }) {
  const coding = complexParameter(parameters, names.coding, 'Coding')
  if (coding && parameterNamed(parameters, names.code)) {
    throw invalidParameters(`Give '${names.code}' or '${names.coding}', not both.`)
  }
  const code = coding ? coding['code'] : textParameter(parameters, names.code)
  if (typeof code !== 'string' || code === '') {
    throw invalidParameters(`Give '${names.code}' with 'system', or '${names.coding}' with a system and a code.`)
  }
  const system = coding ? coding['system'] : textParameter(parameters, 'system')
  const version = coding ? coding['version'] : textParameter(parameters, 'version')
  return {
    code,
    ...(typeof system === 'string' && { system }),
    ...(typeof version === 'string' && { version }),
  }
}

/** A Coding without a system means nothing, even if a value set had such a code: it is of the system ''. */
function codingToCheck({ system, version, code, display }: JsonObject): CodeToCheck {
  if (typeof code !== 'string') throw invalidParameters('A Coding to be validated needs a code.')
  return {
    code,
    system: typeof system === 'string' ? system : '',
    ...(typeof version === 'string' && { version }),
    ...(typeof display === 'string' && { display }),
  }
}

/** Refuses what this release does not do, rather than answering another question. */
export function refuseParameters(parameters: JsonObject, names: readonly string[]): void {
  for (const name of names) {
    if (!parameterNamed(parameters, name)) continue
    throw new OutcomeError('not-supported', { reason: `The parameter '${name}' is not supported here.` })
  }
}

export function invalidParameters(reason: string): OutcomeError {
  return new OutcomeError('invalid-parameters', { reason })
}

export function parametersReply(parameters: readonly JsonObject[]): FhirReply {
  return { status: 200, content: JSON.stringify(parametersResource(parameters)) }
}
