/** What a page of matches includes, in rounds: `:iterate` follows what the round before added. */
import type { Context } from '../context.ts'
import type { Issue } from '../fhir/outcome.ts'
import { includeQuery, mostIncluded } from '../fhir/search/include.ts'
import type { Compiler } from '../fhir/search/scope.ts'
import type { SearchRequest } from '../fhir/search/search-request.ts'
import { runInclude } from '../store/search.ts'
import type { FoundMatch } from './find-page.ts'

export interface Included {
  readonly included: readonly FoundMatch[]
  readonly issues: readonly Issue[]
}

export async function findIncluded(
  request: SearchRequest,
  matches: readonly FoundMatch[],
  compiler: Compiler,
  context: Context,
): Promise<Included> {
  const included: FoundMatch[] = []
  const issues: Issue[] = []
  const seen = new Set(matches.map((match) => match.key))
  let fresh: readonly FoundMatch[] = matches
  let includes = request.includes
  while (fresh.length > 0 && includes.length > 0 && issues.length === 0) {
    const query = includeQuery(includes, keysByType(fresh), compiler)
    const rows = query ? await runInclude(context.store.searchDb, compiler.access, query) : []
    if (included.length + rows.length >= mostIncluded) issues.push(tooManyIncluded)
    const added: FoundMatch[] = []
    for (const row of rows.slice(0, mostIncluded - included.length)) {
      const key = BigInt(row.pk)
      if (seen.has(key)) continue
      seen.add(key)
      added.push({ type: row.type, key, content: row.content })
    }
    included.push(...added)
    fresh = added
    includes = request.includes.filter((include) => include.iterate)
  }
  return { included, issues }
}

function keysByType(matches: readonly FoundMatch[]): Map<string, Set<bigint>> {
  const keys = new Map<string, Set<bigint>>()
  for (const { type, key } of matches) keys.set(type, (keys.get(type) ?? new Set()).add(key))
  return keys
}

const tooManyIncluded: Issue = {
  code: 'all-ok',
  params: {
    reason: `More than ${mostIncluded} resources would be included; the rest is left out. Ask for smaller pages.`,
  },
  severity: 'warning',
}
