/** Subjects of the kinds of search that most resources have no data for. */
import type { SearchParameter, SearchParameterType } from '../../../server/fhir/definitions.ts'
import { cellsOf } from '../cell.ts'
import type { World } from '../world.ts'
import { remember } from '../world.ts'
import type { Context, Criterion, Subject } from './choose-criterion.ts'
import { listCriterion, parametersByType, referencesTo, subjectOf, valueCriterion } from './choose-criterion.ts'
import { chooseWords } from './choose-words.ts'

export interface Rare {
  readonly subject: Subject
  readonly criterion: Criterion
}

const kinds = [
  [4, 'number'],
  [4, 'quantity'],
  [2, 'special'],
  [3, 'composite'],
  [3, 'string'],
  [1, 'list'],
  [2, 'words'],
] as const

/** A resource and a criterion on something that few resources have. */
export function chooseRare(context: Context): Rare | undefined {
  const kind = context.random.weighted(kinds)
  if (kind === 'list') return chooseListed(context)
  return kind === 'words' ? chooseTold(context) : chooseByType(context, kind)
}

interface Place {
  readonly type: string
  readonly parameter: SearchParameter
  /** Members that have a value. */
  readonly indexes: readonly number[]
}

function chooseByType(context: Context, kind: SearchParameterType): Rare | undefined {
  const { world, random } = context
  const places = remember(world.memory, `places of ${kind}`, () => findPlaces(world, kind))
  if (places.length === 0) return undefined
  const { type, parameter, indexes } = random.pick(places)
  const subject = { population: world.population(type), index: random.pick(indexes) }
  const criterion = valueCriterion(context, subject, parameter)
  return criterion && { subject, criterion }
}

function findPlaces(world: World, kind: SearchParameterType): Place[] {
  const parameters = world.types.flatMap((type) =>
    (parametersByType(world, type).get(kind) ?? []).map((parameter) => ({ type, parameter })),
  )
  return parameters
    .map(({ type, parameter }) => {
      const cells = cellsOf(world, world.population(type), parameter)
      return { type, parameter, indexes: cells.flatMap(({ values }, i) => (values.length > 0 ? [i] : [])) }
    })
    .filter(({ indexes }) => indexes.length > 0)
}

/** Something that a List names. */
function chooseListed(context: Context): Rare | undefined {
  const { world, random } = context
  const keys = remember(world.memory, 'listed keys', () =>
    [...referencesTo(world)]
      .filter(([, references]) => references.some(({ type, code }) => type === 'List' && code === 'item'))
      .map(([key]) => key),
  )
  if (keys.length === 0) return undefined
  const subject = subjectOf(world, random.pick(keys))
  const criterion = listCriterion(context, subject)
  return criterion && { subject, criterion }
}

/** Something with a narrative. */
function chooseTold(context: Context): Rare | undefined {
  const { world, random } = context
  const keys = remember(world.memory, 'told keys', () =>
    world.types.flatMap((type) =>
      world.population(type).members.flatMap(({ key, resource }) => (resource['text'] ? [key] : [])),
    ),
  )
  if (keys.length === 0) return undefined
  const subject = subjectOf(world, random.pick(keys))
  const criterion = chooseWords(context, subject)
  return criterion && { subject, criterion }
}
