/** The chain that AuditEvents are in: every segment contains the hash of the one before, and a seal that only the server makes. */
import { createHash } from 'node:crypto'
import type { Context } from '../../context.ts'
import type { Segment } from '../../store/audit.ts'

export const leafLength = 32

/** What stands before the first segment. */
export const beginning: Buffer = Buffer.alloc(leafLength)

export function leafOf(content: string): Buffer {
  return createHash('sha256').update(content).digest()
}

export function segmentHash(
  { number, made, keys, leaves }: Pick<Segment, 'number' | 'made' | 'keys' | 'leaves'>,
  before: Buffer,
): Buffer {
  const hash = createHash('sha256').update('candela audit segment').update(before)
  hash.update(`${number} ${made} ${keys.join(' ')} `)
  return hash.update(leaves).digest()
}

export function sealSegment(sealer: Context['sealer'], number: number, hash: Buffer): Buffer {
  return sealer.seal(hash.toString('hex'), purposeOf(number))
}

export function isSealed(
  sealer: Context['sealer'],
  { number, hash, seal }: Pick<Segment, 'number' | 'hash' | 'seal'>,
): boolean {
  try {
    return sealer.open(seal, purposeOf(number)) === hash.toString('hex')
  } catch {
    return false
  }
}

function purposeOf(number: number): string {
  return `audit segment ${number}`
}
