/** Tells who searches by a parameter that was stored but not indexed what makes it usable. */
import { accessFor } from '../../access/access.ts'
import type { Context } from '../../context.ts'
import { parseStored } from '../../fhir/json.ts'
import { type Issue, OutcomeError } from '../../fhir/outcome.ts'
import { appliesTo, isOffered, searchParameterOf } from '../../fhir/search/custom-parameter.ts'
import { forms } from '../../fhir/search/forms.ts'
import { contentsWithTerm } from '../../store/search.ts'

/**
 * Runs `work`. Where it fails because of an unknown parameter, it is run again if another process has made that usable
 * just now; else the outcome has the hint.
 */
export async function withReindexHint<T>(context: Context, work: (context: Context) => Promise<T>): Promise<T> {
  try {
    return await work(context)
  } catch (error) {
    if (!isUnknownParameter(error)) throw error
    const { indexes, indexSource, store } = context
    // A transaction keeps its index to its end: it is for the one who began it to repeat it.
    if (store.db !== store.database) throw error
    const latest = await indexSource.refresh()
    if (latest.version === indexes.version) throw new OutcomeError(await hintedIssues(error.issues, context))
    return withReindexHint({ ...context, indexes: latest }, work)
  }
}

function isUnknownParameter(error: unknown): error is OutcomeError {
  return error instanceof OutcomeError && error.issues[0]?.code === 'unknown-parameter'
}

export async function hintedIssues(issues: readonly Issue[], context: Context): Promise<readonly Issue[]> {
  const hinted: Issue[] = []
  for (const issue of issues) hinted.push(await hintedIssue(issue, context))
  return hinted
}

/** Of an unknown parameter: the member of the issue's parameters that has its code. */
const codeMember: Readonly<Record<string, string>> = { 'unknown-parameter': 'name', 'ignored-parameter': 'parameter' }

async function hintedIssue(issue: Issue, context: Context): Promise<Issue> {
  const { params = {} } = issue
  const code = params[codeMember[issue.code] ?? '']
  const { type } = params
  if (code === undefined || type === undefined || String(params['nearest']).includes('$reindex')) return issue
  const id = await pendingParameter(String(type), String(code), context)
  if (id === undefined) return issue
  return { ...issue, params: { ...params, nearest: ` SearchParameter/${id} defines it: $reindex makes it usable.` } }
}

/** More SearchParameters of one code are not looked at. */
const mostParameters = 50

/** The id of a stored SearchParameter with that code for that type. Not read in the transaction, which may have failed. */
async function pendingParameter(type: string, code: string, context: Context): Promise<string | undefined> {
  const { indexes, store, access } = context
  const [path] = indexes.index('SearchParameter').parameters.get('code')?.paths ?? []
  if (!path) return undefined
  const term = indexes.terms.term(path.tweak, forms.code(code.toLowerCase()))
  const contents = await contentsWithTerm(
    store.database,
    accessFor(access, 'rs'),
    'SearchParameter',
    term,
    mostParameters,
  )
  const found = contents.map(parseStored).find((resource) => {
    const parameter = searchParameterOf(resource)
    return isOffered(resource) && parameter.code === code && appliesTo(parameter, type)
  })
  return found && String(found['id'])
}
