/** Whether a caller may carry out an interaction at all; which resources it then reaches, the statements decide. */
import { accessFor, reachesType, requireType } from '../access/access.ts'
import { type Context, contextFor } from '../context.ts'
import type { FhirRequest } from '../fhir/request.ts'
import type { Interaction } from './interactions.ts'

/** The context in which the interaction is carried out; throws where it is not allowed with the type. */
export function permitted({ needs, path }: Interaction, request: FhirRequest, context: Context): Context {
  const { access } = context
  if (access.kind === 'open') return context
  const type = request.path[path.includes(':member') ? 2 : 0]
  const [first] = needs
  if (first === undefined) return context
  if (type !== undefined && type !== '*') requireType(access, type, ...needs)
  return contextFor(context, first)
}

/**
 * The types among `types` that the caller may search; throws where none is. Whoever names types must be allowed to search
 * each of them; who names none means those that there are for them.
 */
export function searchableTypes(types: readonly string[], named: boolean, context: Context): readonly string[] {
  const access = accessFor(context.access, 's')
  if (access.kind === 'open') return types
  if (named) for (const type of types) requireType(access, type, 's')
  const found = types.filter((type) => reachesType(access, type))
  if (found.length === 0 && types.length > 0) throw access.refusal(types[0]!, 's')
  return found
}
