/**
 * Patient and Encounter `$everything`: the compartment, and what its resources refer to, in pages.
 * https://hl7.org/fhir/R4/patient-operation-everything.html
 */
import { reachesType } from '../access/access.ts'
import { type Context, contextFor } from '../context.ts'
import { type BundleEntry, type BundleLink, bundleText } from '../fhir/bundle.ts'
import { compartmentCriterion, compartmentTypes } from '../fhir/compartment.ts'
import { dateRange, earliest, latest } from '../fhir/date-range.ts'
import { OutcomeError } from '../fhir/outcome.ts'
import { checkParameterNames, textParameter, textParameters } from '../fhir/parameters.ts'
import type { FhirReply } from '../fhir/request.ts'
import type { Criterion } from '../fhir/search/criterion.ts'
import { type Cursor, cursorText } from '../fhir/search/order.ts'
import { greatestCount, type IncludeRequest } from '../fhir/search/result-parameters.ts'
import type { SearchRequest } from '../fhir/search/search-request.ts'
import { findIncluded } from '../interactions/find-included.ts'
import { type FoundMatch, findPage, idOf } from '../interactions/find-page.ts'
import { absent, keyOf } from '../interactions/read.ts'
import { searchCompiler } from '../interactions/search-compiler.ts'
import { currentVersion } from '../store/resources.ts'
import type { OperationCall } from './operation.ts'

/** What records refer to outside their compartment and cannot be read without. */
const supporting = [
  'Practitioner',
  'PractitionerRole',
  'Organization',
  'Location',
  'Medication',
  'Device',
  'Substance',
] as const

export async function everything(call: OperationCall, given: Context): Promise<FhirReply> {
  const { type = 'Patient', id } = call
  if (id !== undefined) await checkExists(type, id, contextFor(given, 'r'))
  const context = contextFor(given, 's')
  const request = searchOf(call, type, id, context)
  const compiler = await searchCompiler([...request.criteria.values()].flat(), context)
  const page = await findPage(request, compiler, context)
  const { included } = await findIncluded(request, page.matches, compiler, context)
  const wanted = new Set(request.types)
  const members = new Set(compartmentTypes(type, context.definitions))
  const support = included.filter((found) => !members.has(found.type) || wanted.has(found.type))
  const entry =
    (mode: 'match' | 'include') =>
    (found: FoundMatch): BundleEntry => ({
      fullUrl: `${context.base}/${found.type}/${idOf(found.content)}`,
      content: found.content,
      search: { mode },
    })
  return {
    status: 200,
    content: bundleText({
      type: 'searchset',
      links: linksOf(
        call,
        id === undefined ? `${type}/$everything` : `${type}/${id}/$everything`,
        page.next,
        page.previous,
        context,
      ),
      entries: [...page.matches.map(entry('match')), ...support.map(entry('include'))],
    }),
  }
}

async function checkExists(type: string, id: string, context: Context): Promise<void> {
  const key = keyOf(context, type, id)
  if (!(await currentVersion(context.store.db, context.access, type, key))) throw await absent(context, type, id, key)
}

const names = ['start', 'end', '_since', '_type', '_count', '_cursor'] as const

function searchOf(
  { parameters }: OperationCall,
  type: string,
  id: string | undefined,
  context: Context,
): SearchRequest {
  checkParameterNames(parameters, names)
  const { definitions, indexes } = context
  const members = compartmentTypes(type, definitions)
  const asked = textParameters(parameters, '_type').flatMap((text) => text.split(','))
  const unknown = asked.find((name) => !definitions.isResourceType(name))
  if (unknown !== undefined) throw invalid(`_type: '${unknown}' is not a resource type.`)
  const wanted = asked.length === 0 ? members : members.filter((member) => asked.includes(member))
  const types = wanted.filter((member) => reachesType(context.access, member))
  const common = commonCriteria(parameters)
  const criteria = new Map(
    types.map((member): [string, Criterion[]] => {
      const own = compartmentCriterion(type, id, member, definitions, indexes)
      const dated = member === type ? common.filter((criterion) => criterion.kind !== 'period') : common
      return [member, [...(own ? [own] : []), ...dated]]
    }),
  )
  const cursor = textParameter(parameters, '_cursor')
  const targets = supporting.filter((target) => asked.length === 0 || asked.includes(target))
  return {
    types,
    criteria,
    sort: [],
    count: countOf(textParameter(parameters, '_count')),
    total: 'none',
    includes: targets.map(
      (target): IncludeRequest => ({ source: '*', parameter: '*', target, iterate: false, reverse: false }),
    ),
    ...(cursor && { cursor }),
    contained: 'false',
    containedType: 'container',
    explain: false,
    understood: [],
    issues: [],
  }
}

/** `start` and `end` bound the dates of care, `_since` the time of storing. */
function commonCriteria(parameters: OperationCall['parameters']): Criterion[] {
  const start = textParameter(parameters, 'start')
  const end = textParameter(parameters, 'end')
  const since = textParameter(parameters, '_since')
  const range = (name: string, text: string) => {
    const found = dateRange(text)
    if (!found) throw invalid(`${name}: '${text}' is not a date such as 2024-05-17.`)
    return found
  }
  const low = start === undefined ? earliest : range('start', start).low
  const high = end === undefined ? latest : range('end', end).high
  if (since !== undefined) range('_since', since)
  return [
    ...(start !== undefined || end !== undefined ? [{ kind: 'period' as const, name: 'start, end', low, high }] : []),
    ...(since === undefined ? [] : [{ kind: 'special' as const, name: '_lastUpdated', values: [`ge${since}`] }]),
  ]
}

function countOf(text: string | undefined): number {
  if (text === undefined) return greatestCount
  if (!/^[1-9]\d{0,8}$/.test(text)) throw invalid(`_count: '${text}' is not a whole number from 1.`)
  return Math.min(Number(text), greatestCount)
}

function invalid(reason: string): OutcomeError {
  return new OutcomeError('invalid-parameters', { reason })
}

/** Links repeat the parameters of the call, whether they came in the query or in a body. */
function linksOf(
  { parameters }: OperationCall,
  path: string,
  next: Cursor | undefined,
  previous: Cursor | undefined,
  { base }: Context,
): BundleLink[] {
  const pairs = names.flatMap((name) =>
    name === '_cursor' ? [] : textParameters(parameters, name).map((text) => [name, text]),
  )
  const url = (cursor: string | undefined) => {
    const query = new URLSearchParams(cursor === undefined ? pairs : [...pairs, ['_cursor', cursor]]).toString()
    return query === '' ? `${base}/${path}` : `${base}/${path}?${query}`
  }
  return [
    { relation: 'self', url: url(textParameter(parameters, '_cursor')) },
    ...(next ? [{ relation: 'next' as const, url: url(cursorText(next)) }] : []),
    ...(previous ? [{ relation: 'previous' as const, url: url(cursorText(previous)) }] : []),
  ]
}
