/** From a caller to its access, as of now. */
import type { Access } from '../../access/access.ts'
import type { Caller } from '../../access/caller.ts'
import { grantAccess } from '../../access/grant.ts'
import type { Context } from '../../context.ts'
import type { AccessInForce } from './access-source.ts'
import { membershipsOf } from './memberships.ts'

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
  const memberships = await membershipsOf(caller, inForce.consents, context)
  const access = grantAccess(caller, { definitions, indexes, base, ...roles, ...inForce, memberships, now })
  known.set(caller, { access, inForce, madeAt: now })
  return access
}
