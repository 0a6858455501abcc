/**
 * UCUM as laboratories use it, small enough for browsers: which units are comparable, and by which factor.
 * What is not known here is comparable with itself alone. https://ucum.org/ucum
 */

/** 1 of the unit is `factor` of the dimension. */
export interface UnitScale {
  readonly dimension: string
  readonly factor: number
}

type Atom = readonly [factor: number, dimensions: Readonly<Record<string, number>>]

/** In grams, metres, seconds, moles, and what counts for itself. */
const atoms: Readonly<Record<string, Atom>> = {
  g: [1, { mass: 1 }],
  m: [1, { length: 1 }],
  s: [1, { time: 1 }],
  min: [60, { time: 1 }],
  h: [3600, { time: 1 }],
  d: [86_400, { time: 1 }],
  wk: [604_800, { time: 1 }],
  a: [31_557_600, { time: 1 }],
  L: [1e-3, { length: 3 }],
  l: [1e-3, { length: 3 }],
  mol: [1, { amount: 1 }],
  eq: [1, { equivalents: 1 }],
  osm: [1, { amount: 1 }],
  Pa: [1000, { mass: 1, length: -1, time: -2 }],
  'm[Hg]': [133_322_000, { mass: 1, length: -1, time: -2 }],
  kat: [1, { amount: 1, time: -1 }],
  U: [1e-6 / 60, { amount: 1, time: -1 }],
  Hz: [1, { time: -1 }],
  '%': [0.01, {}],
  '[ppth]': [1e-3, {}],
  '[lb_av]': [453.592_37, { mass: 1 }],
  '[oz_av]': [28.349_523_125, { mass: 1 }],
  '[in_i]': [0.0254, { length: 1 }],
  '[ft_i]': [0.3048, { length: 1 }],
  // International units of one substance are not those of another: they are compared within one test alone.
  '[IU]': [1, { international: 1 }],
  '[iU]': [1, { international: 1 }],
}

const prefixes: Readonly<Record<string, number>> = {
  ...{ k: 1e3, h: 1e2, da: 1e1, d: 1e-1, c: 1e-2, m: 1e-3, u: 1e-6, n: 1e-9, p: 1e-12, f: 1e-15, M: 1e6, G: 1e9 },
}

/** These take no prefix. */
const unscaled: ReadonlySet<string> = new Set([
  'min',
  'h',
  'd',
  'wk',
  '%',
  '[ppth]',
  '[lb_av]',
  '[oz_av]',
  '[in_i]',
  '[ft_i]',
])

const term = /^(?:(\d+)(?:[*^])([+-]?\d+)|(\d+)|([^\d./{}()]+?)([+-]?\d+)?)?(?:\{[^{}]*\})?$/

/** The scale of a UCUM code; undefined where it is none, or one of another kind (Cel, logarithms). */
export function labUnitScale(code: string): UnitScale | undefined {
  if (!known.has(code)) {
    if (known.size >= 1000) known.clear()
    known.set(code, scaleOf(code))
  }
  return known.get(code)
}

/** Outside of annotations: `mL/min/{1.73_m2}`. */
const operator = /(?<!\{[^}]*)([./])(?![^{]*\})/

const known = new Map<string, UnitScale | undefined>()

function scaleOf(code: string): UnitScale | undefined {
  if (code.length > 64) return undefined
  const dimensions = new Map<string, number>()
  let factor = 1
  let sign = 1
  // `/uL` has no term before its operator.
  const parts = (code.startsWith('/') ? `1${code}` : code).split(operator)
  for (const part of parts) {
    if (part === '/' || part === '.') {
      sign = part === '/' ? -1 : 1
      continue
    }
    const scale = part === '' ? undefined : termScale(part)
    if (!scale) return undefined
    factor *= scale[0] ** sign
    for (const [name, power] of Object.entries(scale[1])) {
      dimensions.set(name, (dimensions.get(name) ?? 0) + sign * power)
    }
  }
  const named = [...dimensions].filter(([, power]) => power !== 0).map(([name, power]) => `${name}${power}`)
  return { dimension: named.sort().join(' '), factor }
}

function termScale(part: string): Atom | undefined {
  const match = term.exec(part)
  if (!match) return undefined
  const [, base, exponent, number, symbol, power] = match
  if (base !== undefined) return base === '10' ? [10 ** Number(exponent), {}] : undefined
  if (number !== undefined) return [Number(number), {}]
  if (symbol === undefined) return [1, {}]
  const atom = atomOf(symbol)
  if (!atom || power === undefined) return atom
  const times = Number(power)
  const dimensions = Object.entries(atom[1]).map(([name, one]) => [name, one * times] as const)
  return [atom[0] ** times, Object.fromEntries(dimensions)]
}

function atomOf(symbol: string): Atom | undefined {
  if (Object.hasOwn(atoms, symbol)) return atoms[symbol]
  for (const length of [1, 2]) {
    const prefix = symbol.slice(0, length)
    const rest = symbol.slice(length)
    if (!Object.hasOwn(prefixes, prefix) || !Object.hasOwn(atoms, rest) || unscaled.has(rest)) continue
    const [factor, dimensions] = atoms[rest]!
    return [prefixes[prefix]! * factor, dimensions]
  }
  return undefined
}
