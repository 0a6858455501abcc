/** Query texts for a value that some resource has: mostly such that it matches, in all the ways that a query can be written. */
import type { SearchParameter, SearchParameterType } from '../../../server/fhir/definitions.ts'
import type { ValueOf } from '../cell.ts'
import { componentsOf } from '../cell.ts'
import { escaped } from '../query.ts'
import { canonicalResources, parentParameter, withAncestors } from '../reach.ts'
import type { QuantityValue } from '../values/quantity.ts'
import { baseUnit, ucum } from '../values/quantity.ts'
import { localKey } from '../values/reference.ts'
import { normalise } from '../values/string.ts'
import type { TokenValue } from '../values/token.ts'
import type { World } from '../world.ts'
import { chooseDate } from './choose-date.ts'
import type { Random } from './random.ts'

/** One value of a query; `text` has the escapes of the search syntax, `feature` names what it exercises. */
export interface Choice {
  readonly modifier: string
  readonly text: string
  readonly feature: string
}

export interface Chooser {
  readonly world: World
  readonly random: Random
  readonly parameter: SearchParameter
}

type Choose<T> = (value: T, chooser: Chooser) => Choice | undefined

/** A text for a value of a parameter; undefined where the value cannot be asked for. */
export function chooseText(value: unknown, chooser: Chooser): Choice | undefined {
  return choosers[chooser.parameter.type](value as never, chooser)
}

const prefixes = ['', '', 'eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap']

/** A prefix, as often as not none. */
export function choosePrefix(random: Random): string {
  return random.pick(prefixes)
}

/** A number near one that is known, with the digits that a person would write. */
export function chooseNumber(around: number, random: Random): string {
  const moved = random.chance(0.5) ? around : around + (random.next() - 0.5) * (Math.abs(around) + 1)
  const rounded = Number(moved.toPrecision(1 + random.below(5)))
  const plain = Math.abs(rounded) < 1e-6 || Math.abs(rounded) >= 1e15 ? rounded.toExponential() : String(rounded)
  return random.weighted([
    [6, plain],
    [1, /[.e]/.test(plain) ? plain : `${plain}.0`],
    [1, rounded.toExponential().replace('e+', 'e')],
  ])
}

const choosers: { readonly [T in SearchParameterType]: Choose<ValueOf[T]> } = {
  string: ({ original }, { random }) => {
    const letters = [...original]
    const modifier = random.weighted([
      [5, ''],
      [3, 'contains'],
      [2, 'exact'],
    ])
    if (modifier === 'exact')
      return choice(modifier, random.chance(0.8) ? original : distorted(original, random), 'string')
    const start = modifier === 'contains' ? random.below(letters.length) : 0
    const part = letters.slice(start, start + 1 + random.below(12)).join('')
    return normalise(part) === '' ? undefined : choice(modifier, distorted(part, random), 'string')
  },
  token: chooseToken,
  date: (range, { random, world }) => {
    const text = chooseDate(range, world.now, random)
    const prefix = choosePrefix(random)
    return text === undefined ? undefined : { modifier: '', text: prefix + text, feature: `date:${prefix || 'none'}` }
  },
  number: ({ raw }, { random }) => {
    const prefix = choosePrefix(random)
    return { modifier: '', text: prefix + chooseNumber(raw, random), feature: `number:${prefix || 'none'}` }
  },
  quantity: chooseQuantity,
  reference: chooseReference,
  uri: (value, { random }) => {
    const modifier = random.weighted([
      [4, ''],
      [3, 'below'],
      [3, 'above'],
    ])
    if (modifier === '' || !/^https?:/.test(value)) return choice('', value, 'uri')
    const texts = { below: value.slice(0, Math.max(value.lastIndexOf('/'), 9)), above: `${value}/${random.below(9)}` }
    return choice(modifier, random.chance(0.3) ? value : texts[modifier as 'below' | 'above'], 'uri')
  },
  composite: (element, { world, random, parameter }) => {
    const parts = componentsOf(world, parameter).map((component, i) => {
      const value = element[i]!.length > 0 ? random.pick(element[i]!) : undefined
      return value === undefined ? undefined : withoutModifier(value, { world, random, parameter: component })
    })
    if (parts.some((part) => part === undefined)) return undefined
    return { modifier: '', text: parts.join('$'), feature: 'composite' }
  },
  special: ({ latitude, longitude }, { random }) => {
    const moved = (degrees: number) => Number((degrees + (random.next() - 0.5) / 4).toFixed(3))
    // Longitudes go on beyond 180°; beyond a pole there is nothing.
    const north = Math.max(-90, Math.min(90, moved(latitude)))
    const east = moved(longitude)
    const rest = random.pick(['', '|25', '|15|km', '|20000|m', '|12.5|[mi_us]', '|8|mi_us', '|2000'])
    return { modifier: '', text: `${north}|${east}${rest}`, feature: 'near' }
  },
}

