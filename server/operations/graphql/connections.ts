/** Searches in pages. https://hl7.org/fhir/R4/graphql.html#searching */
import type { GraphQLResolveInfo } from 'graphql'
import type { JsonObject } from '../../fhir/json.ts'
import { OutcomeError } from '../../fhir/outcome.ts'
import { countOf } from '../../interactions/count.ts'
import { shape } from './elements.ts'
import { type Execution, fieldsBelow } from './execution.ts'
import { searchFieldOf } from './lists.ts'
import type { Arguments } from './search-arguments.ts'
import { planPage, planSearch, runSearch, type SearchPlan, selectResources } from './searches.ts'

/** A page of a search: what its token holds. */
interface PageToken {
  readonly type: string
  readonly query: string
  /** The cursor of a search; absent for the first page. */
  readonly cursor?: string
  /** How many matches are before the page, where that is known. */
  readonly offset?: number
}

export async function resolveConnection(
  source: JsonObject | undefined,
  given: Arguments,
  execution: Execution,
  info: GraphQLResolveInfo,
): Promise<object> {
  const field = searchFieldOf(info)
  const token = givenToken(field.type, given)
  const plan = token
    ? await planPage(field.type, token.query, token.cursor, execution)
    : await planSearch(field, given, source, execution)
  if (!plan) return { count: 0, offset: 0, pagesize: 0, edges: [] }
  return connection(plan, token, given, execution)
}

async function connection(
  plan: SearchPlan,
  token: PageToken | undefined,
  given: Arguments,
  execution: Execution,
): Promise<object> {
  const { type, query, request, compiler } = plan
  const { count } = request
  const page = count === 0 ? { resources: [] } : await runSearch(plan, count, execution)
  const selected = selectResources(page.resources, given, execution)
  const offset = token?.cursor === undefined ? 0 : token.offset
  const at = (cursor: string | undefined, from: number | undefined) =>
    cursor && tokenText({ type, query, cursor, ...(from !== undefined && { offset: from }) })
  const self = token ?? { type, query }
  return {
    count: () => countOf(type, request.criteria.get(type) ?? [], compiler, execution.context),
    offset,
    pagesize: count,
    first: tokenText({ type, query }),
    previous: at(page.previous, offset === undefined ? undefined : Math.max(0, offset - count)),
    next: at(page.next, offset === undefined ? undefined : offset + page.resources.length),
    // Pages are found from their neighbours: the last one is known when it is reached.
    last: page.next === undefined ? tokenText(self) : undefined,
    edges: (_given: Arguments, _execution: Execution, info: GraphQLResolveInfo) => {
      execution.spend(selected.length * (1 + fieldsBelow(info, execution)))
      const edges = selected.map((resource): Edge => ({ mode: 'match', resource }))
      return shape(edges, { type: undefined, container: undefined }, execution, info)
    },
  }
}

interface Edge {
  readonly mode: 'match'
  readonly resource: unknown
}

/** The page that `_cursor` names; the token says all there is to say about the search. */
function givenToken(type: string, given: Arguments): PageToken | undefined {
  const { _cursor, cursor, fhirpath: _, ...others } = given
  const text = _cursor ?? cursor
  if (text === undefined || text === null) return undefined
  if (Object.values(others).some((value) => value !== null)) {
    const reason = 'A cursor stands for the whole search: leave the other arguments out.'
    throw new OutcomeError('invalid-search', { reason })
  }
  const token = parseToken(String(text))
  if (token?.type !== type) {
    throw new OutcomeError('invalid-search', { reason: `The cursor is not one of a ${type}Connection.` })
  }
  return token
}

function tokenText({ type, query, cursor, offset }: PageToken): string {
  return Buffer.from(JSON.stringify([type, query, cursor ?? null, offset ?? null])).toString('base64url')
}

function parseToken(text: string): PageToken | undefined {
  try {
    const [type, query, cursor, offset] = JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown[]
    if (typeof type !== 'string' || typeof query !== 'string') return undefined
    return {
      type,
      query,
      ...(typeof cursor === 'string' && { cursor }),
      ...(Number.isSafeInteger(offset) && { offset: offset as number }),
    }
  } catch {
    return undefined
  }
}
