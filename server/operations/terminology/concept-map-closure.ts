/** https://hl7.org/fhir/R4/conceptmap-operation-closure.html */
import type { Context } from '../../context.ts'
import type { JsonObject } from '../../fhir/json.ts'
import { checkParameterNames, numberParameter, parameterList, textParameter } from '../../fhir/parameters.ts'
import type { FhirReply } from '../../fhir/request.ts'
import { type ClosureCode, checkCodes, closureGroups } from '../../fhir/terminology/closure.ts'
import { unknownTerminology } from '../../fhir/terminology/facts.ts'
import { applyRule } from '../../interactions/terminology/terminology.ts'
import { addToClosure, beginClosure, type Closure, readClosure } from '../../store/terminology/closures.ts'
import type { OperationCall } from '../operation.ts'
import { invalidParameters } from './terminology-call.ts'

const mostConcepts = 1000

/** A name alone begins a table; with concepts they are added; with a version, what came after it is told again. */
export async function closure({ parameters }: OperationCall, context: Context): Promise<FhirReply> {
  checkParameterNames(parameters, ['name', 'concept', 'version'])
  const name = textParameter(parameters, 'name')
  if (name === undefined) throw invalidParameters("Give the 'name' of the closure table.")
  const concepts = conceptsIn(parameters)
  const since = numberParameter(parameters, 'version', 0, 2 ** 31 - 1)
  if (since !== undefined && concepts.length > 0) throw invalidParameters("Give 'concept' or 'version', not both.")
  const { db } = context.store
  const table = ownTable(name, context)
  if (since !== undefined) return replyWith(name, await closureNamed(table, name, context), since, context)
  if (concepts.length === 0) {
    await beginClosure(db, table)
    return replyWith(name, { version: 0, concepts: [] }, 0, context)
  }
  // Before anything is kept.
  await applyRule(context, (facts) => checkCodes(concepts, facts))
  if (!(await addToClosure(db, table, concepts))) throw unknownTerminology('closure table', name)
  const now = await closureNamed(table, name, context)
  return replyWith(name, now, now.version - 1, context)
}

function conceptsIn(parameters: JsonObject): ClosureCode[] {
  const found = parameterList(parameters).filter((parameter) => parameter['name'] === 'concept')
  if (found.length > mostConcepts) throw invalidParameters(`Give at most ${mostConcepts} concepts at once.`)
  return found.map(({ valueCoding }) => {
    const { system, code } = (valueCoding ?? {}) as JsonObject
    if (typeof system === 'string' && typeof code === 'string') return { system, code }
    throw invalidParameters("Each 'concept' must be a Coding with a system and a code.")
  })
}

/** Each client has tables of its own: what is in them tells what it works with. */
function ownTable(name: string, { access }: Context): string {
  return access.kind === 'open' ? name : `${access.client} ${name}`
}

async function closureNamed(table: string, name: string, context: Context): Promise<Closure> {
  const found = await readClosure(context.store.db, table)
  if (!found) throw unknownTerminology('closure table', name)
  return found
}

/** What concepts that came after a version add. */
async function replyWith(name: string, table: Closure, since: number, context: Context): Promise<FhirReply> {
  const fresh = new Set(table.concepts.filter(({ version }) => version > since))
  const group = await applyRule(context, (facts) => closureGroups(table.concepts, fresh, facts))
  const conceptMap: JsonObject = {
    resourceType: 'ConceptMap',
    version: String(table.version),
    name,
    title: `Updates of the closure table ${name}`,
    status: 'active',
    experimental: true,
    date: new Date(context.now()).toISOString(),
    ...(group.length > 0 && { group }),
  }
  return { status: 200, content: JSON.stringify(conceptMap) }
}
