/** `$review-results` and `$release`; defined in profiles/operation-definitions/review-results.json and release.json. */
import { requireReleaser } from '../../access/access.ts'
import type { Context } from '../../context.ts'
import type { JsonObject } from '../../fhir/json.ts'
import { OutcomeError, operationOutcome } from '../../fhir/outcome.ts'
import {
  booleanParameter,
  checkParameterNames,
  parameterList,
  parametersResource,
  textParameter,
} from '../../fhir/parameters.ts'
import type { FhirReply } from '../../fhir/request.ts'
import { referenceIn } from '../../fhir/results/reading.ts'
import { endCriticalTask } from '../../interactions/critical/follow.ts'
import { withFreshIndex } from '../../interactions/fresh-index.ts'
import { lockResources } from '../../store/lock.ts'
import { retryContention } from '../../store/retry.ts'
import { withSavepoint } from '../../store/savepoint.ts'
import type { OperationCall } from '../operation.ts'
import { acknowledgeResult } from './acknowledge-result.ts'
import { commentResult } from './comment-result.ts'
import { personOf } from './person.ts'
import { releaseResult } from './release-result.ts'
import { type ResultName, readResult, resultNamed } from './reviewed-result.ts'

const mostResults = 500
const mostComment = 5000

interface Review {
  readonly person: string
  readonly release: boolean
  readonly comment: string | undefined
}

/** Several results, in one transaction; what is wrong with one of them does not keep the others from being reviewed. */
export async function reviewResults({ parameters }: OperationCall, context: Context): Promise<FhirReply> {
  checkParameterNames(parameters, ['result', 'release', 'comment'])
  requireReleaser(context.access, '$review-results', 'Observation')
  const names = namesIn(parameters, context.base)
  const review: Review = {
    person: personOf(context.access),
    release: booleanParameter(parameters, 'release') ?? false,
    comment: commentIn(parameters),
  }
  const items = await together(names, context, async (inside) => {
    const made: JsonObject[] = []
    for (const name of names) {
      const reviewed = withSavepoint(inside.store.db, () => reviewOne(name, review, inside))
      made.push(itemOf(name, await outcomeOf(reviewed)))
    }
    return made
  })
  return { status: 200, content: JSON.stringify(parametersResource(items)) }
}

/** One result; what is wrong is told as of any other request. */
export async function release({ type, id, parameters }: OperationCall, context: Context): Promise<FhirReply> {
  checkParameterNames(parameters, ['comment'])
  requireReleaser(context.access, '$release', type!)
  const name = { type: type!, id: id! }
  const review: Review = { person: personOf(context.access), release: true, comment: commentIn(parameters) }
  return together([name], context, async (inside) => {
    await reviewOne(name, review, inside)
    const { resource, version } = await readResult(name, inside)
    return { status: 200, content: JSON.stringify(resource), version }
  })
}

/** Whoever releases a result or comments on it has taken notice of it. */
async function reviewOne(name: ResultName, { person, release, comment }: Review, context: Context): Promise<void> {
  const seen = await readResult(name, context)
  if (release) await releaseResult(seen, context)
  const result = release ? await readResult(name, context) : seen
  if (comment !== undefined) await commentResult(result, { text: comment, sender: person }, context)
  await acknowledgeResult(result, person, context)
  if (name.type === 'Observation') await endCriticalTask(name.id, { status: 'completed', person }, context)
}

/** Nobody else changes the results meanwhile, and all is stored or nothing. */
function together<T>(
  names: readonly ResultName[],
  context: Context,
  work: (inside: Context) => Promise<T>,
): Promise<T> {
  const { store, indexes } = context
  const locks = names.map(({ type, id }) => ({ type, key: indexes.terms.key(type, id) }))
  return withFreshIndex(context, (current) =>
    retryContention(() =>
      store.database.transaction(async (tx) => {
        await lockResources(tx, locks)
        return work({ ...current, store: { ...store, db: tx, searchDb: tx } })
      }),
    ),
  )
}

/** What was refused; undefined where nothing was. Whatever else fails, fails for all. */
async function outcomeOf(work: Promise<void>): Promise<OutcomeError | undefined> {
  try {
    await work
    return undefined
  } catch (error) {
    if (error instanceof OutcomeError && error.status < 500 && error.issues[0]!.code !== 'contention') return error
    throw error
  }
}

function itemOf({ type, id }: ResultName, refused: OutcomeError | undefined): JsonObject {
  const outcome = refused && (operationOutcome(refused.issues) as unknown as JsonObject)
  return {
    name: 'item',
    part: [
      { name: 'result', valueReference: { reference: `${type}/${id}` } },
      { name: 'reviewed', valueBoolean: refused === undefined },
      ...(outcome ? [{ name: 'outcome', resource: outcome }] : []),
    ],
  }
}

function namesIn(parameters: JsonObject, base: string): readonly ResultName[] {
  const given = parameterList(parameters).filter(({ name }) => name === 'result')
  if (given.length === 0 || given.length > mostResults) throw invalid(`It takes 1 to ${mostResults} results.`)
  const names = given.map((one) => resultNamed(referenceIn(one['valueReference']) ?? '', base))
  return [...new Map(names.map((name) => [`${name.type}/${name.id}`, name])).values()]
}

function commentIn(parameters: JsonObject): string | undefined {
  const comment = textParameter(parameters, 'comment')
  if (comment === undefined) return undefined
  if (comment.trim() === '' || comment.length > mostComment)
    throw invalid(`A comment has 1 to ${mostComment} characters.`)
  return comment.trim()
}

function invalid(reason: string): OutcomeError {
  return new OutcomeError('invalid-parameters', { reason })
}
