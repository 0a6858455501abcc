/**
 * SipHash over the UTF-16 code units of a string, in 32-bit halves. A keyed hash: who does not know the key cannot make
 * two values collide. https://cr.yp.to/siphash/siphash-20120918.pdf
 */

/** The 128-bit key as four 32-bit words, low word first. */
export type SipKey = readonly [number, number, number, number]

const halves = new Int32Array(2)
const whole = new BigInt64Array(halves.buffer)

/**
 * 64-bit hash of `text` as a signed bigint. `tweakLow` and `tweakHigh` separate domains: they are mixed into the key.
 * `rounds` and `finalRounds` are 1 and 3 for speed (SipHash-1-3); the published vectors use 2 and 4.
 */
export function sipHash(key: SipKey, text: string, tweakLow = 0, tweakHigh = 0, rounds = 1, finalRounds = 3): bigint {
  const k1l = key[2] ^ tweakLow
  const k1h = key[3] ^ tweakHigh
  state[0] = key[0] ^ 0x70736575
  state[1] = key[1] ^ 0x736f6d65
  state[2] = k1l ^ 0x6e646f6d
  state[3] = k1h ^ 0x646f7261
  state[4] = key[0] ^ 0x6e657261
  state[5] = key[1] ^ 0x6c796765
  state[6] = k1l ^ 0x79746573
  state[7] = k1h ^ 0x74656462

  const length = text.length
  const whole4 = length & ~3
  for (let i = 0; i < whole4; i += 4) {
    const low = text.charCodeAt(i) | (text.charCodeAt(i + 1) << 16)
    const high = text.charCodeAt(i + 2) | (text.charCodeAt(i + 3) << 16)
    absorb(low, high, rounds)
  }
  let low = 0
  let high = ((length * 2) & 0xff) << 24
  if (whole4 < length) low |= text.charCodeAt(whole4)
  if (whole4 + 1 < length) low |= text.charCodeAt(whole4 + 1) << 16
  if (whole4 + 2 < length) high |= text.charCodeAt(whole4 + 2)
  absorb(low, high, rounds)

  state[4]! ^= 0xff
  mix(finalRounds)
  halves[0] = state[0]! ^ state[2]! ^ state[4]! ^ state[6]!
  halves[1] = state[1]! ^ state[3]! ^ state[5]! ^ state[7]!
  return whole[0]!
}

/** v0…v3 as low and high words. */
const state = new Int32Array(8)

function absorb(low: number, high: number, rounds: number): void {
  state[6]! ^= low
  state[7]! ^= high
  mix(rounds)
  state[0]! ^= low
  state[1]! ^= high
}

function mix(rounds: number): void {
  let v0l = state[0]! | 0
  let v0h = state[1]! | 0
  let v1l = state[2]! | 0
  let v1h = state[3]! | 0
  let v2l = state[4]! | 0
  let v2h = state[5]! | 0
  let v3l = state[6]! | 0
  let v3h = state[7]! | 0
  let t = 0
  for (let i = 0; i < rounds; i++) {
    // v0 += v1; v1 <<<= 13; v1 ^= v0; v0 <<<= 32
    t = (v0l + v1l) | 0
    v0h = (v0h + v1h + carry(v0l, v1l, t)) | 0
    v0l = t
    t = (v1l << 13) | (v1h >>> 19)
    v1h = ((v1h << 13) | (v1l >>> 19)) ^ v0h
    v1l = t ^ v0l
    t = v0l
    v0l = v0h
    v0h = t
    // v2 += v3; v3 <<<= 16; v3 ^= v2
    t = (v2l + v3l) | 0
    v2h = (v2h + v3h + carry(v2l, v3l, t)) | 0
    v2l = t
    t = (v3l << 16) | (v3h >>> 16)
    v3h = ((v3h << 16) | (v3l >>> 16)) ^ v2h
    v3l = t ^ v2l
    // v0 += v3; v3 <<<= 21; v3 ^= v0
    t = (v0l + v3l) | 0
    v0h = (v0h + v3h + carry(v0l, v3l, t)) | 0
    v0l = t
    t = (v3l << 21) | (v3h >>> 11)
    v3h = ((v3h << 21) | (v3l >>> 11)) ^ v0h
    v3l = t ^ v0l
    // v2 += v1; v1 <<<= 17; v1 ^= v2; v2 <<<= 32
    t = (v2l + v1l) | 0
    v2h = (v2h + v1h + carry(v2l, v1l, t)) | 0
    v2l = t
    t = (v1l << 17) | (v1h >>> 15)
    v1h = ((v1h << 17) | (v1l >>> 15)) ^ v2h
    v1l = t ^ v2l
    t = v2l
    v2l = v2h
    v2h = t
  }
  state[0] = v0l
  state[1] = v0h
  state[2] = v1l
  state[3] = v1h
  state[4] = v2l
  state[5] = v2h
  state[6] = v3l
  state[7] = v3h
}

/** Carry out of the 32-bit addition `a + b = sum`, from the operands' and the sum's top bits. */
function carry(a: number, b: number, sum: number): number {
  return ((a & b) | ((a | b) & ~sum)) >>> 31
}
