/** A transaction: all entries or none, in one transaction of the database. https://hl7.org/fhir/R4/http.html#trules */
import { setImmediate as breathe } from 'node:timers/promises'
import { requireType } from '../access/access.ts'
import type { Context } from '../context.ts'
import type { JsonObject } from '../fhir/json.ts'
import { type Issue, isError, OutcomeError } from '../fhir/outcome.ts'
import type { FhirReply, FhirRequest } from '../fhir/request.ts'
import { type Decision, decide } from '../fhir/transaction/decide.ts'
import { type Entry, errorInEntry, issuesInEntry } from '../fhir/transaction/entry.ts'
import { identifierForms } from '../fhir/transaction/identifiers.ts'
import { criterionKey } from '../fhir/transaction/links.ts'
import { mostIssues, planTransaction, type TransactionPlan } from '../fhir/transaction/plan.ts'
import { bundlePreference, responseBundle } from '../fhir/transaction/respond.ts'
import { resolveLinks, resolveSearches } from '../fhir/transaction/searches.ts'
import type { Validation } from '../fhir/validation/profile/validator.ts'
import { validateStructure } from '../fhir/validation/structure.ts'
import { lockCriteria } from '../store/criteria-locks.ts'
import type { Transaction } from '../store/database.ts'
import { readOneMoment } from '../store/lock.ts'
import { retryContention } from '../store/retry.ts'
import { withFreshIndex } from './fresh-index.ts'
import { withOpenedBinaries } from './open-binaries.ts'
import { resolveCriteria } from './resolve.ts'
import { holdResources, readsOnly } from './transaction-locks.ts'
import { writeEntries } from './transaction-writes.ts'
import { expectedVersion } from './update.ts'
import { validateRestOfAll, withLatestProfiles } from './validation/validator.ts'
import { validateInTurn, withoutErrors } from './write.ts'

export async function transaction(bundle: JsonObject, request: FhirRequest, context: Context): Promise<FhirReply> {
  const { prefer } = request.headers
  const { definitions, base, store, config } = context
  const plan = planTransaction(bundle, { definitions, base, prefer, conditionalDelete: config.conditionalDelete })
  for (const { type } of plan.searches) requireType(context.access, type, 's')
  await checkEntries(plan.entries, context)
  const ids = newIds(plan.entries, context)
  const content = await withFreshIndex(context, (current) =>
    retryContention(() =>
      store.database.transaction(async (tx) => {
        const replies = await carryOut(plan, ids, tx, { ...current, store: { ...store, ...all(tx) } })
        // What cannot be answered is not done.
        return responseBundle('transaction-response', replies, bundlePreference(prefer))
      }),
    ),
  )
  return { status: 200, content }
}

/** Searches, too, run inside: they see what was written, and take no second connection while the first waits. */
function all(tx: Transaction) {
  return { db: tx, searchDb: tx }
}

/** So many entries are worked on before other requests get their turn. */
const stretch = 100

/** Refuses what can be refused without the database, and tells everything that is wrong. */
async function checkEntries(entries: readonly Entry[], context: Context): Promise<void> {
  const issues: Issue[] = []
  const resolve = sentAlong(entries)
  const current = withOwnDefinitions(entries, await withLatestProfiles(context))
  for (let start = 0; start < entries.length && issues.length < mostIssues; start += stretch) {
    if (start > 0) await breathe()
    const faults = await faultsOf(entries.slice(start, start + stretch), resolve, current)
    for (const { index, error } of faults) {
      if (issues.length < mostIssues) issues.push(...issuesInEntry(error.issues, index))
    }
  }
  if (issues.length > 0) throw new OutcomeError(issues)
}

const definitionTypes: ReadonlySet<unknown> = new Set(['StructureDefinition', 'Questionnaire'])

/**
 * The profiles and questionnaires that a transaction brings count for its other entries: all of it is there at once or
 * not at all. One that is malformed is refused anyway, and counts for nothing.
 */
function withOwnDefinitions(entries: readonly Entry[], context: Context): Context {
  const own = entries.flatMap(({ resource }) => (resource && isDefinition(resource, context) ? [resource] : []))
  return own.length === 0 ? context : { ...context, canonicals: context.canonicals.plusStored(own) }
}

function isDefinition(resource: JsonObject, { definitions }: Context): boolean {
  if (!definitionTypes.has(resource['resourceType'])) return false
  return !validateStructure(resource, definitions, { transaction: true }).some(isError)
}

interface Fault {
  readonly index: number
  readonly error: OutcomeError
}

