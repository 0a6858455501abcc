/** `_filter` expressions that a given resource satisfies, or nearly so. */
import type { SearchParameter, SearchParameterType } from '../../../server/fhir/definitions.ts'
import { cellsOf } from '../cell.ts'
import { referencedKeys, referenceParameters } from '../reach.ts'
import type { QuantityValue } from '../values/quantity.ts'
import type { ReferenceValue } from '../values/reference.ts'
import { localKey } from '../values/reference.ts'
import type { StringValue } from '../values/string.ts'
import type { TokenValue } from '../values/token.ts'
import type { Context, Criterion, Subject } from './choose-criterion.ts'
import { canBeMissing, kindOf, parametersByType, subjectOf } from './choose-criterion.ts'
import { chooseDate } from './choose-date.ts'
import { chooseNumber } from './choose-text.ts'
import type { Random } from './random.ts'

interface Piece {
  readonly text: string
  readonly features: readonly string[]
}

/** A filter over a resource: one to three tests, negated, grouped or chained now and then. */
export function chooseFilter(context: Context, subject: Subject): Criterion | undefined {
  const filter = expression(context, subject, 2)
  return filter && { name: '_filter', value: filter.text, features: ['filter', ...filter.features] }
}

function expression(context: Context, subject: Subject, depth: number): Piece | undefined {
  const { random } = context
  const kind = random.weighted([
    [5, 'test'],
    [depth > 0 ? 3 : 0, 'and'],
    [depth > 0 ? 2 : 0, 'or'],
    [depth > 0 ? 1 : 0, 'not'],
    [depth > 0 ? 1 : 0, 'group'],
  ])
  if (kind === 'test') return random.chance(0.25) ? chainedTest(context, subject) : simpleTest(context, subject)
  const left = expression(context, subject, depth - 1)
  if (!left) return undefined
  const features = [...left.features, `filter:${kind}`]
  if (kind === 'not') return { text: `not(${left.text})`, features }
  if (kind === 'group') return { text: `(${left.text})`, features }
  const right = expression(context, subject, depth - 1)
  return right && { text: `${left.text} ${kind} ${right.text}`, features: [...features, ...right.features] }
}

/** `parameter op value` on the resource itself. */
function simpleTest({ world, random }: Context, { population, index }: Subject): Piece | undefined {
  for (let attempt = 0; attempt < 10; attempt++) {
    const [type, known] = random.pick([...parametersByType(world, population.type)])
    const parameter = random.pick(known)
    const { values } = cellsOf(world, population, parameter)[index]!
    if (values.length === 0 || (parameter.code.startsWith('_') && random.chance(0.8))) continue
    if (random.chance(0.08) && canBeMissing(parameter)) return presence(parameter, random)
    const operation = operations[type]?.(random.pick(values) as never, random, world.now)
    if (!operation) continue
    const [operator, value] = operation
    return { text: `${parameter.code} ${operator} ${value}`, features: [`filter:${type} ${operator}`] }
  }
  return undefined
}

function presence(parameter: SearchParameter, random: Random): Piece {
  const value = random.chance(0.7)
  return { text: `${parameter.code} pr ${value}`, features: [`filter:pr ${value}`] }
}

/** `reference.parameter op value`, with a condition on the target in brackets now and then. */
function chainedTest(context: Context, { population, index }: Subject): Piece | undefined {
  const { world, random } = context
  const links = referenceParameters(world, population.type).flatMap((parameter) =>
    referencedKeys(world, population, parameter)[index]!.map((key) => ({ parameter, key })),
  )
  if (links.length === 0) return undefined
  const { parameter, key } = random.pick(links)
  const target = subjectOf(world, key)
  const test = simpleTest(context, target)
  if (!test || !meansTheSame(context, parameter, test)) return undefined
  const where = random.chance(0.3) ? simpleTest(context, target) : undefined
  if (!where || !meansTheSame(context, parameter, where)) {
    return { text: `${parameter.code}.${test.text}`, features: [...test.features, 'filter:chain'] }
  }
  const features = [...test.features, ...where.features, 'filter:[]']
  return { text: `${parameter.code}[${where.text}].${test.text}`, features }
}

/** A path cannot name a type: the parameter must be of one kind on all targets, and known on all if it is in brackets. */
function meansTheSame({ world }: Context, { target = [] }: SearchParameter, { text }: Piece): boolean {
  const code = text.split(' ')[0]!
  const found = target.map((type) => {
    const parameter = world.definitions.searchParameters(type).get(code)
    return parameter && kindOf(world, parameter)
  })
  return new Set(found).size === 1 && !text.includes(' pr false')
}

type Operation = readonly [operator: string, value: string]

const numeric = ['eq', 'ne', 'gt', 'lt', 'ge', 'le', 'ap', 'sa', 'eb']

const operations: {
  readonly [T in SearchParameterType]?: (value: never, random: Random, now: number) => Operation | undefined
} = {
  string: ({ original }: StringValue, random) => {
    const letters = [...original]
    const start = random.below(letters.length)
    const pieces: readonly Operation[] = [
      ['eq', original],
      ['ne', original],
      ['co', letters.slice(start, start + 1 + random.below(8)).join('')],
      ['sw', letters.slice(0, 1 + random.below(8)).join('')],
      ['ew', letters.slice(start).join('')],
    ]
    const [operator, text] = random.pick(pieces)
    return text.trim() === '' ? undefined : [operator, JSON.stringify(random.chance(0.3) ? text.toUpperCase() : text)]
  },
  token: ({ system, code }: TokenValue, random) => {
    if (code === undefined) return undefined
    const text = system && random.chance(0.6) ? `${system}|${code}` : code
    return [random.pick(['eq', 'eq', 'eq', 'ne']), literal(text)]
  },
  date: (range: never, random, now) => {
    const text = chooseDate(range, now, random)
    return text === undefined ? undefined : [random.pick([...numeric, 'po', 'po']), text]
  },
  number: ({ raw }: { raw: number }, random) => [random.pick(numeric), chooseNumber(raw, random)],
  quantity: ({ raw, unit }: QuantityValue, random) => {
    const units = unit.system && unit.code && random.chance(0.5) ? `|${unit.system}|${unit.code}` : ''
    return [random.pick(numeric), literal(chooseNumber(raw, random) + units)]
  },
  reference: (value: ReferenceValue) => {
    const key = localKey(value)
    return key === undefined ? undefined : ['re', key]
  },
  uri: (value: string, random) => [random.pick(['eq', 'eq', 'ne']), literal(value)],
}

/** A token as it is where the grammar allows, else a string. */
function literal(text: string): string {
  return /^[^\s\])"]+$/.test(text) ? text : JSON.stringify(text)
}
