/** Decides what a call of `$reindex` is to do, and puts it into the queue. */
import type { Context } from '../../context.ts'
import type { SearchParameter } from '../../fhir/definitions.ts'
import { type Issue, OutcomeError, operationOutcome } from '../../fhir/outcome.ts'
import { computedValues } from '../../fhir/search/computed-values.ts'
import { appliesTo, definitionText, isSame, typesOf } from '../../fhir/search/custom-parameter.ts'
import { indexCodeVersion } from '../../fhir/search/index-resource.ts'
import { namedPaths } from '../../fhir/search/indexing/presence.ts'
import { extendTypeIndex } from '../../fhir/search/search-index.ts'
import { indexCompiler } from '../../fhir/search/search-indexes.ts'
import type { Transaction } from '../../store/database.ts'
import { addJob, buildingJobs } from '../../store/reindex-jobs.ts'
import {
  addBuilding,
  addPresenceBits,
  changeIndex,
  nextVersion,
  readIndexState,
  removeParameters,
} from '../../store/search-parameters.ts'
import { checkOffered, offeredParameters } from './offered.ts'

export interface ReindexRequest {
  /** One parameter; all that are pending when absent. */
  readonly url?: string | undefined
  /** Some parameters: as `url`, but none of them has to be there. */
  readonly urls?: ReadonlySet<string>
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
  const registered = await changeIndex(context.store.database, async (tx) =>
    carryOut(await planReindex(request, tx, context), tx, context),
  )
  await context.indexSource.refresh()
  return registered
}

/**
 * The same for the parameters of a package that is installed or removed in the transaction `tx`, which is inside
 * `changeIndex`: it is to be done with it or not at all. No job where nothing is to be indexed.
 */
export async function registerParameters(
  urls: ReadonlySet<string>,
  tx: Transaction,
  context: Context,
): Promise<Pick<Registered, 'refused'> & { readonly job?: string }> {
  const plan = await planReindex({ urls, types: [], everything: false }, tx, context)
  const { add, gone, dropped, refused } = plan
  return add.length + gone.length + dropped.length === 0 ? { refused } : carryOut(plan, tx, context)
}

async function carryOut(plan: Plan, tx: Transaction, context: Context): Promise<Registered> {
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
  const offered = await offeredParameters(tx, context)
  if (request.url !== undefined && !offered.has(request.url) && !custom.some(({ url }) => url === request.url)) {
    throw new OutcomeError('resource-not-found', { reference: `SearchParameter?url=${request.url}` })
  }
  const isAsked = (parameter: SearchParameter) =>
    (request.url === undefined || request.url === parameter.url) &&
    (request.urls === undefined || request.urls.has(parameter.url)) &&
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
  const mayBeRefused = request.everything || request.urls !== undefined
  if (refused.length > 0 && touched.length === 0 && !mayBeRefused) throw new OutcomeError(refused)

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
