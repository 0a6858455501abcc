/** Expressions made up at random, and their text. */
import type {
  Cardinality,
  Comparison,
  Constraint,
  Operator,
  Ordering,
  Refinement,
} from '../../server/fhir/terminology/ecl/syntax.ts'
import type { World } from './ecl-world.ts'
import { oneOf } from './random.ts'

const operators: readonly Operator[] = ['<', '<<', '<!', '<<!', '>', '>>', '>!', '>>!', '!!>', '!!<']
const orderings: readonly Ordering[] = ['=', '!=', '<', '<=', '>', '>=']
const many = Number.POSITIVE_INFINITY
const cardinalities: readonly Cardinality[] = [
  { min: 0, max: 0 },
  { min: 0, max: 1 },
  { min: 0, max: many },
  { min: 1, max: 1 },
  { min: 2, max: many },
  { min: 1, max: 2 },
]
const searches = ['heart', 'gas ac', 'meni', 'val heart', 'xyz']

export function randomEcl(world: World, random: () => number, depth = 3): Constraint {
  const inner = () => randomEcl(world, random, depth - 1)
  const chance = random()
  if (depth === 0 || chance < 0.2) return simple(world, random)
  if (chance < 0.4) return { kind: 'related', operator: oneOf(random, operators), of: inner() }
  if (chance < 0.47) return { kind: 'members', of: random() < 0.5 ? concept(world.refsets, random) : inner(), at: 0 }
  if (chance < 0.57)
    return { kind: random() < 0.5 ? 'and' : 'or', parts: Array.from({ length: 2 + 2 * random() }, inner) }
  if (chance < 0.65) return { kind: 'minus', from: inner(), without: inner() }
  if (chance < 0.7) return { kind: 'dotted', of: inner(), name: nameOf(world, random) }
  if (chance < 0.74) {
    const terms = [{ kind: 'match', text: oneOf(random, searches) }] as const
    const operator = random() < 0.7 ? '=' : '!='
    return {
      kind: 'filtered',
      of: inner(),
      on: 'description',
      filters: [{ field: 'term', operator, values: { kind: 'terms', terms }, at: 0 }],
    }
  }
  return { kind: 'refined', focus: inner(), refinement: randomRefinement(world, random, depth - 1, false) }
}

function simple(world: World, random: () => number): Constraint {
  return random() < 0.15 ? { kind: 'any' } : concept(world.codes, random)
}

function concept(codes: readonly string[], random: () => number): Constraint {
  return { kind: 'concept', code: oneOf(random, codes) }
}

function nameOf(world: World, random: () => number): Constraint {
  const chance = random()
  if (chance < 0.15) return { kind: 'any' }
  const name = concept(world.attributes, random)
  return chance < 0.4 ? { kind: 'related', operator: '<<', of: name } : name
}

function randomRefinement(world: World, random: () => number, depth: number, inGroup: boolean): Refinement {
  const chance = random()
  if (depth > 0 && chance < 0.35) {
    const parts = Array.from({ length: 2 + 2 * random() }, () => randomRefinement(world, random, depth - 1, inGroup))
    return { kind: random() < 0.6 ? 'and' : 'or', parts }
  }
  const cardinality = random() < 0.5 ? { min: 1, max: many } : oneOf(random, cardinalities)
  if (!inGroup && chance < 0.65) {
    return { kind: 'group', cardinality, refinement: randomRefinement(world, random, Math.max(depth, 1), true) }
  }
  const reverse = !inGroup && random() < 0.2
  const comparison = randomComparison(world, random, Math.max(depth - 1, 0), reverse)
  return { kind: 'attribute', cardinality, reverse, name: nameOf(world, random), comparison, at: 0 }
}

function randomComparison(world: World, random: () => number, depth: number, reverse: boolean): Comparison {
  if (!reverse && random() < 0.2) {
    return { kind: 'number', operator: oneOf(random, orderings), value: String(Math.floor(random() * 4)) }
  }
  const of = randomEcl(world, random, depth)
  const values: Constraint = random() < 0.5 ? { kind: 'related', operator: '<<', of } : of
  return { kind: 'concepts', operator: random() < 0.75 ? '=' : '!=', values }
}

/** As text, with spaces and comments where there may be any. */
export function eclText(constraint: Constraint, random: () => number): string {
  const space = () => oneOf(random, ['', ' ', '  ', '\n', '/* a ( comment */'])
  const word = (text: string) => ` ${oneOf(random, [text, text.toLowerCase()])} `
  /** As an operand: in brackets where it is more than a concept with an operator. */
  const operand = (of: Constraint): string => {
    const text = write(of)
    return ['any', 'concept', 'related', 'members', 'filtered'].includes(of.kind)
      ? text
      : `(${space()}${text}${space()})`
  }
  /** What operators stand before: operators themselves need brackets there. */
  const focus = (of: Constraint): string => (['any', 'concept'].includes(of.kind) ? write(of) : `(${write(of)})`)
  const write = (of: Constraint): string => {
    switch (of.kind) {
      case 'any':
        return '*'
      case 'concept':
        return random() < 0.3 ? `${of.code} |a (term), of any = kind|` : of.code
      case 'related':
        return `${of.operator}${space()}${of.of.kind === 'members' ? write(of.of) : focus(of.of)}`
      case 'members':
        return `^${space()}${focus(of.of)}`
      case 'and':
        return of.parts.map(operand).join(random() < 0.3 ? ' , ' : word('AND'))
      case 'or':
        return of.parts.map(operand).join(word('OR'))
      case 'minus':
        return `${operand(of.from)}${word('MINUS')}${operand(of.without)}`
      case 'dotted':
        return `${of.of.kind === 'dotted' ? write(of.of) : operand(of.of)} . ${operand(of.name)}`
      case 'refined':
        return `${operand(of.focus)}${space()}:${space()}${refinement(of.refinement)}`
      case 'filtered': {
        const [{ operator, values }] = of.filters as [(typeof of.filters)[0]]
        const text = values.kind === 'terms' ? values.terms[0]!.text : ''
        return `${of.of.kind === 'filtered' ? write(of.of) : `(${write(of.of)})`} {{ term ${operator} "${text}" }}`
      }
      default:
        throw new Error(`${of.kind} is not written here`)
    }
  }
  const times = ({ min, max }: Cardinality) =>
    min === 1 && max === many && random() < 0.8 ? '' : `[${min}..${max === many ? '*' : max}]${space()}`
  const refinement = (of: Refinement): string => {
    if (of.kind === 'group') return `${times(of.cardinality)}{${space()}${refinement(of.refinement)}${space()}}`
    if (of.kind !== 'attribute') {
      const parts = of.parts.map((part) =>
        part.kind === 'and' || part.kind === 'or' ? `(${refinement(part)})` : refinement(part),
      )
      return parts.join(of.kind === 'or' ? word('OR') : random() < 0.5 ? `${space()},${space()}` : word('AND'))
    }
    const { comparison } = of
    const value =
      comparison.kind === 'concepts' ? operand(comparison.values) : `#${(comparison as { value: string }).value}`
    return `${times(of.cardinality)}${of.reverse ? 'R ' : ''}${operand(of.name)}${space()}${comparison.operator}${space()}${value}`
  }
  return write(constraint)
}
