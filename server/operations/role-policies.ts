/** What each role may do; defined in profiles/operation-definitions/role-policies.json. */
import { accessFor } from '../access/access.ts'
import { basicOfPolicy, rolePolicyId, rolePolicyTerms } from '../access/policy-resource.ts'
import type { Context } from '../context.ts'
import { type JsonObject, parseStored } from '../fhir/json.ts'
import { checkParameterNames } from '../fhir/parameters.ts'
import type { FhirReply } from '../fhir/request.ts'
import { contentsWithTerm } from '../store/search.ts'
import type { OperationCall } from './operation.ts'

/** A practice has a dozen. */
const most = 1000

export async function rolePolicies({ parameters }: OperationCall, context: Context): Promise<FhirReply> {
  checkParameterNames(parameters, [])
  const { store, access, roles, base } = context
  const [term] = rolePolicyTerms(context)
  const contents = await contentsWithTerm(store.db, accessFor(access, 'rs'), 'Basic', term!, most)
  const stored = new Map(contents.map((content) => [String(parseStored(content)['id']), parseStored(content)]))
  const shipped = [...roles.files].filter(([role]) => !stored.has(rolePolicyId(role)))
  const policies = [...stored.values(), ...shipped.map(([, policy]) => basicOfPolicy(policy))]
  const entry = policies
    .sort((a, b) => (String(a['id']) < String(b['id']) ? -1 : 1))
    .map((resource): JsonObject => ({ fullUrl: `${base}/Basic/${String(resource['id'])}`, resource }))
  return { status: 200, content: JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry }) }
}