function choice(modifier: string, text: string, type: string): Choice {
  return { modifier, text: escaped(text), feature: `${type}:${modifier || 'none'}` }
}

/** Components take no modifiers: tries until a text without one comes up. */
function withoutModifier(value: unknown, chooser: Chooser): string | undefined {
  for (let attempt = 0; attempt < 6; attempt++) {
    const chosen = chooseText(value, chooser)
    if (chosen?.modifier === '') return chosen.text
  }
  return undefined
}

function distorted(text: string, random: Random): string {
  return random.weighted([
    [4, text],
    [1, text.toUpperCase()],
    [1, text.toLowerCase()],
    [1, text.normalize('NFD').replace(/\p{M}/gu, '')],
    [1, normalise(text) || text],
  ])
}

function chooseToken(value: TokenValue, { random, world }: Chooser): Choice | undefined {
  const system = value.system === undefined ? '' : escaped(value.system)
  const text = value.texts?.length ? random.pick(value.texts) : undefined
  if (text && (value.code === undefined || random.chance(0.2))) {
    return choice('text', text.slice(0, 1 + random.below(12)).trim() || text, 'token')
  }
  if (value.code === undefined) return undefined
  const type = value.types?.[0]
  if (type?.system && type.code && random.chance(0.6)) {
    const parts = [type.system, type.code, value.code].map(escaped)
    return { modifier: 'of-type', text: parts.join('|'), feature: 'token:of-type' }
  }
  const valueSet = random.chance(0.3) ? valueSetWith(value, world) : undefined
  if (valueSet) return choice(random.pick(['in', 'not-in']), valueSet, 'token')
  const code = escaped(value.caseSensitive || random.chance(0.7) ? value.code : random.pick([upper, lower])(value.code))
  const modifier = random.chance(0.12) ? 'not' : ''
  const [form, written] = random.weighted<[string, string]>([
    [4, ['code', code]],
    [value.system ? 5 : 2, [value.system ? 'system|code' : '|code', `${system}|${code}`]],
    [value.system ? 1 : 0, ['system|', `${system}|`]],
  ])
  return { modifier, text: written, feature: modifier ? `token:${modifier}` : `token:${form}` }
}

const upper = (text: string) => text.toUpperCase()
const lower = (text: string) => text.toLowerCase()

/** A value set that lists the code; of several that share a url any could be meant. */
function valueSetWith(value: TokenValue, world: World): string | undefined {
  const all = canonicalResources(world)
  const listed = world.population('ValueSet').members.filter(({ resource }) => isPlainList(resource as ValueSetShape))
  const urls = listed.map(({ resource }) => resource['url'] as string).filter((url) => all.get(url)!.length === 1)
  const coded = `${value.system}|${value.code}`.toLowerCase()
  return urls.find((url) => world.codesOf(url)?.has(coded))
}

interface ValueSetShape {
  readonly url?: string
  readonly compose?: {
    readonly include?: readonly { concept?: unknown; valueSet?: unknown; filter?: unknown }[]
    readonly exclude?: unknown
  }
}

/** True for a value set that lists its codes one by one. */
function isPlainList({ url, compose = {} }: ValueSetShape): boolean {
  const isPlain = (compose.include ?? []).every(({ concept, valueSet, filter }) => concept && !valueSet && !filter)
  return url !== undefined && compose.exclude === undefined && isPlain
}

/** Units that people write in place of others. */
const alternatives = [
  ['mg', 'g', 'ug', 'kg'],
  ['cm', 'm', 'mm'],
  ['min', 'h', 'd', 'wk', 'a', 'mo'],
  ['mL', 'L', 'dL'],
  ['mg/dL', 'g/L', 'g/dL', 'mg/L'],
  ['ng/mL', 'ug/L', 'pg/mL'],
  ['mm[Hg]', 'kPa'],
  ['mmol/L', 'umol/mL', 'mol/L'],
]

