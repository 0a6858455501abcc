/** The terminology service: runs the rules, and fetches what they turn out to need. */
import type { Context } from '../../context.ts'
import type { JsonObject } from '../../fhir/json.ts'
import { OutcomeError } from '../../fhir/outcome.ts'
import { type Facts, orUnknown } from '../../fhir/terminology/facts.ts'
import { type SharedValueSet, sharedValueSet } from '../../fhir/terminology/resources-around.ts'
import { Needed } from '../../fhir/terminology/system.ts'
import type { CodeQuestion, CodeVerdict, Terminology } from '../../fhir/terminology/terminology.ts'
import { type CodeAnswer, checkInSystem, checkInValueSet } from '../../fhir/terminology/validate-code.ts'
import { StaleReleaseError } from '../../store/terminology/concepts.ts'
import { currentReleases } from '../../store/terminology/releases.ts'
import { recallVerdict, remembered, rememberVerdict, takeReleases } from './cache.ts'
import { askVerdict } from './external/judge-code.ts'
import { type GatheredFacts, gatherFacts } from './gathered-facts.ts'

/** A rule of terminology, run as often as it takes until all it needs is there. */
export type Rule<T> = (facts: Facts) => T

/** Far more than what people make takes: value sets may import others, and maps lead to others, so deep. */
const mostRounds = 200
const mostRestarts = 3

/** What a rule makes of all terminology that the caller can see. `sent` goes before it. */
export async function applyRule<T>(context: Context, rule: Rule<T>, sent: readonly JsonObject[] = []): Promise<T> {
  const [result] = await applyRules(context, [rule], sent)
  if (result!.error !== undefined) throw result!.error
  return result!.value as T
}

interface Settled<T> {
  readonly value?: T
  readonly error?: unknown
}

/** The same for several rules that share what is fetched. */
async function applyRules<T>(
  context: Context,
  rules: readonly Rule<T>[],
  sent: readonly JsonObject[],
): Promise<readonly Settled<T>[]> {
  const { terminologyCache: cache, store } = context
  for (let restart = 0; ; restart++) {
    if (cache.releases !== undefined && context.now() - cache.lookedUp > remembered) {
      cache.lookedUp = context.now()
      takeReleases(cache, await currentReleases(store.db))
    }
    try {
      return await settle(gatherFacts(context, sent), rules)
    } catch (error) {
      if (!(error instanceof StaleReleaseError) || restart >= mostRestarts) throw error
      takeReleases(cache, await currentReleases(store.db))
    }
  }
}

async function settle<T>(facts: GatheredFacts, rules: readonly Rule<T>[]): Promise<readonly Settled<T>[]> {
  const results: Settled<T>[] = []
  let open = rules.map((_, i) => i)
  for (let round = 0; open.length > 0; round++) {
    if (round > mostRounds) throw tooManyRounds()
    if (round > 0) await facts.fetch()
    open = open.filter((i) => {
      try {
        results[i] = { value: rules[i]!(facts) }
      } catch (error) {
        if (error instanceof Needed) return true
        results[i] = { error }
      }
      return facts.isOpen()
    })
  }
  return results
}

function tooManyRounds(): OutcomeError {
  const reason = `It takes more than ${mostRounds} look-ups of which each leads to the next.`
  return new OutcomeError('query-too-costly', { reason })
}

/** For validation and search, in the name of a request. */
export function terminologyOf(context: Context): Terminology {
  return {
    check: (question) => {
      const { valueSet, system, code, display, version } = question
      const key = `${context.canonicals.generation} ${valueSet} ${system} ${code} ${version} ${display}`
      const { terminologyCache: cache } = context
      const known = recallVerdict(cache, key, context.now())
      if (known) return known
      const facts = gatherFacts(context, [], { memoryOnly: true })
      const verdict = verdictInMemory(question, facts, context)
      if (verdict) rememberVerdict(cache, key, verdict, asOf(verdict, facts))
      return verdict
    },
    decide: async (questions) => {
      const rules = questions.map(
        (question): Rule<Checked> =>
          (facts) =>
            checkOrShare(question, facts, context),
      )
      const results = await applyRules(context, rules, [])
      return Promise.all(results.map((result, i) => verdictOf(result, questions[i]!, context)))
    },
  }
}

/** Undefined for what `decide` may tell: it fetches what is missing. */
function verdictInMemory(question: CodeQuestion, facts: GatheredFacts, context: Context): CodeVerdict | undefined {
  try {
    const answer = checkQuestion(question, facts)
    if (answer.displayOk === false && facts.oldestTexts() === undefined) return undefined
    return answer.result === 'unknown' ? unknownHere(answer, context) : answer
  } catch (error) {
    if (error instanceof Needed) return undefined
    if (error instanceof OutcomeError) return unknownHere({ result: 'unknown', message: error.message }, context)
    throw error
  }
}

/** A supplement may have a display that is wrong otherwise. */
function asOf({ displayOk }: CodeVerdict, facts: GatheredFacts): number {
  return displayOk === false ? Math.min(facts.oldestLook(), facts.oldestTexts() ?? 0) : facts.oldestLook()
}

/** An external server may know more. */
function unknownHere(verdict: CodeVerdict, { config }: Context): CodeVerdict | undefined {
  return config.txServer === undefined ? verdict : undefined
}

function checkQuestion(question: CodeQuestion, facts: Facts): CodeAnswer {
  const { valueSet, system = '' } = question
  if (valueSet === undefined) return checkInSystem({ ...codeOf(question), system }, facts)
  return checkInValueSet(valueSet, codeOf(question), facts, optionsOf(question))
}

function codeOf({ system, code = '', display, version }: CodeQuestion) {
  return {
    code,
    ...(system !== undefined && { system }),
    ...(display !== undefined && { display }),
    ...(version !== undefined && { version }),
  }
}

/** An element of type code has no system of its own. */
function optionsOf({ system }: CodeQuestion) {
  return { abstract: false, inferSystem: system === undefined }
}

interface Checked {
  readonly verdict: CodeVerdict
  /** What an external server has to be told of the value set. */
  readonly shared?: SharedValueSet
}

function checkOrShare(question: CodeQuestion, facts: Facts, { config }: Context): Checked {
  const answer = orUnknown(() => checkQuestion(question, facts))
  const verdict: CodeVerdict = answer instanceof OutcomeError ? { result: 'unknown', message: answer.message } : answer
  if (verdict.result !== 'unknown' || config.txServer === undefined || question.valueSet === undefined)
    return { verdict }
  return { verdict, shared: sharedValueSet(question.valueSet, facts) }
}

async function verdictOf(result: Settled<Checked>, question: CodeQuestion, context: Context): Promise<CodeVerdict> {
  const { error, value } = result
  if (error instanceof OutcomeError) return { result: 'unknown', message: error.message }
  if (error !== undefined) throw error
  const { verdict: own, shared } = value!
  if (own.result !== 'unknown' || context.config.txServer === undefined) return own
  const { verdict, hint } = await askVerdict(context, question, shared)
  return verdict ?? (hint === undefined ? own : { ...own, hint })
}
