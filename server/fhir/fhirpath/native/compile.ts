/**
 * Compiles FHIRPath invariants to closures over plain JSON. Types come from the definitions, so that `value` finds
 * `valueQuantity`; whatever is not covered is left to the full engine. https://hl7.org/fhirpath/N1/
 */
import type { Definitions } from '../../definitions.ts'
import type { JsonValue } from '../../json.ts'
import { isJsonObject } from '../../json.ts'
import { ExpressionError } from '../expression-error.ts'
import { negative } from './arithmetic.ts'
import { createBudget, FhirPathBudgetError, spendForItems } from './budget.ts'
import type { Compiled, Run, Site, UnknownName } from './compiled.ts'
import { containedReferences } from './contained-references.ts'
import { functionOf } from './functions.ts'
import type { MemberStep, Step } from './members.ts'
import { memberStep, narrowStep, walk } from './members.ts'
import { itemAt, operatorOf } from './operators.ts'
import type { Syntax } from './parse.ts'
import { parse } from './parse.ts'
import { systemQuantity } from './quantities.ts'
import { asType, isType } from './type-tests.ts'
import type { Types } from './types.ts'
import { anyType, haveNone, onlyType, propertiesOf, typeOf, typeTest } from './types.ts'
import type { NativeEnvironment, Scope, Value } from './values.ts'
import {
  collected,
  countOf,
  Element,
  EvaluationFault,
  itemsOf,
  numberFromDigits,
  numberOf,
  plain,
  single,
} from './values.ts'

/** Parts of an expression that are compiled, those that are compiled twice counted twice. */
const maxParts = 20_000

/** What an expression is compiled for. */
interface NativeOptions {
  /** The type of the focus: `Observation`, `Patient.contact`, `Quantity`. */
  readonly type: string
  readonly definitions: Definitions
  /** Told of names that no item can have an element of. */
  readonly unknownName?: UnknownName
}

/** A compiled expression. */
export interface NativeExpression {
  /**
   * `focus` is a value of the compiled type, or an `Element` where it is a primitive with a `_` sibling. Answers false,
   * true, or undefined where the result is empty or no single boolean. Throws only FhirPathBudgetError.
   */
  test(focus: JsonValue | Element, environment: NativeEnvironment): boolean | undefined
  /** The values of the result; undefined where the expression does not apply to the focus. */
  evaluate(focus: JsonValue | Element, environment: NativeEnvironment): readonly JsonValue[] | undefined
}

/** Compiles an expression; undefined for one that is not covered. */
export function compileNative(expression: string, options: NativeOptions): NativeExpression | undefined {
  const known = containedReferences(expression, options.definitions)
  if (known) return expressionOf(known)
  try {
    return expressionOf(compileExpression(expression, options))
  } catch (error) {
    // A RangeError: nested too deeply for the stack, which depends on how much of it the caller has taken.
    if ([ExpressionError, FhirPathBudgetError, RangeError].some((kind) => error instanceof kind)) return undefined
    throw error
  }
}

/** The same, with the reason why an expression is not covered as an ExpressionError. */
export function compileExpression(expression: string, { type, definitions, unknownName }: NativeOptions): Compiled {
  const types = [type]
  const root = type.split('.', 1)[0]!
  const site: SharedSite = {
    definitions,
    contextTypes: types,
    resourceTypes: definitions.isResourceType(root) ? [root] : ['Resource'],
    variables: new Map(),
    // Parts of repeat() are compiled twice, and those of a repeat() in it four times.
    spend: createBudget(maxParts),
    ...(unknownName && { unknownName }),
  }
  return compileAt(parse(expression), siteFor(site, types, anyType))
}

type SharedSite = Omit<Site, 'compile' | 'types' | 'totalTypes'>

function siteFor(site: SharedSite, types: Types, totalTypes: Types): Site {
  const own: Site = {
    ...site,
    types,
    totalTypes,
    compile: (syntax, inner, innerTotal) =>
      compileAt(syntax, inner || innerTotal ? siteFor(site, inner ?? types, innerTotal ?? totalTypes) : own),
  }
  return own
}