function chooseQuantity({ raw, unit }: QuantityValue, { random }: Chooser): Choice {
  const prefix = choosePrefix(random)
  const form = random.weighted([
    [3, 'number'],
    [unit.code || unit.unit ? 2 : 0, 'number||unit'],
    [unit.system && unit.code ? 5 : 0, 'number|system|code'],
  ])
  if (form === 'number') return quantity(prefix, raw, '', form, random)
  if (form === 'number||unit') {
    const written = random.pick([unit.code, unit.unit].filter((part) => part !== undefined))
    return quantity(prefix, raw, `||${escaped(written)}`, form, random)
  }
  const others = unit.system === ucum ? alternatives.find((group) => group.includes(unit.code!)) : undefined
  if (!others || random.chance(0.5))
    return quantity(prefix, raw, `|${unit.system}|${escaped(unit.code!)}`, form, random)
  const code = random.pick(others)
  const converted = (raw * baseUnit(unit.code!)!.factor) / baseUnit(code)!.factor
  return quantity(prefix, Number(converted.toPrecision(8)), `|${ucum}|${code}`, 'other unit', random)
}

function quantity(prefix: string, raw: number, unit: string, form: string, random: Random): Choice {
  const feature = random.chance(0.5) ? `quantity:${prefix || 'none'}` : `quantity:${form}`
  return { modifier: '', text: `${prefix}${chooseNumber(raw, random)}${unit}`, feature }
}

function chooseReference(value: ValueOf['reference'], chooser: Chooser): Choice | undefined {
  const { random, world, parameter } = chooser
  const { identifier, canonical, elsewhere } = value
  if (identifier?.code !== undefined && random.chance(0.7)) {
    const system = random.chance(0.6) && identifier.system ? `${escaped(identifier.system)}|` : ''
    return { modifier: 'identifier', text: system + escaped(identifier.code), feature: 'reference:identifier' }
  }
  if (canonical) {
    if (random.chance(0.3)) return chooseVersions(canonical, random)
    const text = random.chance(0.5) ? value.raw! : canonical.url
    return { modifier: '', text: escaped(text), feature: 'reference:canonical' }
  }
  if (elsewhere !== undefined) return { modifier: '', text: escaped(elsewhere), feature: 'reference:elsewhere' }
  const key = localKey(value)
  if (key === undefined) return undefined
  const typed = parameter.target?.includes(value.type!) ? 2 : 0
  if (typed && parentParameter(world, value.type!) && random.chance(0.4)) return chooseRelative(key, chooser)
  const [form, modifier, text] = random.weighted<[string, string, string]>([
    [4, ['Type/id', '', key]],
    [typed, ['id', '', value.id!]],
    [typed, [':Type', value.type!, value.id!]],
    [1, ['absolute', '', `${world.base}/${key}`]],
    [1, ['version', '', `${key}/_history/${1 + random.below(3)}`]],
  ])
  return { modifier, text: escaped(text), feature: `reference:${form}` }
}

/** The versions that a version is one of, or those that are among them. */
function chooseVersions({ url, version }: NonNullable<ValueOf['reference']['canonical']>, random: Random): Choice {
  const modifier = random.pick(['above', 'below'])
  const part = version?.split('.').slice(0, 1).join('.')
  const asked = random.pick([undefined, version, modifier === 'below' ? part : `${version ?? '3'}.${random.below(3)}`])
  const text = asked === undefined ? url : `${url}|${asked}`
  return { modifier, text: escaped(text), feature: `reference:${modifier} version` }
}

/** The resource, something that it is part of, or something that is part of it. */
function chooseRelative(key: string, { random, world }: Chooser): Choice {
  const modifier = random.pick(['above', 'below'])
  const above = [...withAncestors(world, key)]
  const others = world.population(key.split('/')[0]!).members.map((member) => member.key)
  const around = modifier === 'below' ? above : others.filter((other) => withAncestors(world, other).has(key))
  const asked = random.pick(random.chance(0.8) && around.length > 0 ? around : others)
  const text = random.chance(0.3) ? asked.split('/')[1]! : asked
  return { modifier, text: escaped(text), feature: `reference:${modifier}` }
}
