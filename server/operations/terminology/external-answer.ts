/** What an external terminology server answers in place of this one, in its own words. */
import type { Context } from '../../context.ts'
import { isJsonObject, type JsonObject } from '../../fhir/json.ts'
import { OutcomeError } from '../../fhir/outcome.ts'
import { parameterList } from '../../fhir/parameters.ts'
import type { FhirReply } from '../../fhir/request.ts'
import { askServer } from '../../interactions/terminology/external/ask.ts'
import type { Question } from '../../interactions/terminology/external/question.ts'
import { hintOf } from '../../interactions/terminology/external/reply.ts'

/** Its answer; throws what was found here where it has none, and says why it has none. */
export async function answerElsewhere(question: Question, error: OutcomeError, context: Context): Promise<FhirReply> {
  const reply = await askServer(context, question)
  if (reply?.kind === 'answered') return passedOn(reply.resource)
  throw withHint(error, hintOf(reply))
}

export function passedOn(answer: JsonObject): FhirReply {
  return { status: 200, content: JSON.stringify(answer) }
}

/** For errors whose text has a place for it. */
export function withHint(error: OutcomeError, hint: string | undefined): OutcomeError {
  if (hint === undefined) return error
  return new OutcomeError(error.issues.map((issue) => ({ ...issue, params: { ...issue.params, asked: ` ${hint}` } })))
}

/** The types of the parameters that are passed on: in a query all of them are texts. */
const types: Readonly<Record<string, string>> = {
  ...{ url: 'Uri', system: 'Uri', source: 'Uri', target: 'Uri', targetsystem: 'Uri' },
  ...{ code: 'Code', displayLanguage: 'Code', property: 'Code' },
  ...{ version: 'String', conceptMapVersion: 'String', filter: 'String', designation: 'String' },
  ...{ activeOnly: 'Boolean', includeDesignations: 'Boolean', includeDefinition: 'Boolean', abstract: 'Boolean' },
  ...{ excludeNested: 'Boolean', excludeNotForUI: 'Boolean', excludePostCoordinated: 'Boolean' },
  ...{ inferSystem: 'Boolean', reverse: 'Boolean' },
  ...{ offset: 'Integer', count: 'Integer' },
  ...{ 'exclude-system': 'Canonical', 'system-version': 'Canonical' },
  ...{ 'check-system-version': 'Canonical', 'force-system-version': 'Canonical' },
}

const readers: Readonly<Record<string, (text: string) => string | number | boolean>> = {
  Boolean: (text) => text === 'true',
  Integer: Number,
}

/** The parameters of these names that the client gave. */
export function given(parameters: JsonObject, names: readonly string[]): readonly JsonObject[] {
  return parameterList(parameters)
    .filter(({ name }) => names.includes(String(name)))
    .map((parameter) => {
      const name = String(parameter['name'])
      const type = types[name]
      const text = parameter['valueString']
      if (typeof text !== 'string' || type === undefined) return parameter
      return { name, [`value${type}`]: readers[type]?.(text) ?? text }
    })
}

/** The resources that the client sent along, but for those that are sent anyway. */
export function sentAlong(parameters: JsonObject, others: readonly JsonObject[]): readonly JsonObject[] {
  const known = new Set(
    others.flatMap(({ name, resource }) => (name === 'tx-resource' && isJsonObject(resource) ? [keyOf(resource)] : [])),
  )
  return given(parameters, ['tx-resource']).filter(
    ({ resource }) => isJsonObject(resource) && !known.has(keyOf(resource)),
  )
}

function keyOf({ resourceType, url, version }: JsonObject): string {
  return `${resourceType} ${url}|${version}`
}
