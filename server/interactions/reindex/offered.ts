/** The SearchParameters that want to be used: those that clients stored, and those of installed packages. */
import { openAccess } from '../../access/access.ts'
import type { Context } from '../../context.ts'
import { type Candidate, newestOf } from '../../fhir/conformance/version-meant.ts'
import type { SearchParameter } from '../../fhir/definitions.ts'
import { type JsonObject, parseStored } from '../../fhir/json.ts'
import type { Issue } from '../../fhir/outcome.ts'
import type { PackageName } from '../../fhir/packages/manifest.ts'
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

export interface PackagedParameter {
  readonly resource: JsonObject
  readonly from: PackageName
}

/** What installed packages have, in the order of installation. */
export async function packagedParameters(db: Db): Promise<PackagedParameter[]> {
  const rows = await packageContents(db, 'SearchParameter')
  return rows.map(({ content, name, packageVersion }) => ({
    resource: parseStored(content),
    from: { name, version: packageVersion },
  }))
}

/** Both together. */
export function mergeOffered(
  stored: Offered,
  packaged: readonly PackagedParameter[],
  { definitions }: Pick<Context, 'definitions'>,
): Offered {
  const compiler = indexCompiler(definitions, computedValues(definitions))
  const offered = new Map(stored)
  const usable = packaged.filter(({ resource }) => isOffered(resource))
  for (const [url, some] of Map.groupBy(usable, ({ resource }) => urlOf(resource))) {
    const own = stored.get(url) ?? []
    const candidates: (Candidate & { resource: JsonObject })[] = [
      ...some,
      ...own.map((resource) => ({ resource })),
    ].map((one) => ({ ...one, version: String(one.resource['version'] ?? '') }))
    const { resource, from } = newestOf(candidates)!
    if (!from) continue
    if (isSameAsStandard(searchParameterOf(resource), compiler)) offered.delete(url)
    else offered.set(url, [resource])
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
