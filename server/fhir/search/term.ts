/**
 * Terms: the 64-bit values by which resources are found. A resource has a key; every token, reference, uri and exact
 * string of a search path becomes a term. All are keyed with the database's secret, so that no client can choose an id
 * or a value that collides with another's.
 */
import { type SipKey, sipHash } from './siphash.ts'

/** A domain of terms: a search path, or a resource type. */
export interface Tweak {
  readonly low: number
  readonly high: number
}

export interface Terms {
  /** The term of a value within a domain. */
  term(domain: Tweak, text: string): bigint
  /** The key of the resource `type/id`: positive for ids this server gave out, negative for ids that clients chose. */
  key(type: string, id: string): bigint
  /** The id for a new resource whose key will be `key` (positive, see `newKey`). */
  id(type: string, key: bigint): string
}

const macKey = tweak('candela id')
const idPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-7000-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
/** 2020-01-01: keys hold 41 bits of milliseconds since then. */
const epoch = 1_577_836_800_000
const signBit = 1n << 63n

/** The domain named `name`; the same in every process and database. */
export function tweak(name: string): Tweak {
  const hash = sipHash([0, 0, 0, 0], name)
  return { low: Number(BigInt.asIntN(32, hash)), high: Number(BigInt.asIntN(32, hash >> 32n)) }
}

export function createTerms(secret: SipKey): Terms {
  const typeTweaks = new Map<string, Tweak>()
  const tweakOf = (type: string) => {
    const known = typeTweaks.get(type) ?? tweak(`key ${type}`)
    typeTweaks.set(type, known)
    return known
  }
  const mac = (type: string, prefix: string) => {
    const { low, high } = tweakOf(type)
    const tag = BigInt.asUintN(40, sipHash(secret, prefix, low ^ macKey.low, high ^ macKey.high))
    return tag.toString(16).padStart(10, '0')
  }

  return {
    term: (domain, text) => sipHash(secret, text, domain.low, domain.high),
    key: (type, id) => {
      if (idPattern.test(id) && id.slice(26) === mac(type, id.slice(0, 26))) return keyInId(id)
      const { low, high } = tweakOf(type)
      return sipHash(secret, id, low, high) | -signBit
    },
    id: (type, key) => {
      const prefix = idPrefix(key)
      return prefix + mac(type, prefix)
    },
  }
}

/**
 * A key that no other process makes: 41 bits of milliseconds, 10 of the process's `node` number, 12 of `sequence`.
 * Keys, and so ids and rows, are in order of creation.
 */
export function newKey(milliseconds: number, node: number, sequence: number): bigint {
  return (BigInt(milliseconds - epoch) << 22n) | BigInt((node << 12) | sequence)
}

/**
 * A UUID version 7: 48 bits of time, the version, 12 zero bits kept for a distribution bucket, the variant, and the 22
 * bits of the key that are not time; 40 bits remain for the authentication tag.
 */
function idPrefix(key: bigint): string {
  const time = ((key >> 22n) + BigInt(epoch)).toString(16).padStart(12, '0')
  const rest = Number(key & 0x3fffffn)
  const variant = (0x8000 | (rest >>> 8)).toString(16)
  const low = (rest & 0xff).toString(16).padStart(2, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-${variant}-${low}`
}

function keyInId(id: string): bigint {
  const time = Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) - epoch
  const rest = ((Number.parseInt(id.slice(19, 23), 16) & 0x3fff) << 8) | Number.parseInt(id.slice(24, 26), 16)
  return (BigInt(time) << 22n) | BigInt(rest)
}
