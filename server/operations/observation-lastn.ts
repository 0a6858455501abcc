/** The last observations of each code. https://hl7.org/fhir/R4/observation-operation-lastn.html */
import type { Context } from '../context.ts'
import { bundleText } from '../fhir/bundle.ts'
import { OutcomeError } from '../fhir/outcome.ts'
import { parameterList, textParameters } from '../fhir/parameters.ts'
import type { FhirReply } from '../fhir/request.ts'
import { lastnQuery } from '../fhir/search/lastn.ts'
import { scopeOf } from '../fhir/search/scope.ts'
import { parseSearch } from '../fhir/search/search-request.ts'
import { idOf } from '../interactions/find-page.ts'
import { searchCompiler } from '../interactions/search-compiler.ts'
import { runPage } from '../store/search.ts'
import type { OperationCall } from './operation.ts'

export async function lastn({ parameters }: OperationCall, context: Context): Promise<FhirReply> {
  const all = [...new Set(parameterList(parameters).map((parameter) => String(parameter['name'])))]
  const most = all.includes('max') ? Number(textParameters(parameters, 'max')[0]) : 1
  if (!Number.isInteger(most) || most < 1 || most > 1000) {
    throw new OutcomeError('invalid-parameters', { reason: 'max must be a whole number from 1 to 1000.' })
  }
  const query = all
    .filter((name) => name !== 'max')
    .flatMap((name) => textParameters(parameters, name).map((text) => `${name}=${encodeURIComponent(text)}`))
    .join('&')
  const { definitions, indexes } = context
  const request = parseSearch(['Observation'], query, { definitions, indexes, handling: 'strict' })
  const criteria = request.criteria.get('Observation') ?? []
  if (!criteria.some(({ name }) => /^(patient|subject)\b/.test(name))) {
    const reason = 'Name the patient or subject whose observations are wanted.'
    throw new OutcomeError('invalid-parameters', { reason })
  }
  const compiler = await searchCompiler(criteria, context)
  const found = lastnQuery(criteria, scopeOf('Observation', compiler), most)
  const rows = await runPage(context.store.searchDb, { query: found, prepared: false, shape: 'lastn' })
  const entries = rows.map(({ content }) => ({
    fullUrl: `${context.base}/Observation/${idOf(content)}`,
    content,
    search: { mode: 'match' as const },
  }))
  const self = `${context.base}/Observation/$lastn${query === '' ? '' : `?${query}`}${all.includes('max') ? `&max=${most}` : ''}`
  return {
    status: 200,
    content: bundleText({ type: 'searchset', total: rows.length, links: [{ relation: 'self', url: self }], entries }),
  }
}
