/** What installing packages would change, told before it is done. */
import type { Context } from '../context.ts'
import type { CanonicalsInForce } from '../fhir/conformance/in-force.ts'
import type { SearchParameter } from '../fhir/definitions.ts'
import type { JsonObject } from '../fhir/json.ts'
import { issueText } from '../fhir/outcome.ts'
import { packageText } from '../fhir/packages/manifest.ts'
import { computedValues } from '../fhir/search/computed-values.ts'
import { isOffered, isSame, searchParameterOf, typesOf } from '../fhir/search/custom-parameter.ts'
import { isSameOn } from '../fhir/search/same-as-standard.ts'
import { indexCompiler } from '../fhir/search/search-indexes.ts'
import { checkOffered, mergeOffered, packagedParameters, storedParameters } from '../interactions/reindex/offered.ts'
import { installedPackages } from '../store/packages.ts'
import { readIndexState } from '../store/search-parameters.ts'
import { canonicalsAfter } from './canonicals-after.ts'
import { concernedBy, type StoppingResource, type ValidateStored } from './check-stored.ts'
import type { OpenedPackage } from './open-package.ts'
import type { MissingDependency, ResolvedPackages } from './resolve.ts'

/** What a search parameter of a package does on the types that it applies to. */
export interface ParameterCheck {
  readonly url: string
  readonly code: string
  readonly types: readonly string[]
  /** `same`: the base specification's own finds the same; `kept`: it is installed already, or a newer one is. */
  readonly effect: 'new' | 'same' | 'kept' | 'changed' | 'unusable'
  /** Of `changed`: by what is searched now, and from then on. */
  readonly before?: string
  readonly after?: string
  /** Of `unusable`. */
  readonly reason?: string
}

/** What a canonical would mean, where that is not simply what is in the package. */
export interface CanonicalChange {
  readonly type: string
  readonly url: string
  /** A sentence that several may share. */
  readonly change: string
}

export interface PackageCheck {
  readonly packages: readonly OpenedPackage[]
  readonly missing: readonly MissingDependency[]
  readonly parameters: readonly ParameterCheck[]
  readonly canonicals: readonly CanonicalChange[]
  /** Stored resources that claim a profile of the packages, or have an extension of them. */
  readonly concerned: number
  /** Those that are valid now, and would not be. */
  readonly stopping: readonly StoppingResource[]
  /** Whether that was looked at. */
  readonly validated: boolean
}

export interface CheckOptions {
  readonly validate?: ValidateStored
  readonly report?: (share: number) => void
}

export async function checkPackages(
  { packages, missing }: ResolvedPackages,
  context: Context,
  { validate, report }: CheckOptions = {},
): Promise<PackageCheck> {
  const present = await installedPackages(context.store.database)
  const fresh = packages.filter(({ manifest }) => !present.some((row) => packageText(row) === packageText(manifest)))
  const before = context.conformance.current
  const after = canonicalsAfter(fresh, before, present)
  const concerned = await concernedBy(fresh, { before, after }, context, {
    ...(validate && { validate }),
    ...(report && { report }),
  })
  return {
    packages: fresh,
    missing,
    parameters: await checkParameters(fresh, context),
    canonicals: fresh.flatMap((opened) => canonicalChanges(opened, before, after)),
    concerned: concerned.count,
    stopping: concerned.stopping,
    validated: validate !== undefined,
  }
}

async function checkParameters(packages: readonly OpenedPackage[], context: Context): Promise<ParameterCheck[]> {
  const { database } = context.store
  const [stored, packaged] = [await storedParameters(database), await packagedParameters(database)]
  const added = packages.flatMap(({ manifest, resources }) =>
    resources.places
      .filter(({ type }) => type === 'SearchParameter')
      .map((place) => ({ resource: resources.resource(place), from: manifest })),
  )
  const urls = new Set(added.map(({ resource }) => resource['url'] as string))
  const offered = mergeOffered(stored, [...packaged, ...added], context)
  const { custom } = await readIndexState(database)
  const { refused } = checkOffered(offered, custom, ({ url }) => urls.has(url), context)
  const reasons = new Map(refused.map((issue) => [String(issue.params?.['url']), issueText(issue)]))
  const compiler = indexCompiler(context.definitions, computedValues(context.definitions), custom)

  return added.map(({ resource }): ParameterCheck => {
    const parameter = searchParameterOf(resource)
    const { url, code } = parameter
    const types = typesOf(parameter, context.definitions.resourceTypes)
    const is = (effect: ParameterCheck['effect'], more: Partial<ParameterCheck> = {}) => ({
      url,
      code,
      types,
      effect,
      ...more,
    })
    if (!isOffered(resource)) return is('unusable', { reason: `Its status is ${String(resource['status'])}.` })
    const own = custom.find((one) => one.url === url)
    const chosen = offered.get(url)?.[0]
    if (chosen !== resource && !(chosen === undefined && own === undefined)) {
      if (chosen !== undefined) return is('kept')
      return is('changed', { before: textOf(own!), after: textOf(parameter) })
    }
    if (chosen === undefined) return is('same')
    const reason = reasons.get(url)
    if (reason !== undefined) return is('unusable', { reason })
    if (own && isSame(own, parameter)) return is('kept')
    const replaced = own ?? replacedStandard(parameter, types, compiler)
    return replaced ? is('changed', { before: textOf(replaced), after: textOf(parameter) }) : is('new')
  })
}

function replacedStandard(
  parameter: SearchParameter,
  types: readonly string[],
  compiler: ReturnType<typeof indexCompiler>,
): SearchParameter | undefined {
  for (const type of types) {
    const standard = compiler.definitions.searchParameters(type).get(parameter.code)
    if (standard && !isSameOn(type, parameter, standard, compiler)) return standard
  }
  return undefined
}

function textOf({ url, type, expression = '' }: SearchParameter): string {
  return `${type} ${expression} (${url})`
}

/** Search parameters are told of by themselves. */
function canonicalChanges(
  { manifest, resources }: OpenedPackage,
  before: CanonicalsInForce,
  after: CanonicalsInForce,
): CanonicalChange[] {
  return resources.places
    .filter(({ type }) => type !== 'SearchParameter')
    .flatMap(({ type, url, version }) => {
      const meaning = (canonical: string) => ({ now: before.find(type, canonical), next: after.find(type, canonical) })
      const origins = { now: before.packageOf, next: packageText(manifest) }
      const changes = [exactChange(version, meaning(`${url}|${version}`), origins), openChange(version, meaning(url))]
      return changes.flatMap((change) => (change === undefined ? [] : [{ type, url, change }]))
    })
}

interface Meaning {
  readonly now: JsonObject | undefined
  readonly next: JsonObject | undefined
}

function exactChange(
  version: string,
  { now, next }: Meaning,
  origins: { readonly now: CanonicalsInForce['packageOf']; readonly next: string },
): string | undefined {
  if (!now || !next || now['version'] !== version) return undefined
  const owner = origins.now(now) ?? 'the base specification or a client'
  if (now !== next) return `With |${version}, that of ${origins.next} would be meant instead of that of ${owner}`
  return owner === origins.next ? undefined : `With |${version}, that of ${owner} would go on to be meant`
}

function openChange(version: string, { now, next }: Meaning): string | undefined {
  if (!now || !next) return undefined
  const [before, after] = [now, next].map((resource) => String(resource['version'] ?? 'none'))
  if (now !== next)
    return before === after ? undefined : `Without a version, ${after} would be meant instead of ${before}`
  return before === version ? undefined : `Without a version, ${before} would go on to be meant instead of ${version}`
}
