/** Finds the interaction or operation for a request in the tables. HTTP requests and the entries of Bundles both come through here. */
import type { Context } from './context.ts'
import type { Definitions } from './fhir/definitions.ts'
import { OutcomeError } from './fhir/outcome.ts'
import type { FhirReply, FhirRequest } from './fhir/request.ts'
import { audited } from './interactions/audit/note.ts'
import { type Interaction, interactions } from './interactions/interactions.ts'
import { namesBinary, withOpenedBinary } from './interactions/open-binaries.ts'
import { permitted } from './interactions/permitted.ts'
import { withReindexHint } from './interactions/reindex/hint.ts'
import { invokeOperation, isOperation } from './operations/invoke.ts'

/** Segments that stand for themselves in the table's paths, by position: `metadata` may also be an id. */
const literals = new Set(
  interactions.flatMap(({ path }) =>
    path.split('/').flatMap((segment, i) => (/^[_a-z*]/.test(segment) ? `${i} ${segment}` : [])),
  ),
)

const table = new Map<string, Map<string, Interaction>>()
for (const interaction of interactions) {
  const shape = interaction.path.replaceAll(/:\w+/g, ':')
  const methods = table.get(shape) ?? new Map<string, Interaction>()
  table.set(shape, methods.set(interaction.method, interaction))
}

export function dispatch(request: FhirRequest, context: Context): Promise<FhirReply> {
  return withReindexHint(context, (current) => carryOut(request, current))
}

async function carryOut(request: FhirRequest, context: Context): Promise<FhirReply> {
  if (isOperation(request)) {
    return audited('operation', request, context, async (current) =>
      invokeOperation(request, namesBinary(request) ? await withOpenedBinary(request, current) : current),
    )
  }
  return carryOutInteraction(findInteraction(request, context.definitions), request, context)
}

/** Carries out an interaction, if the caller may. */
export function carryOutInteraction(
  interaction: Interaction,
  request: FhirRequest,
  context: Context,
): Promise<FhirReply> {
  return audited(interaction.code, request, context, async (current) => {
    const opening = namesBinary(request) ? await withOpenedBinary(request, current) : current
    return interaction.handler(request, permitted(interaction, request, opening))
  })
}

/** Throws 404 for unknown paths and types, 405 for a path that exists with other methods. */
export function findInteraction(request: FhirRequest, definitions: Definitions): Interaction {
  const methods = table.get(request.path.map(shapeOf).join('/'))
  if (!methods) throw new OutcomeError('unknown-path', { path: request.path.join('/') })
  const method = request.method === 'HEAD' ? 'GET' : request.method
  const interaction = methods.get(method)
  if (!interaction) {
    const allowed = [...methods.keys()].join(', ')
    throw new OutcomeError('method-not-allowed', { method: request.method, allowed })
  }
  const type = request.path[0]
  if (interaction.path.startsWith(':type') && !definitions.isResourceType(type!)) {
    throw new OutcomeError('unknown-type', { type: type!, nearest: '' })
  }
  return interaction
}

function shapeOf(segment: string, position: number): string {
  if (segment.startsWith('$')) return '$'
  return literals.has(`${position} ${segment}`) ? segment : ':'
}
