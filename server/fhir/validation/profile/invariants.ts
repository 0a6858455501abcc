/** The FHIRPath rules of elements. https://hl7.org/fhir/R4/conformance-rules.html#constraints */
import { unreadable } from '../../fhirpath/expression-fault.ts'
import type { Spend } from '../../fhirpath/native/budget.ts'
import { FhirPathBudgetError } from '../../fhirpath/native/budget.ts'
import type { NativeExpression } from '../../fhirpath/native/compile.ts'
import { compileNative } from '../../fhirpath/native/compile.ts'
import type { NativeEnvironment } from '../../fhirpath/native/values.ts'
import type { CompiledExpression, Meter } from '../../fhirpath.ts'
import { compile } from '../../fhirpath.ts'
import type { JsonObject, JsonValue } from '../../json.ts'
import { OutcomeError } from '../../outcome.ts'
import type { ElementNode, Profile } from './element-tree.ts'
import { objects, text } from './element-tree.ts'
import { conformsTo, memberOf } from './functions.ts'
import { resolveReference } from './resolve.ts'
import type { ItemCheck } from './values.ts'
import type { Item, Visit } from './visit.ts'
import { tell } from './visit.ts'

/** What the element model checks itself, faster than any expression could. */
const structural: ReadonlySet<string> = new Set('ele-1 ext-1 dom-2 dom-4 dom-5 dom-6 txt-1 txt-2 ref-1'.split(' '))

const bestPractice = 'http://hl7.org/fhir/StructureDefinition/elementdefinition-bestpractice'

/** Expressions that were published with a fault, and what they are meant to say. */
const corrected: Readonly<Record<string, string>> = {
  // Only a dateTime has a precision.
  '($this as dateTime).toString().length() >= 8': '$this is dateTime implies $this.toString().length() >= 8',
  // A probability may be a range.
  '(probability as decimal) <= 100': 'probability is decimal implies (probability as decimal) <= 100',
}

/** True where a rule holds, false where it does not, undefined where nobody can tell. */
export type InvariantTest = (visit: Visit, item: Item) => boolean | undefined

/** Checks of the rules that an element states and that `known` (those of its base and of its type) do not. */
export function invariantChecks(
  node: ElementNode,
  type: string,
  profile: Profile,
  known: readonly (ElementNode | undefined)[] = [],
): ItemCheck[] {
  const inherited = new Set(known.flatMap((one) => (one ? objects(one.definition['constraint']).map(identity) : [])))
  return objects(node.definition['constraint'])
    .filter((constraint) => !structural.has(text(constraint['key'])) && !inherited.has(identity(constraint)))
    .filter((constraint) => text(constraint['expression']) !== '')
    .map((constraint) => invariantCheck(constraint, type, profile))
}

function identity(constraint: JsonObject): string {
  return `${text(constraint['key'])} ${text(constraint['expression'])}`
}

function invariantCheck(constraint: JsonObject, type: string, profile: Profile): ItemCheck {
  const key = text(constraint['key'])
  const human = sentence(text(constraint['human']))
  const isBest = objects(constraint['extension']).some((one) => one['url'] === bestPractice && one['valueBoolean'])
  const severity = constraint['severity'] === 'error' && !isBest ? 'error' : 'warning'
  let test: InvariantTest | undefined
  return (visit, item) => {
    if (isBest && !visit.tools.policy.bestPractice) return
    test ??= invariantTest(text(constraint['expression']), type)
    const holds = tested(test, visit, item, () => tell(visit, 'invariant-too-costly', { key }, { rule: key, profile }))
    if (holds === true) return
    if (holds === false) tell(visit, 'invariant-violated', { key, human }, { severity, rule: key, profile })
    else {
      const reason = unreadable(text(constraint['expression']), type, visit.tools.definitions) ?? inapplicable
      tell(visit, 'invariant-unchecked', { key, reason }, { severity: 'warning', rule: key, profile })
    }
  }
}

const inapplicable = 'a function or operator in it does not take the values that are here'

