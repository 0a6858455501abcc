/**
 * Looks at the security contexts of the Binaries that a request names: who may see or change the resource there may do so
 * with the Binary. https://hl7.org/fhir/R4/binary-definitions.html#Binary.securityContext
 */
import type { GrantAccess, OpenedContexts } from '../access/access.ts'
import type { Interaction } from '../access/scope.ts'
import { referenceTerm, securityContextOf } from '../access/security-context.ts'
import type { Context } from '../context.ts'
import { isId } from '../fhir/reference.ts'
import type { FhirRequest } from '../fhir/request.ts'
import { contentWhere, securityContexts } from '../store/security-contexts.ts'
import { sawContent } from './audit/note.ts'

/** Whether a request is about a Binary: others need not wait for this. */
export function namesBinary({ path }: FhirRequest): boolean {
  return path[0] === 'Binary' && path.length > 1
}

/** The context of a request in which the Binary that it names by its id may be seen as its security context says. */
export async function withOpenedBinary({ path, method }: FhirRequest, context: Context): Promise<Context> {
  const [, id, member] = path
  if (id === undefined || !isId(id)) return context
  const isPlainRead = (method === 'GET' || method === 'HEAD') && member === undefined
  return withOpenedBinaries([context.indexes.terms.key('Binary', id)], isPlainRead ? 'current' : 'all', context)
}

/** The same for several by their keys. */
export async function withOpenedBinaries(
  keys: readonly bigint[],
  versions: 'current' | 'all',
  context: Context,
): Promise<Context> {
  const { access } = context
  if (access.kind === 'open' || keys.length === 0) return context
  if (letters.every((letter) => access.reach('Binary', letter).kind === 'none')) return context
  const stored = await securityContexts(context.store.db, keys, versions)
  const named = stored.map((binary) => securityContextOf(binary, context.base)).filter((one) => one.kind === 'resource')
  const resources = named.filter(({ type }) => context.definitions.isResourceType(type))
  if (resources.length === 0) return context
  return { ...context, access: access.opening(await openedBy(resources, access, context)) }
}

const letters = ['r', 'u', 'd'] as const satisfies readonly Interaction[]

interface Named {
  readonly type: string
  readonly id: string
}

async function openedBy(named: readonly Named[], access: GrantAccess, context: Context): Promise<OpenedContexts> {
  const { indexes, store } = context
  const opened = new Map<Interaction, bigint[]>()
  for (const one of named) {
    for (const letter of letters) {
      const key = indexes.terms.key(one.type, one.id)
      const content = await contentWhere(store.db, one.type, key, access.deciding(one.type, letter))
      if (content === undefined) continue
      // Whose data the Binary is, is told by its security context.
      sawContent(context, content)
      opened.set(letter, [...(opened.get(letter) ?? []), referenceTerm(one, indexes.terms)])
    }
  }
  return opened
}
