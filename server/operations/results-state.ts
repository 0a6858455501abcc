/** Whether a patient's results are as they were, told without putting them together. */
import { createHash } from 'node:crypto'
import { reachesType } from '../access/access.ts'
import type { Context } from '../context.ts'
import { reviewSystem } from '../fhir/review/labels.ts'
import { scopeOf } from '../fhir/search/scope.ts'
import { parseSearch } from '../fhir/search/search-request.ts'
import { stateQuery } from '../fhir/search/state.ts'
import { searchCompiler } from '../interactions/search-compiler.ts'
import { runState } from '../store/search.ts'

/** What answers are made of. */
const sources = [
  ['Observation', ''],
  ['DiagnosticReport', ''],
  ['ServiceRequest', ''],
  ['Communication', `&category=${reviewSystem}|comment`],
] as const

/** Another text whenever something that the caller may see was added, changed, released or taken away. */
export async function resultsState(patient: string, context: Context): Promise<string> {
  const states = await Promise.all(
    sources.map(([type, criteria]) => stateOf(type, `patient=${encodeURIComponent(patient)}${criteria}`, context)),
  )
  return createHash('sha256').update(states.join()).digest('base64url').slice(0, 22)
}

async function stateOf(type: string, query: string, context: Context): Promise<string> {
  if (!reachesType(context.access, type)) return ''
  const request = parseSearch([type], query, { ...context, handling: 'strict' })
  const criteria = request.criteria.get(type) ?? []
  return runState(context.store.searchDb, stateQuery(criteria, scopeOf(type, await searchCompiler(criteria, context))))
}