/** In order of the entries. What their codes are is asked for all of them together. */
async function faultsOf(entries: readonly Entry[], resolve: Resolve, context: Context): Promise<readonly Fault[]> {
  const checked: { readonly index: number; readonly found: Validation | OutcomeError }[] = []
  for (const entry of entries) {
    const found = await orRefused(() => validateEntry(entry, resolve, context))
    if (found) checked.push({ index: entry.index, found })
  }
  const open = checked.flatMap(({ found }) => (found instanceof OutcomeError ? [] : [found]))
  const issues = new Map((await validateRestOfAll(open, context)).map((told, i) => [open[i]!, told]))
  const faults = checked.map(async ({ index, found }): Promise<readonly Fault[]> => {
    const error = found instanceof OutcomeError ? found : await orRefused(() => withoutErrors(issues.get(found)!))
    return error instanceof OutcomeError ? [{ index, error }] : []
  })
  return (await Promise.all(faults)).flat()
}

async function orRefused<T>(check: () => T | Promise<T>): Promise<T | OutcomeError> {
  try {
    return await check()
  } catch (error) {
    if (error instanceof OutcomeError) return error
    throw error
  }
}

async function validateEntry(entry: Entry, resolve: Resolve, context: Context): Promise<Validation | undefined> {
  const { kind, request, resource } = entry
  permitEntry(entry, context)
  if (kind !== 'other') expectedVersion(request.headers)
  return resource && validateInTurn(resource, context, { transaction: true, resolve })
}

const needs = { create: 'c', update: 'u', patch: 'u', delete: 'd' } as const

/** What is carried out together is permitted here; what is carried out alone, by `dispatch`. */
function permitEntry({ kind, type, criteria }: Entry, { access }: Context): void {
  if (kind === 'other') return
  requireType(access, type, needs[kind], ...(criteria === undefined ? [] : (['s'] as const)))
}

type Resolve = (reference: string) => JsonObject | undefined

/** The resources of the transaction by their full urls. */
function sentAlong(entries: readonly Entry[]): Resolve {
  const byUrl = new Map(entries.flatMap(({ fullUrl, resource }) => (fullUrl && resource ? [[fullUrl, resource]] : [])))
  return (reference) => byUrl.get(reference)
}

/** Ids for what entries may create: chosen once, however often the transaction is tried. */
function newIds(entries: readonly Entry[], { indexes, newKey }: Context): string[] {
  return entries.map(({ kind, type, id, resource }) =>
    resource && (kind === 'create' || id === undefined) ? indexes.terms.id(type, newKey()) : '',
  )
}

/** All entries. May be repeated: what it writes into resources it overwrites. */
async function carryOut(
  plan: TransactionPlan,
  ids: readonly string[],
  tx: Transaction,
  context: Context,
): Promise<readonly FhirReply[]> {
  const { entries, conditions, searches, links } = plan
  if (entries.every(readsOnly)) await readOneMoment(tx)
  await lockCriteria(tx, context.indexes.terms, conditions.map(criterionKey))
  const conditional = new Set(conditions.map(criterionKey))
  const others = searches.filter((search) => !conditional.has(criterionKey(search)))
  const matches = await resolveCriteria([...conditions, ...others], context)
  const decisions = decide(entries, matches, ids)
  const found = resolveSearches(searches, matches, decisions, (i) => identifierForms(entries[i]!.resource!))
  const issues = resolveLinks(links, (index) => referenceTo(decisions[index]!), found)
  if (issues.length > 0) throw new OutcomeError(issues)

  await holdResources(entries, decisions, tx, context)
  const opening = await withOpenedBinaries(binariesIn(decisions, context), 'all', context)
  const replies = await writeEntries(entries, decisions, tx, opening)
  for (const entry of afterWrites(entries)) {
    replies[entry.index] = await carryOutAlone(entry, decisions[entry.index]!, context)
  }
  return replies
}

/** The keys of the Binaries that are updated or deleted. */
function binariesIn(decisions: readonly Decision[], { indexes }: Context): readonly bigint[] {
  const ids = decisions.flatMap((decision) => {
    if (!('type' in decision) || decision.type !== 'Binary') return []
    return 'ids' in decision ? decision.ids : [decision.id]
  })
  return ids.map((id) => indexes.terms.key('Binary', id))
}

function referenceTo(decision: Decision): string {
  return 'id' in decision ? `${decision.type}/${decision.id}` : ''
}

/** What is carried out alone, in the specification's order: patches, then operations, then what reads. */
function afterWrites(entries: readonly Entry[]): readonly Entry[] {
  const others = entries.filter(({ kind }) => kind === 'other')
  return [
    ...entries.filter(({ kind }) => kind === 'patch'),
    ...others.filter((entry) => !readsOnly(entry)),
    ...others.filter(readsOnly),
  ]
}

async function carryOutAlone({ index, request }: Entry, decision: Decision, context: Context): Promise<FhirReply> {
  const target = 'id' in decision ? { path: [decision.type, decision.id], query: '' } : {}
  try {
    const reply = await context.dispatch({ ...request, ...target }, context)
    return request.method === 'HEAD' ? withoutContent(reply) : reply
  } catch (error) {
    throw errorInEntry(error, index)
  }
}

function withoutContent({ content: _content, ...reply }: FhirReply): FhirReply {
  return reply
}