/** Rules are published with a full stop and without. */
function sentence(human: string): string {
  return human === '' || /[.!?]["')\]]?$/.test(human) ? human : `${human}.`
}

/** Tells which rule it was that took all there is to take, before everything ends. */
function tested(test: InvariantTest, visit: Visit, item: Item, blame: () => void): boolean | undefined {
  try {
    return test(visit, item)
  } catch (error) {
    if (error instanceof FhirPathBudgetError) blame()
    throw error
  }
}

/** A rule that can be asked about any value of a type. */
export function invariantTest(published: string, type: string): InvariantTest {
  const engine = engineFor(corrected[published] ?? published, type)
  return (visit, { value }) => {
    if (value === undefined) return true
    const { native, evaluate } = engine(visit)
    const environment = environmentOf(visit)
    // Nearly always a single boolean is all there is.
    const holds = native?.test(value, environment)
    if (holds !== undefined) return holds
    const results = evaluate?.(value, environment)
    if (results === undefined) return undefined
    // An empty result meets no rule.
    return results.length === 1 && typeof results[0] === 'boolean' ? results[0] : results.length > 0
  }
}

/** What an expression selects from values of a type; undefined where nobody can tell. */
export function selection(expression: string, type: string) {
  const engine = engineFor(expression, type)
  return (visit: Visit, value: JsonValue) => engine(visit).evaluate?.(value, environmentOf(visit))
}

interface Engine {
  readonly native: NativeExpression | undefined
  /** Undefined for what neither engine can read. */
  readonly evaluate: Evaluate | undefined
}

/** Compiled when it is first used: by the full engine where the native one does not cover it. */
function engineFor(expression: string, type: string): (visit: Visit) => Engine {
  let engine: Engine | undefined
  return ({ tools: { definitions } }) => {
    if (!engine) {
      const native = compileNative(expression, { type, definitions })
      engine = { native, evaluate: native ? native.evaluate : fullTest(expression, type) }
    }
    return engine
  }
}

/** The values of an expression; undefined where it does not apply. */
type Evaluate = (value: JsonValue, environment: NativeEnvironment) => readonly unknown[] | undefined

/** The library's steps are smaller. */
const stepsTogether = 4

/** The full engine, for what the native one does not cover. It takes from the same budget. */
function fullTest(expression: string, type: string): Evaluate | undefined {
  let spend: Spend = () => {}
  let exhausted: FhirPathBudgetError | undefined
  let left = stepsTogether
  const meter = (steps: number) => {
    for (left -= steps; left <= 0; left += stepsTogether) {
      try {
        spend()
      } catch (error) {
        exhausted = error as FhirPathBudgetError
        throw error
      }
    }
  }
  const compiled = compiledInFull(expression, type, meter)
  return (value, { resource, rootResource, spend: own }) => {
    spend = own
    exhausted = undefined
    try {
      return compiled?.evaluate(value, { resource, rootResource })
    } catch (error) {
      // The library's door makes outcomes of all that is thrown inside.
      if (exhausted) throw exhausted
      if (error instanceof OutcomeError) return undefined
      throw error
    }
  }
}

function compiledInFull(expression: string, type: string, meter: Meter): CompiledExpression | undefined {
  try {
    return compile(expression, { base: type, meter })
  } catch (error) {
    if (error instanceof OutcomeError) return undefined
    throw error
  }
}

/** Kept for as long as the visit stays in one resource. */
function environmentOf(visit: Visit): NativeEnvironment {
  const { scope, environment } = visit
  if (environment?.scope === scope) return environment
  const made = {
    scope,
    resource: scope.resource,
    rootResource: scope.contained ? scope.parent!.resource : scope.resource,
    resolve: (reference: string) => resolveReference(visit, reference),
    memberOf: memberOf(visit),
    conformsTo: conformsTo(visit),
    spend: visit.spend,
    ...(visit.now !== undefined && { now: visit.now }),
  }
  visit.environment = made
  return made
}
