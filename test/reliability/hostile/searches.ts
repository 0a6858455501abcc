/** Search strings from a grammar that knows what is allowed and does not keep to it. */
import type { Random } from '../../oracle/random/random.ts'
import { encoded, fragment, mutateText, tangle } from './fragments.ts'
import type { Maker } from './request.ts'

const modifiers = [
  ...['exact', 'contains', 'missing', 'not', 'text', 'in', 'not-in', 'above', 'below', 'of-type', 'identifier', 'type'],
  ...['Patient', 'Nope', 'iterate', 'recurse', 'nickname', '', ':', 'exact:exact'],
]

const values: readonly ((random: Random) => string)[] = [
  () => 'a',
  (random) => String(random.below(100)),
  (random) => `${random.pick(['eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap', 'xx', ''])}${random.below(3000)}`,
  (random) => `${random.pick(['gt', 'ap', ''])}20${random.below(99)}-${random.below(20)}-${random.below(40)}`,
  (random) => `http://loinc.org|${random.below(99999)}`,
  (random) => `Patient/${random.below(100)}`,
  (random) => `${random.below(90)}|${random.below(180)}|${random.below(1000)}|km`,
  (random) => `5.4|http://unitsofmeasure.org|${random.pick(['mg', 'g', '[lb_av]', 'mg/mg{', '10*', '%', 'm[Hg'])}`,
  (random) => `a$${random.below(5)}$b`,
  (random) => Array.from({ length: random.below(60) }, (_, i) => `v${i}`).join(','),
]

const results: readonly (readonly [string, readonly string[]])[] = [
  ['_count', ['0', '-1', '1e9', '1000000000', '3.5', '', 'many', '0x10', '99999999999999999999']],
  ['_sort', ['', '-', '--_id', '_id,', 'nope', '-date,date', '_lastUpdated,_lastUpdated', '_score', 'near']],
  ['_include', ['*', 'Patient:*', 'Nope:x', 'Patient', ':', 'Patient:link:Nope', 'Patient:name', 'Patient:', '*:*']],
  ['_revinclude', ['*', 'Observation:*', 'Observation:patient', 'Observation:subject:Group', 'x:y:z:w']],
  ['_include:iterate', ['*', 'Patient:link', 'Observation:has-member']],
  ['_summary', ['true', 'count', 'text', 'maybe', '']],
  ['_elements', ['id', 'nope', 'id,,name', '*', 'Patient.name', "'"]],
  ['_total', ['none', 'accurate', 'estimate', 'all', '']],
  ['_cursor', ['', 'x', 'AAAA', '1.2.3', '%00', '-1', '9'.repeat(300)]],
  ['_format', ['json', 'xml', 'ttl', 'application/fhir xml', '', 'application/json']],
  ['_pretty', ['true', 'yes']],
  ['_explain', ['true', '1']],
  ['_contained', ['true', 'both', 'maybe']],
  ['_containedType', ['container', 'contained', 'x']],
  ['_type', ['Patient', 'Patient,Nope', '', 'Patient,,Observation', '*']],
  ['_since', ['2020', 'now', '2020-01-01T00:00:00Z', '-1']],
  ['_at', ['2020', 'gt2020', 'zz']],
  ['_query', ['x', '']],
  ['_score', ['1']],
]

/** Without a `?`. */
export function randomSearch(maker: Maker, type: string): string {
  const { random } = maker
  const pairs = Array.from({ length: random.pick([1, 1, 2, 3, 4]) }, () => random.weighted(pair)(maker, type))
  const text = pairs.map(([name, value]) => `${encoded(name, random)}=${encoded(value, random)}`).join('&')
  return random.chance(0.1) ? withoutControls(mutateText(text, random)) : text
}

type Pair = readonly [name: string, value: string]

const pair: readonly (readonly [number, (maker: Maker, type: string) => Pair])[] = [
  [30, (maker, type) => [parameterName(maker, type), value(maker.random)]],
  [8, (maker, type) => [chain(maker, type), value(maker.random)]],
  [8, (maker) => [has(maker), value(maker.random)]],
  [12, ({ random }) => resultPair(random)],
  [6, ({ random }) => ['_filter', filter(random)]],
  [6, ({ random }) => [random.pick(specials), value(random)]],
  [2, ({ random }) => [tangle(random), value(random)]],
]

const specials = [
  '_id',
  '_lastUpdated',
  '_profile',
  '_tag',
  '_security',
  '_source',
  '_list',
  '_text',
  '_content',
  '_has',
]

function resultPair(random: Random): Pair {
  const [name, given] = random.pick(results)
  return [name, random.chance(0.8) ? random.pick(given) : fragment(random)]
}

function parameterName({ random, definitions }: Maker, type: string): string {
  const codes = [...definitions.searchParameters(type).keys()]
  const name = random.chance(0.95) ? random.pick(codes) : fragment(random)
  return random.chance(0.25) ? `${name}:${random.pick(modifiers)}` : name
}

function chain(maker: Maker, type: string): string {
  const { random } = maker
  const steps = Array.from({ length: 1 + random.below(random.chance(0.05) ? 40 : 4) }, () => {
    const name = parameterName(maker, random.chance(0.6) ? type : random.pick(maker.types))
    return random.chance(0.3) ? `${name}:${random.pick(['Patient', 'Nope', 'Group', ''])}` : name
  })
  return `${steps.join('.')}${random.chance(0.1) ? '.' : ''}`
}

function has(maker: Maker): string {
  const { random, types } = maker
  const one = () => {
    const type = random.chance(0.8) ? random.pick(types) : fragment(random)
    const references = ['patient', 'subject', 'encounter', 'performer', 'nope', '']
    return `_has:${type}:${random.pick(references)}:`
  }
  const nested = Array.from({ length: 1 + random.below(random.chance(0.1) ? 12 : 2) }, one).join('')
  const name = `${nested}${random.chance(0.8) ? parameterName(maker, random.pick(types)) : ''}`
  // Not closed, somewhere.
  return random.chance(0.3) ? name.slice(0, 5 + random.below(name.length)) : name
}

const words = [
  'name',
  'eq',
  'co',
  'sw',
  'and',
  'or',
  'not',
  '(',
  ')',
  '[',
  ']',
  '"a"',
  'birthdate',
  'gt',
  '2020',
  'pr',
  'true',
]

function filter(random: Random): string {
  if (random.chance(0.1)) return '('.repeat(random.below(3000))
  const list = Array.from({ length: 1 + random.below(12) }, () =>
    random.chance(0.9) ? random.pick(words) : fragment(random),
  )
  return list.join(' ')
}

function value(random: Random): string {
  const text = random.weighted([
    [6, random.pick(values)],
    [1, fragment],
    [1, tangle],
  ])(random)
  return random.chance(0.1) ? mutateText(text, random) : text
}

/** A request line has no line breaks and no spaces; the tools that send it would refuse. */
export function withoutControls(text: string): string {
  return text.replace(/[^\x21-\x7e]/g, '')
}
