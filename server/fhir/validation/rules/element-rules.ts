/** Rules of data types that are told in prose. https://hl7.org/fhir/R4/datatypes.html */
import type { ItemCheck } from '../profile/values.ts'
import { tell } from '../profile/visit.ts'
import { checkAttachment } from './attachments.ts'

const uuid = /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const oid = /^urn:oid:[0-2](?:\.(?:0|[1-9]\d*))+$/

const checkUrn: ItemCheck = (visit, { value }) => {
  if (typeof value !== 'string' || !value.startsWith('urn:')) return
  const isWrong =
    (value.startsWith('urn:uuid:') && !uuid.test(value)) || (value.startsWith('urn:oid:') && !oid.test(value))
  if (isWrong)
    tell(visit, 'invalid-value', { value, type: value.startsWith('urn:uuid:') ? 'UUID' : 'OID' }, { rule: 'urn' })
}

/** By type. */
export const elementRules: Readonly<Record<string, readonly ItemCheck[]>> = {
  Attachment: [checkAttachment],
  uri: [checkUrn],
}
