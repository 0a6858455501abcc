/** Attachments: the stated size and the content. https://hl7.org/fhir/R4/datatypes.html#Attachment */
import type { JsonObject } from '../../json.ts'
import type { ItemCheck } from '../profile/values.ts'
import { tell } from '../profile/visit.ts'

/** The number of bytes that the data of an attachment stand for; undefined where there are none. */
export function attachmentSize({ data }: JsonObject): number | undefined {
  if (typeof data !== 'string') return undefined
  const compact = data.replace(/[ \t\r\n]+/g, '')
  const padding = compact.endsWith('==') ? 2 : compact.endsWith('=') ? 1 : 0
  return (compact.length / 4) * 3 - padding
}

export const checkAttachment: ItemCheck = (visit, { value }) => {
  const attachment = value as JsonObject
  const stated = attachment['size']
  const actual = attachmentSize(attachment)
  if (typeof stated !== 'number' || actual === undefined || !Number.isInteger(actual) || stated === actual) return
  const reason = `The size is said to be ${stated} bytes, but the data are ${actual}.`
  tell(visit, 'rule-violated', { reason }, { rule: 'attachment-size' })
}
