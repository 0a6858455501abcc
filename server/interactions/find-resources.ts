/** Resources that a search of the server's own making finds. */
import { reachesType } from '../access/access.ts'
import type { Context } from '../context.ts'
import { type JsonObject, parseStored } from '../fhir/json.ts'
import { parseSearch } from '../fhir/search/search-request.ts'
import { type FoundMatch, findPage } from './find-page.ts'
import { searchCompiler } from './search-compiler.ts'

export interface FoundResource {
  readonly content: string
  readonly json: JsonObject
}

/** One page of a type that the caller may see; none where the type is out of reach. */
export async function findResources(type: string, query: string, context: Context): Promise<readonly FoundResource[]> {
  if (!reachesType(context.access, type)) return []
  const request = parseSearch([type], query, { ...context, handling: 'strict' })
  const compiler = await searchCompiler(request.criteria.get(type) ?? [], context)
  const { matches } = await findPage(request, compiler, context)
  return matches.map(({ content }: FoundMatch) => foundResource(content))
}

export function foundResource(content: string): FoundResource {
  return { content, json: parseStored(content) }
}
