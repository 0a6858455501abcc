/** Asks an external terminology server for the codes that a search is to find. */
import type { Context } from '../../../context.ts'
import { isJsonObject, type JsonObject } from '../../../fhir/json.ts'
import { OutcomeError } from '../../../fhir/outcome.ts'
import { objects } from '../../../fhir/terminology/code-table.ts'
import { expandedParts } from '../../../fhir/terminology/compose.ts'
import { mostExpanded } from '../../../fhir/terminology/expand.ts'
import type { SharedValueSet } from '../../../fhir/terminology/resources-around.ts'
import type { Filter } from '../../../fhir/terminology/system.ts'
import { askServer } from './ask.ts'
import { valueSetParameters } from './judge-code.ts'
import { simple } from './question.ts'
import { hintOf } from './reply.ts'

export interface SystemCode {
  readonly system: string
  readonly code: string
}

/** All codes of a value set, or why there are none. Throws where there are too many for a search. */
export async function askCodes(
  context: Context,
  shared: SharedValueSet,
): Promise<{ readonly codes?: readonly SystemCode[]; readonly hint?: string }> {
  const parameters = [...valueSetParameters(shared), ...simple('count', 'Integer', mostExpanded + 1)]
  const reply = await askServer(context, { operation: 'ValueSet/$expand', parameters })
  const hint = hintOf(reply)
  if (reply?.kind !== 'answered') return hint === undefined ? {} : { hint }
  const expansion = reply.resource['expansion'] as JsonObject
  const codes = expandedParts(expansion['contains']).flatMap(({ system, listed }) =>
    [...listed!.keys()].map((code) => ({ system, code })),
  )
  if (codes.length <= mostExpanded && !isPartial(expansion)) return { codes }
  const reason = `The terminology server that is set (TX_SERVER) lists more than ${mostExpanded} codes, or not all of them: a search cannot use that.`
  throw new OutcomeError('query-too-costly', { reason })
}

const partial: ReadonlySet<unknown> = new Set([
  'http://hl7.org/fhir/StructureDefinition/valueset-toocostly',
  'http://hl7.org/fhir/StructureDefinition/valueset-unclosed',
])

/** A page, or a beginning, would find too little, and its opposite too much. */
function isPartial({ total, contains, extension }: JsonObject): boolean {
  if (objects(extension).some(({ url, valueBoolean }) => partial.has(url) && valueBoolean === true)) return true
  return typeof total === 'number' && total > countAll(objects(contains))
}

function countAll(contains: readonly JsonObject[]): number {
  return contains.reduce((sum, item) => sum + (isJsonObject(item) ? 1 + countAll(objects(item['contains'])) : 0), 0)
}

/** The codes of a system that pass a filter, as a value set. */
export function codesThat(system: string, { property, op, value }: Filter): SharedValueSet {
  const compose = { include: [{ system, filter: [{ property, op, value }] }] }
  return { valueSet: { resourceType: 'ValueSet', status: 'active', compose }, others: [] }
}