function expressionOf({ run }: Pick<Compiled, 'run'>): NativeExpression {
  return {
    test(focus, environment) {
      const result = attempt(run, focus, environment)
      if (result === undefined || typeof result === 'boolean') return result
      const [item, ...more] = itemsOf(result)
      const value = more.length === 0 ? plain(item) : undefined
      return typeof value === 'boolean' ? value : undefined
    },
    evaluate(focus, environment) {
      let failed = false
      const result = attempt(run, focus, environment, () => {
        failed = true
      })
      if (failed) return undefined
      return itemsOf(result).flatMap((item) => plain(item) ?? [])
    },
  }
}

function attempt(
  run: Compiled['run'],
  focus: JsonValue | Element,
  environment: NativeEnvironment,
  failed?: () => void,
): Value {
  const self = focus === null || Array.isArray(focus) ? undefined : focus
  try {
    return run(self, { environment, context: self, index: 0, total: undefined, variables: undefined })
  } catch (error) {
    if (!(error instanceof EvaluationFault) && !(error instanceof RangeError)) throw error
    failed?.()
    return undefined
  }
}

function compileAt(syntax: Syntax, site: Site): Compiled {
  site.spend()
  switch (syntax.kind) {
    case 'literal':
      return literal(syntax)
    case 'empty':
      return { types: anyType, constant: true, run: () => undefined }
    case 'special':
      return special(syntax.name, site)
    case 'variable':
      return variable(syntax.name, site)
    case 'member':
      return member(syntax, site)
    case 'call':
      return call(syntax, site)
    case 'item':
      return item(site.compile(syntax.target), site.compile(syntax.index))
    case 'sign':
      return signed(syntax.sign, site.compile(syntax.operand))
    case 'type':
      return syntax.operator === 'is'
        ? isType(site.compile(syntax.operand), syntax.type, site.definitions)
        : asType(site.compile(syntax.operand), syntax.type, site.definitions)
    case 'binary':
      return binary(syntax, site)
  }
}

function literal({ type, text, unit }: Extract<Syntax, { kind: 'literal' }>): Compiled {
  const value = literalValue(type, text, unit)
  return { types: [`System.${type}`], constant: true, run: () => value }
}

function literalValue(type: string, text: string, unit: string | undefined): Value {
  if (type === 'Boolean') return text === 'true'
  if (type === 'Integer' || type === 'Decimal') return numberFromDigits(text)
  if (type === 'Quantity') return systemQuantity(text, unit!)
  if (type === 'String') return text
  return new Element(type === 'Time' || type === 'DateTime' ? text.replace(/^T|T$/, '') : text, `System.${type}`)
}

function special(name: string, site: Site): Compiled {
  if (name === 'this') return { types: site.types, run: (self) => self }
  if (name === 'index') return { types: ['System.Integer'], run: (_self, scope) => scope.index }
  return { types: site.totalTypes, run: (_self, scope) => scope.total }
}

const canonicals: Readonly<Record<string, string>> = {
  ucum: 'http://unitsofmeasure.org',
  sct: 'http://snomed.info/sct',
  loinc: 'http://loinc.org',
}

/** https://hl7.org/fhir/R4/fhirpath.html#variables */
function variable(name: string, site: Site): Compiled {
  const [, kind, id] = /^(vs|ext)-(.+)$/s.exec(name) ?? []
  const canonical = kind
    ? `http://hl7.org/fhir/${kind === 'vs' ? 'ValueSet' : 'StructureDefinition'}/${id}`
    : canonicals[name]
  if (canonical) return { types: ['System.String'], constant: true, run: () => canonical }
  if (name === 'context') return { types: site.contextTypes, run: (_self, { context }) => context }
  if (name === 'resource') return { types: site.resourceTypes, run: (_self, { environment }) => environment.resource }
  if (name === 'rootResource') return { types: ['Resource'], run: (_self, { environment }) => environment.rootResource }
  const types = site.variables.get(name)
  if (!types) throw new ExpressionError(`there is no variable %${name}`)
  return { types, run: (_self, { variables }) => variables?.get(name) }
}

