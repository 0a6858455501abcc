/** From a caller to its access, as of now. */
import { type Access, openAccess } from '../../access/access.ts'
import type { Caller } from '../../access/caller.ts'
import { mentionsOrganizations } from '../../access/consent.ts'
import { grantAccess } from '../../access/grant.ts'
import type { Context } from '../../context.ts'
import { isJsonObject, parseStored } from '../../fhir/json.ts'
import { targetConstant } from '../../fhir/search/indexing/references.ts'
import { contentsWithTerm } from '../../store/search.ts'
import type { AccessInForce } from './access-source.ts'

interface Known {
  readonly access: Access
  readonly inForce: AccessInForce
  readonly madeAt: number
}

const known = new WeakMap<Caller, Known>()

/** Milliseconds for which periods of consents, and who works where, are taken for what they were. */
const remembered = 30_000

/** The access of a caller where it was made before and nothing has changed. */
export function knownAccess(caller: Caller, { accessSource, now }: Context): Access | undefined {
  const before = known.get(caller)
  const isSame = before !== undefined && before.inForce === accessSource.known()
  return isSame && now() - before.madeAt < remembered ? before.access : undefined
}

/**
 * The access of a caller: the same one for the same object while nothing has changed, so that requests of one token share
 * statements.
 */
export async function accessOf(caller: Caller, context: Context): Promise<Access> {
  const { definitions, indexes, base, roles, accessSource } = context
  const inForce = await accessSource.latest()
  const now = context.now()
  const before = known.get(caller)
  if (before?.inForce === inForce && now - before.madeAt < remembered) return before.access
  const organizations = mentionsOrganizations(inForce.consents) ? await organizationsOfCaller(caller, context) : []
  const access = grantAccess(caller, { definitions, indexes, base, ...roles, ...inForce, organizations, now })
  known.set(caller, { access, inForce, madeAt: now })
  return access
}

const mostRoles = 100

/** The organizations for which the person works, by the roles that are stored. */
async function organizationsOfCaller(caller: Caller, { store, indexes }: Context): Promise<readonly string[]> {
  const [type, id] = caller.account?.fhirUser?.split('/') ?? []
  if (type !== 'Practitioner' || id === undefined) return []
  const paths = indexes.index('PractitionerRole').standard.get('practitioner')!.paths
  const key = indexes.terms.key(type, id)
  const terms = paths.map((path) => BigInt.asIntN(64, key ^ targetConstant(path, type, indexes.terms)))
  const contents = await Promise.all(
    // The server looks for itself: what a person may see of roles does not change for whom the person works.
    terms.map((term) => contentsWithTerm(store.database, openAccess, 'PractitionerRole', term, mostRoles)),
  )
  return contents
    .flat()
    .map(parseStored)
    .flatMap(({ organization, active }) => {
      const reference = isJsonObject(organization) ? organization['reference'] : undefined
      return typeof reference === 'string' && active !== false ? [reference] : []
    })
}
