/** Checks that the audit trail is what the server has written: all of it, unchanged, and nothing else. */
import type { Context } from '../../context.ts'
import { auditContents, type Segment, segmentsFrom, unchainedKeys } from '../../store/audit.ts'
import { beginning, isSealed, leafLength, leafOf, segmentHash } from './chain.ts'

export interface AuditReport {
  readonly segments: number
  readonly events: number
  readonly problems: number
  /** Some of the problems: what is wrong with what. */
  readonly examples: readonly AuditProblem[]
  /** The hash that the chain ends with, to be kept elsewhere: whoever has it can tell later that nothing before was lost. */
  readonly head: string
}

export interface AuditProblem {
  readonly check: 'changed' | 'missing' | 'added' | 'segment' | 'head'
  /** `AuditEvent/1`, or the number of a segment. */
  readonly reference: string
  readonly detail: string
}

const most = 100
/** Segments that are looked at together. */
const together = 20

/** `head`: the hash of an earlier report, which the chain must still contain. */
export async function verifyAudit({ store, sealer, indexes }: VerifyWorld, head?: string): Promise<AuditReport> {
  const db = store.database
  const examples: AuditProblem[] = []
  let problems = 0
  const complain = (check: AuditProblem['check'], reference: string, detail: string) => {
    problems += 1
    if (examples.length < most) examples.push({ check, reference, detail })
  }
  const nameOf = (key: bigint) => `AuditEvent/${indexes.terms.id('AuditEvent', key)}`
  let before: Buffer = beginning
  let number = 0
  let events = 0
  let knowsHead = head === undefined || head === before.toString('hex')
  for (;;) {
    const segments = await segmentsFrom(db, number + 1, together)
    for (const segment of segments) {
      if (segment.number !== number + 1) complain('segment', `segment ${number + 1}`, 'is missing')
      checkSegment(segment, before, sealer, complain)
      const contents = await auditContents(db, segment.keys)
      segment.keys.forEach((key, i) => {
        const leaf = segment.leaves.subarray(i * leafLength, (i + 1) * leafLength)
        const content = contents.get(key)
        if (content === undefined) complain('missing', nameOf(key), 'was removed')
        else if (!leafOf(content).equals(leaf)) complain('changed', nameOf(key), 'is not what was stored')
      })
      events += segment.keys.length
      before = segment.hash
      number = segment.number
      knowsHead ||= head === before.toString('hex')
    }
    if (segments.length === 0) break
  }
  for (const key of await unchainedKeys(db, most)) complain('added', nameOf(key), 'is in no segment of the chain')
  if (!knowsHead) complain('head', head!, 'is no longer in the chain: its end was removed')
  return { segments: number, events, problems, examples, head: before.toString('hex') }
}

export type VerifyWorld = Pick<Context, 'store' | 'sealer' | 'indexes'>

type Complain = (check: AuditProblem['check'], reference: string, detail: string) => void

function checkSegment(segment: Segment, before: Buffer, sealer: Context['sealer'], complain: Complain): void {
  const name = `segment ${segment.number}`
  if (segment.leaves.length !== segment.keys.length * leafLength) complain('segment', name, 'has another length')
  else if (!segmentHash(segment, before).equals(segment.hash)) {
    complain('segment', name, 'does not follow from what is before it')
  } else if (!isSealed(sealer, segment)) complain('segment', name, 'was not written by this server')
}