function member({ target, name }: Extract<Syntax, { kind: 'member' }>, site: Site): Compiled {
  const { definitions } = site
  const input = target ? site.compile(target) : undefined
  const from = input?.types ?? site.types
  if (!input && isTypeName(name, site)) return ofOwnType(name, site)
  if (site.unknownName && haveNone(from, name, definitions)) site.unknownName(name, from)

  const only = onlyType(from)
  const narrow = (accepts: (type: string) => boolean) => {
    const found = only === undefined ? undefined : narrowStep(name, only, accepts, definitions)
    return found && along(input, found)
  }
  return { ...along(input, memberStep(name, from, definitions)), narrow }
}

function along(input: Compiled | undefined, { step, types, bare }: MemberStep): Compiled {
  const run = walking(input, step)
  if (!bare) return { types, run }
  const uncounted = walking(input, bare)
  return { types, run, count: (self, scope) => countOf(uncounted(self, scope)) }
}

function walking(input: Compiled | undefined, step: Step): Run {
  if (!input) return (self, scope) => walk(self, step, scope.environment.spend)
  const { run } = input
  return (self, scope) => walk(run(self, scope), step, scope.environment.spend)
}

/** `Patient.name`: the type where an element's name could stand. https://hl7.org/fhirpath/N1/#path-selection */
function isTypeName(name: string, { types, definitions }: Site): boolean {
  if (!/^[A-Z]/.test(name) || !definitions.types.has(name)) return false
  return types.every((type) => propertiesOf(type, name, definitions).length === 0)
}

function ofOwnType(name: string, { types, definitions }: Site): Compiled {
  const test = typeTest(name, definitions)
  const only = onlyType(types)
  if (only !== undefined && test(only)) return { types, run: (self) => self }
  return {
    types: [name],
    run: (self, { environment: { spend } }) => {
      const items = itemsOf(self)
      spendForItems(spend, items.length)
      return collected(items.filter((item) => test(typeOf(item, types))))
    },
  }
}

function call(syntax: Extract<Syntax, { kind: 'call' }>, site: Site): Compiled {
  const { target, name, args } = syntax
  const compile = functionOf(name, args.length)
  if (!compile) throw new ExpressionError(`there is no function ${name}() with ${args.length} arguments`)
  const input = target ? site.compile(target) : special('this', site)
  return compile({ name, input, args, site })
}

function item({ types, run }: Compiled, index: Compiled): Compiled {
  return {
    types,
    run: (self, scope) => {
      const at = numberOf(index.run(self, scope))
      return at === undefined ? undefined : itemAt(run(self, scope), at)
    },
  }
}

function signed(sign: string, operand: Compiled): Compiled {
  if (sign === '+') return operand
  const { run, types } = operand
  return {
    types,
    run: (self: Value, scope: Scope) => {
      const value = single(run(self, scope))
      return value === undefined ? undefined : negative(value)
    },
  }
}

function binary({ operator, left, right }: Extract<Syntax, { kind: 'binary' }>, site: Site): Compiled {
  const compile = operatorOf(operator)
  if (!compile) throw new ExpressionError(`there is no operator '${operator}'`)
  return compile(site.compile(left), site.compile(right))
}

/** A primitive to evaluate on, with its `_` sibling; undefined where the element has neither value nor sibling. */
export function primitiveFocus(
  value: JsonValue | undefined,
  sibling: JsonValue | undefined,
  type: string,
): JsonValue | Element | undefined {
  const own = value === null || Array.isArray(value) ? undefined : value
  return isJsonObject(sibling) ? new Element(own, type, sibling) : own
}
