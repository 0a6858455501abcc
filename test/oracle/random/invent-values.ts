/** Primitive values and quantities made up at random. */
import type { ElementType } from '../../../server/fhir/definitions.ts'
import type { Random } from './random.ts'

export interface InventedQuantity {
  readonly value: number
  readonly unit: string
  readonly system: string
  readonly code: string
}

const ucum = 'http://unitsofmeasure.org'
const anyUnits = ['mg', 'g', 'kg', 'mm[Hg]', 'mmol/L', 'mL', 'L', 'cm', 'm', '%']
const timeUnits = ['min', 'h', 'd', 'wk', 'mo', 'a']

/** A quantity in UCUM units; of time for the types that need it. */
export function inventQuantity(random: Random, type = 'Quantity'): InventedQuantity {
  const code = random.pick(type === 'Age' || type === 'Duration' ? timeUnits : type === 'Count' ? ['1'] : anyUnits)
  const whole = random.below(200) + 1
  const value = type === 'Count' || random.chance(0.5) ? whole : whole + random.below(100) / 100
  return { value, unit: code, system: ucum, code }
}

const words = ['Ärger', 'Bericht', 'Cœur', 'delta', 'Écho', 'fall', 'Große Straße', 'heart', 'Île', 'joint']

const two = (value: number) => String(value).padStart(2, '0')

function date(random: Random): string {
  const year = `${2005 + random.below(20)}`
  const month = `${year}-${two(1 + random.below(12))}`
  return random.weighted([
    [1, year],
    [1, month],
    [4, `${month}-${two(1 + random.below(28))}`],
  ])
}

function instant(random: Random): string {
  const day = `${2005 + random.below(20)}-${two(1 + random.below(12))}-${two(1 + random.below(28))}`
  const fraction = random.pick(['', '', '.5', '.25', `.${String(random.below(1000)).padStart(3, '0')}`])
  const zone = random.pick(['Z', 'Z', '+02:00', '-05:00', '+05:30'])
  return `${day}T${two(random.below(24))}:${two(random.below(60))}:${two(random.below(60))}${fraction}${zone}`
}

const phrase = (random: Random) => `${random.pick(words)} ${random.pick(words)} ${random.below(50)}`

/** Versions that canonicals name, some of them part of others. */
export const inventedVersions = ['1.0', '1.0.3', '2'] as const

/** The url of one of a few things that canonicals name. */
export function inventedCanonical(type: string, random: Random): string {
  return `http://example.org/fhir/${type}/${random.below(4)}`
}

const primitives: Readonly<Record<string, (random: Random, type: ElementType) => unknown>> = {
  boolean: (random) => random.chance(0.5),
  integer: (random) => random.below(200),
  unsignedInt: (random) => random.below(200),
  positiveInt: (random) => 1 + random.below(200),
  decimal: (random) => random.below(10_000) / 100,
  string: phrase,
  markdown: phrase,
  date,
  dateTime: (random) => (random.chance(0.5) ? date(random) : instant(random)),
  instant,
  time: (random) => `${two(random.below(24))}:00:00`,
  uri: (random) => `http://example.org/fhir/${random.pick(['a', 'a/b', 'a/b/c', 'ab', 'x'])}`,
  url: (random) => `http://example.org/files/${random.below(9)}`,
  oid: (random) => `urn:oid:1.2.3.${random.below(9)}`,
  uuid: () => 'urn:uuid:c757873d-ec9a-4326-a141-556f43239520',
  id: (random) => `id-${random.below(9)}`,
  code: (random) => random.pick(['alpha', 'beta', 'gamma']),
  canonical: (random, { targets = [] }) => {
    const version = random.pick([undefined, undefined, ...inventedVersions])
    const url = inventedCanonical(random.pick(targets) ?? 'Library', random)
    return version === undefined ? url : `${url}|${version}`
  },
}

/** A value of a primitive type; of its required codes where there are any. Undefined where they cannot be listed. */
export function inventPrimitive(type: ElementType, random: Random, codes?: readonly string[]): unknown {
  if (codes) return codes.length > 0 ? random.pick(codes) : undefined
  return primitives[type.code]?.(random, type)
}
