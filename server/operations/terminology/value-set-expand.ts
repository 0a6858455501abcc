/** https://hl7.org/fhir/R4/valueset-operation-expand.html */
import { createHash } from 'node:crypto'
import type { Context } from '../../context.ts'
import type { JsonObject } from '../../fhir/json.ts'
import { OutcomeError } from '../../fhir/outcome.ts'
import {
  booleanParameter,
  checkParameterNames,
  numberParameter,
  parameterList,
  textParameter,
  textParameters,
} from '../../fhir/parameters.ts'
import type { FhirReply } from '../../fhir/request.ts'
import { valueSetBy } from '../../fhir/terminology/compose.ts'
import {
  type ExpandOptions,
  type Expansion,
  expand,
  mostExpanded,
  type SystemVersions,
} from '../../fhir/terminology/expand.ts'
import { joinCanonical, orUnknown, splitCanonical } from '../../fhir/terminology/facts.ts'
import { sharedValueSet } from '../../fhir/terminology/resources-around.ts'
import { valueSetParameters } from '../../interactions/terminology/external/judge-code.ts'
import { applyRule } from '../../interactions/terminology/terminology.ts'
import type { OperationCall } from '../operation.ts'
import { answerElsewhere, given, sentAlong } from './external-answer.ts'
import { calledResource, invalidParameters, refuseParameters, sentResource, sentResources } from './terminology-call.ts'

const echoed = [
  ...['filter', 'offset', 'count', 'activeOnly', 'displayLanguage', 'includeDesignations', 'designation'],
  ...['includeDefinition', 'excludeNested', 'excludeNotForUI', 'excludePostCoordinated', 'exclude-system'],
  ...['system-version', 'check-system-version', 'force-system-version'],
]
const names = ['url', 'valueSet', 'valueSetVersion', 'context', 'contextDirection', 'date', 'tx-resource', ...echoed]

export async function expandOperation(call: OperationCall, context: Context): Promise<FhirReply> {
  const { parameters } = call
  checkParameterNames(parameters, names)
  refuseParameters(parameters, ['context', 'contextDirection', 'date'])
  const url = textParameter(parameters, 'url')
  const named = url === undefined ? undefined : joinCanonical(url, textParameter(parameters, 'valueSetVersion'))
  const wanted =
    (await calledResource(call, context)) ?? sentResource(parameters, 'valueSet', 'ValueSet', context) ?? named
  if (wanted === undefined) throw invalidParameters("Give the value set: 'url', 'valueSet', or the id in the path.")
  const options = expandOptions(parameters)
  const { found, shared } = await applyRule(
    context,
    (facts) => {
      const found = orUnknown((): [JsonObject, Expansion] => {
        const valueSet = typeof wanted === 'string' ? valueSetBy(wanted, facts) : wanted
        return [valueSet, expand(valueSet, facts, options)]
      })
      const asks = found instanceof OutcomeError && context.config.txServer !== undefined
      return { found, shared: asks ? sharedValueSet(wanted, facts) : undefined }
    },
    sentResources(parameters, context),
  )
  if (!(found instanceof OutcomeError)) {
    return { status: 200, content: JSON.stringify(expanded(...found, parameters, context)) }
  }
  if (!shared) throw found
  const about = valueSetParameters(shared)
  const asked = [...about, ...given(parameters, echoed), ...sentAlong(parameters, about)]
  return answerElsewhere({ operation: 'ValueSet/$expand', parameters: asked }, found, context)
}

function expandOptions(parameters: JsonObject): ExpandOptions {
  const text = (name: string) => {
    const value = textParameter(parameters, name)
    return value === undefined || value.trim() === '' ? {} : { [name]: value }
  }
  const number = (name: string, most: number) => {
    const value = numberParameter(parameters, name, 0, most)
    return value === undefined ? {} : { [name]: value }
  }
  const flag = (name: string) => {
    const value = booleanParameter(parameters, name)
    return value === undefined ? {} : { [name]: value }
  }
  const designation = textParameters(parameters, 'designation')
  return {
    ...text('filter'),
    ...text('displayLanguage'),
    ...number('offset', 2 ** 31 - 1),
    ...number('count', mostExpanded),
    ...flag('activeOnly'),
    ...flag('includeDesignations'),
    ...flag('excludeNested'),
    ...flag('excludeNotForUI'),
    ...(designation.length > 0 && { designation }),
    versions: systemVersions(parameters),
    excludeSystems: new Set(
      textParameters(parameters, 'exclude-system').map((canonical) => splitCanonical(canonical).url),
    ),
  }
}

function systemVersions(parameters: JsonObject): SystemVersions {
  const map = (name: string) =>
    new Map(
      textParameters(parameters, name).map((canonical): [string, string] => {
        const { url, version } = splitCanonical(canonical)
        if (version === undefined)
          throw invalidParameters(`The parameter '${name}' takes system|version, not '${canonical}'.`)
        return [url, version]
      }),
    )
  return { open: map('system-version'), check: map('check-system-version'), force: map('force-system-version') }
}

/** What described the value set stays; of its definition only what was asked for. */
function expanded(
  valueSet: JsonObject,
  { total, contains, versions }: Expansion,
  parameters: JsonObject,
  context: Context,
) {
  const { compose, expansion: _old, text: _narrative, id: _id, ...described } = valueSet
  const withDefinition = booleanParameter(parameters, 'includeDefinition') && compose !== undefined
  const offset = numberParameter(parameters, 'offset', 0, 2 ** 31 - 1)
  const paged = textParameter(parameters, 'count') !== undefined || offset !== undefined
  const nested = booleanParameter(parameters, 'excludeNested') === false
  const parameter = [
    ...parameterList(parameters)
      .filter(({ name }) => echoed.includes(String(name)))
      .map(echo),
    ...versions.map((version): JsonObject => ({ name: 'version', valueUri: version })),
  ]
  return {
    resourceType: 'ValueSet',
    status: 'active',
    ...described,
    ...(withDefinition && { compose }),
    expansion: {
      identifier: identifierOf(parameters, versions, valueSet),
      timestamp: new Date(context.now()).toISOString(),
      total,
      ...(paged && !nested && { offset: offset ?? 0 }),
      ...(parameter.length > 0 && { parameter }),
      ...(contains.length > 0 && { contains }),
    },
  }
}

const booleans: ReadonlySet<unknown> = new Set([
  ...['activeOnly', 'includeDesignations', 'includeDefinition', 'excludeNested', 'excludeNotForUI'],
  'excludePostCoordinated',
])
const integers: ReadonlySet<unknown> = new Set(['offset', 'count'])

/** In a query all values are texts; the expansion gives them the type they have. */
function echo({ name, ...value }: JsonObject): JsonObject {
  const text = value['valueString']
  if (typeof text !== 'string') return { name: name!, ...value }
  if (booleans.has(name)) return { name: name!, valueBoolean: text === 'true' }
  return integers.has(name) ? { name: name!, valueInteger: Number(text) } : { name: name!, valueString: text }
}

/** The same for the same value set, parameters and versions. */
function identifierOf(parameters: JsonObject, versions: readonly string[], valueSet: JsonObject): string {
  const { url, version, meta } = valueSet
  const hash = createHash('sha256').update(JSON.stringify([url, version, meta, versions, parameters]))
  const hex = hash.digest('hex')
  const variant = '89ab'[Number.parseInt(hex[16]!, 16) & 3]
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
