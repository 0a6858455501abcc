/** What somebody of the practice said about a result, to the patient. */
import type { JsonObject } from '../../server/fhir/json.ts'
import { objectIn, objectsIn, referenceIn, textIn } from '../../server/fhir/results/reading.ts'

export interface Comment {
  readonly reference: string
  readonly text: string
  /** A FHIR dateTime. */
  readonly sent: string | undefined
  readonly sender: string | undefined
}

/** By the result that they are about, the newest first. */
export function commentsByResult(communications: readonly JsonObject[]): ReadonlyMap<string, readonly Comment[]> {
  const all = communications.flatMap((communication) => {
    const comment = commentOf(communication)
    return comment === undefined
      ? []
      : objectsIn(communication['about']).map((about) => [referenceIn(about), comment] as const)
  })
  const inOrder = all.toSorted(([, a], [, b]) => (b.sent ?? '').localeCompare(a.sent ?? ''))
  const groups = Map.groupBy(inOrder, ([about]) => about ?? '')
  return new Map([...groups].map(([about, list]) => [about, list.map(([, comment]) => comment)]))
}

function commentOf(communication: JsonObject): Comment | undefined {
  const texts = objectsIn(communication['payload']).flatMap((part) => textIn(part['contentString']) ?? [])
  if (texts.length === 0) return undefined
  return {
    reference: `Communication/${String(communication['id'])}`,
    text: texts.join('\n'),
    sent: textIn(communication['sent']),
    sender: textIn(objectIn(communication['sender'])?.['display']),
  }
}
