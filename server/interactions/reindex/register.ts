/** Decides what a call of `$reindex` is to do, and puts it into the queue. */
import { openAccess } from '../../access/access.ts'
import type { Context } from '../../context.ts'
import type { SearchParameter } from '../../fhir/definitions.ts'
import { type JsonObject, parseStored } from '../../fhir/json.ts'
import { type Issue, OutcomeError, operationOutcome } from '../../fhir/outcome.ts'
import { computedValues } from '../../fhir/search/computed-values.ts'
import {
  appliesTo,
  type CustomParameter,
  checkParameter,
  definitionText,
  isOffered,
  isSame,
  searchParameterOf,
  typesOf,
} from '../../fhir/search/custom-parameter.ts'
import { indexCodeVersion } from '../../fhir/search/index-resource.ts'
import { namedPaths } from '../../fhir/search/indexing/presence.ts'
import { extendTypeIndex } from '../../fhir/search/search-index.ts'
import { indexCompiler } from '../../fhir/search/search-indexes.ts'
import type { Transaction } from '../../store/database.ts'
import { addJob, buildingJobs } from '../../store/reindex-jobs.ts'
import { allContents } from '../../store/resources.ts'
import {
  addBuilding,
  addPresenceBits,
  changeIndex,
  nextVersion,
  readIndexState,
  removeParameters,
} from '../../store/search-parameters.ts'

export interface ReindexRequest {
  /** One parameter; all that are pending when absent. */
  readonly url?: string | undefined
  /** Only parameters that apply to one of these; all when empty. */
  readonly types: readonly string[]
  /** The whole index, whatever is pending. */
  readonly everything: boolean
}

export interface Registered {
  readonly job: string
  /** What keeps stored parameters from being used. */
  readonly refused: readonly Issue[]
}

/**
 * Registers what was stored, changed or removed since the last time, so that it is written from now on, and queues the
 * work of indexing for it what was stored before. Where nothing has changed the whole index is made again.
 */
export async function registerReindex(request: ReindexRequest, context: Context): Promise<Registered> {
  const registered = await changeIndex(context.store.database, async (tx) => {
    const plan = await planReindex(request, tx, context)
    const { add, gone, dropped, urls, types, refused, underWay } = plan
    if (underWay) return { job: underWay, refused }
    const job = await addJob(tx, {
      urls,
      types,
      code: types.length === context.definitions.resourceTypes.length ? indexCodeVersion : null,
      outcome: refused.length === 0 ? null : JSON.stringify(operationOutcome(refused)),
    })
    await removeParameters(tx, gone, dropped)
    if (add.length > 0) {
      await addBuilding(tx, add, job)
      await addBits(add, tx, context)
    }
    if (add.length + gone.length + dropped.length > 0) await nextVersion(tx, 'what is written')
    return { job, refused }
  })
  await context.indexSource.refresh()
  return registered
}

interface Plan {
  readonly urls: readonly string[]
  readonly add: readonly SearchParameter[]
  /** URLs that are not to be used any more, and those that are not to be built. */
  readonly gone: readonly string[]
  readonly dropped: readonly string[]
  readonly types: readonly string[]
  readonly refused: readonly Issue[]
  /** The job that does all of it already. */
  readonly underWay?: string | undefined
}

async function planReindex(request: ReindexRequest, tx: Transaction, context: Context): Promise<Plan> {
  const { custom } = await readIndexState(tx)
  const offered = await offeredParameters(tx)
  if (request.url !== undefined && !offered.has(request.url) && !custom.some(({ url }) => url === request.url)) {
    throw new OutcomeError('resource-not-found', { reference: `SearchParameter?url=${request.url}` })
  }
  const isAsked = (parameter: SearchParameter) =>
    (request.url === undefined || request.url === parameter.url) &&
    (request.types.length === 0 || typesOf(parameter, request.types).length > 0)

  const gone = custom.filter((parameter) => !offered.has(parameter.url) && isAsked(parameter))
  const { usable, refused } = checkOffered(offered, difference(custom, gone), isAsked, context)
  const active = custom.filter((parameter) => parameter.state === 'active')
  const add = usable.filter((parameter) => !active.some((one) => isSame(one, parameter)))
  // Built for a change that was taken back.
  const dropped = custom.filter((one) => one.state === 'building' && difference(usable, add).some(hasUrl(one.url)))
  const named = request.url === undefined ? [] : usable
  const replaced = active.filter(({ url }) => add.some(hasUrl(url)))
  const touched = [...add, ...gone, ...dropped, ...named, ...replaced]
  if (refused.length > 0 && touched.length === 0 && !request.everything) throw new OutcomeError(refused)

  const alone = gone.length + dropped.length === 0 && !request.everything
  return {
    urls: [...new Set([...add, ...gone, ...named].map(({ url }) => url))],
    add,
    gone: gone.map(({ url }) => url),
    dropped: dropped.map(({ url }) => url),
    types: typesToDo(request, touched, context),
    refused,
    underWay: alone ? jobOfAll(add, await buildingJobs(tx)) : undefined,
  }
}

function difference<T>(all: readonly T[], without: readonly T[]): readonly T[] {
  return all.filter((one) => !without.includes(one))
}

function hasUrl(url: string): (parameter: SearchParameter) => boolean {
  return (parameter) => parameter.url === url
}

function typesToDo(request: ReindexRequest, touched: readonly SearchParameter[], { definitions }: Context) {
  const { resourceTypes } = definitions
  if (request.everything) return resourceTypes
  if (touched.length === 0) return request.types.length > 0 ? request.types : resourceTypes
  return resourceTypes.filter((type) => touched.some((parameter) => appliesTo(parameter, type)))
}

/** The unfinished job that makes all of these usable, the last of several; undefined where one is nobody's work. */
function jobOfAll(
  parameters: readonly SearchParameter[],
  building: ReadonlyMap<string, { readonly job: string; readonly definition: string }>,
): string | undefined {
  const jobs = parameters.map((parameter) => {
    const known = building.get(parameter.url)
    return known?.definition === definitionText(parameter) ? known.job : undefined
  })
  return jobs.includes(undefined) ? undefined : jobs.sort((a, b) => Number(a) - Number(b)).at(-1)
}

/** The stored SearchParameters that want to be used, by url. */
async function offeredParameters(tx: Transaction): Promise<Map<string, JsonObject[]>> {
  const contents = await allContents(tx, openAccess, 'SearchParameter')
  return Map.groupBy(contents.map(parseStored).filter(isOffered), (resource) => resource['url'] as string)
}

/** What of `offered` is asked for and can be used beside the `custom` parameters in use. */
function checkOffered(
  offered: ReadonlyMap<string, readonly JsonObject[]>,
  custom: readonly CustomParameter[],
  isAsked: (parameter: SearchParameter) => boolean,
  { definitions }: Context,
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

async function addBits(parameters: readonly SearchParameter[], tx: Transaction, context: Context): Promise<void> {
  const { definitions, indexes } = context
  const { custom } = await readIndexState(tx)
  const building = parameters.map((parameter) => ({ ...parameter, state: 'building' as const }))
  const compiler = indexCompiler(definitions, computedValues(definitions), [...custom, ...building])
  const paths = definitions.resourceTypes.flatMap((type) => {
    const own = building.filter((parameter) => appliesTo(parameter, type))
    return own.length === 0 ? [] : namedPaths(extendTypeIndex(indexes.index(type), own, compiler))
  })
  await addPresenceBits(tx, paths)
}
