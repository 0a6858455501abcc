/** https://hl7.org/fhir/R4/http.html#capabilities */
import type { Context } from '../context.ts'
import {
  type AuthorizationEndpoints,
  type CapabilitySource,
  capabilityStatement,
  terminologyCapabilities,
} from '../fhir/capability-statement.ts'
import type { CanonicalsInForce } from '../fhir/conformance/in-force.ts'
import { profilesOfPackage } from '../fhir/conformance/package-profiles.ts'
import { instant } from '../fhir/date-range.ts'
import { OutcomeError } from '../fhir/outcome.ts'
import type { FhirReply, FhirRequest } from '../fhir/request.ts'
import type { SearchIndexes } from '../fhir/search/search-indexes.ts'
import { interactions } from './interactions.ts'

/** Made once for each set of search parameters and profiles. */
const known = new WeakMap<SearchIndexes, WeakMap<CanonicalsInForce, Map<string, string>>>()

const modes: Readonly<Record<string, (source: CapabilitySource) => object>> = {
  full: (source) => capabilityStatement(source, 'full'),
  normative: (source) => capabilityStatement(source, 'normative'),
  terminology: terminologyCapabilities,
}

export async function capabilities(request: FhirRequest, context: Context): Promise<FhirReply> {
  const mode = new URLSearchParams(request.query).get('mode') ?? 'full'
  if (!Object.hasOwn(modes, mode)) {
    const reason = `The parameter 'mode' must be one of ${Object.keys(modes).join(', ')}.`
    throw new OutcomeError('invalid-parameters', { reason })
  }
  const texts = textsFor(context)
  const content = texts.get(mode) ?? JSON.stringify(modes[mode]!(sourceOf(context)))
  texts.set(mode, content)
  return { status: 200, content }
}

function sourceOf(context: Context): CapabilitySource {
  const { base, version, definitions, indexes, operations } = context
  const { conditionalDelete } = context.config
  const date = instant(context.now())
  const profiles = installedProfiles(context.canonicals)
  const authorization = context.config.auth === 'smart' ? { authorization: endpointsOf(context.config) } : {}
  const offered = { interactions, operations, profiles, conditionalDelete, ...authorization }
  return { base, version, date, definitions, indexes, ...offered }
}

function endpointsOf({ publicUrl }: Context['config']): AuthorizationEndpoints {
  const at = (path: string) => `${publicUrl}/auth/${path}`
  return {
    authorize: at('authorize'),
    token: at('token'),
    register: at('register'),
    introspect: at('introspect'),
    revoke: at('revoke'),
    manage: at('apps'),
  }
}

function textsFor({ indexes, canonicals }: Context): Map<string, string> {
  const byCanonicals = known.get(indexes) ?? new WeakMap<CanonicalsInForce, Map<string, string>>()
  known.set(indexes, byCanonicals)
  const texts = byCanonicals.get(canonicals) ?? new Map<string, string>()
  byCanonicals.set(canonicals, texts)
  return texts
}

/** Of all packages, by resource type. */
function installedProfiles(canonicals: CanonicalsInForce): Map<string, string[]> {
  const profiles = new Map<string, string[]>()
  for (const name of canonicals.packages) {
    for (const [type, found] of profilesOfPackage(name, canonicals)) {
      profiles.set(type, [...(profiles.get(type) ?? []), ...found])
    }
  }
  return profiles
}
