/** The SearchParameters that want to be used: those that clients stored, and those of installed packages. */
import { openAccess } from '../../access/access.ts'
import type { Context } from '../../context.ts'
import { pickVersion } from '../../fhir/conformance/canonicals.ts'
import type { SearchParameter } from '../../fhir/definitions.ts'
import { type JsonObject, parseStored } from '../../fhir/json.ts'
import type { Issue } from '../../fhir/outcome.ts'
import { computedValues } from '../../fhir/search/computed-values.ts'
import {
  type CustomParameter,
  checkParameter,
  isOffered,
  searchParameterOf,
} from '../../fhir/search/custom-parameter.ts'
import { isSameAsStandard } from '../../fhir/search/same-as-standard.ts'
import { indexCompiler } from '../../fhir/search/search-indexes.ts'
import type { Db } from '../../store/database.ts'
import { packageContents } from '../../store/packages.ts'
import { allContents } from '../../store/resources.ts'

/** Of several with one url the newest, packages before clients; more than one where clients stored several. */
export type Offered = ReadonlyMap<string, readonly JsonObject[]>

/** By url. Those of packages that find what the base specification's find are not among them: they are served by it. */
export async function offeredParameters(db: Db, context: Context): Promise<Offered> {
  return mergeOffered(await storedParameters(db), await packagedParameters(db), context)
}

/** What clients stored. */
export async function storedParameters(db: Db): Promise<Offered> {
  const contents = await allContents(db, openAccess, 'SearchParameter')
  return Map.groupBy(contents.map(parseStored).filter(isOffered), urlOf)
}

/** What installed packages have. */
export async function packagedParameters(db: Db): Promise<Offered> {
  const rows = await packageContents(db, 'SearchParameter')
  return Map.groupBy(rows.map(({ content }) => parseStored(content)).filter(isOffered), urlOf)
}

/** The same, where the package's are not stored yet. */
export function mergeOffered(
  stored: Offered,
  packaged: ReadonlyMap<string, readonly JsonObject[]>,
  { definitions }: Pick<Context, 'definitions'>,
): Offered {
  const compiler = indexCompiler(definitions, computedValues(definitions))
  const offered = new Map(stored)
  for (const [url, resources] of packaged) {
    const own = stored.get(url) ?? []
    const chosen = pickVersion([...resources, ...own], (resource) => resource['version'] as string | undefined)!
    if (own.includes(chosen)) continue
    if (isSameAsStandard(searchParameterOf(chosen), compiler)) offered.delete(url)
    else offered.set(url, [chosen])
  }
  return offered
}

function urlOf(resource: JsonObject): string {
  return resource['url'] as string
}

/** What of `offered` is asked for and can be used beside the `custom` parameters in use. */
export function checkOffered(
  offered: Offered,
  custom: readonly CustomParameter[],
  isAsked: (parameter: SearchParameter) => boolean,
  { definitions }: Pick<Context, 'definitions'>,
): { usable: SearchParameter[]; refused: Issue[] } {
  const usable: SearchParameter[] = []
  const refused: Issue[] = []
  for (const [url, resources] of offered) {
    if (!isAsked(searchParameterOf(resources[0]!))) continue
    const others = [...custom, ...usable].filter((other) => other.url !== url)
    const compiler = indexCompiler(definitions, computedValues(definitions), others)
    const { parameter, issues } = checkParameter(resources[0]!, compiler, others)
    if (resources.length > 1) {
      const reason = `${resources.length} SearchParameters have this url: retire or delete all but one.`
      refused.push({ code: 'unusable-parameter', params: { url, reason } })
    } else if (issues.length > 0) refused.push(...issues)
    else usable.push(parameter)
  }
  return { usable, refused }
}
