/** Rules of data types that are told in prose. https://hl7.org/fhir/R4/datatypes.html */
import type { JsonObject } from '../../json.ts'
import { text } from '../profile/element-tree.ts'
import type { ItemCheck } from '../profile/values.ts'
import type { Policy } from '../profile/visit.ts'
import { tell } from '../profile/visit.ts'
import { checkAttachment } from './attachments.ts'
import { checkCoding, checkQuantity } from './codes.ts'
import { checkReference } from './references.ts'
import { checkSampledData } from './sampled-data.ts'

const uuid = /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const oid = /^urn:oid:[0-2](?:\.(?:0|[1-9]\d*))+$/
const absolute = /^[a-z][a-z0-9+.-]*:/i

const checkUrn: ItemCheck = (visit, { value }) => {
  if (typeof value !== 'string' || !value.startsWith('urn:')) return
  const type = value.startsWith('urn:uuid:') ? 'UUID' : 'OID'
  const isWrong = type === 'UUID' ? !uuid.test(value) : value.startsWith('urn:oid:') && !oid.test(value)
  if (isWrong) tell(visit, 'invalid-value', { value, type }, { rule: 'urn' })
}

/** https://hl7.org/fhir/R4/references.html#canonical */
const checkCanonical: ItemCheck = (visit, { value }) => {
  if (typeof value !== 'string' || value.startsWith('#') || absolute.test(value)) return
  tell(visit, 'invalid-value', { value, type: 'canonical: it must be absolute' }, { rule: 'canonical' })
}

const checkExampleUrl: ItemCheck = (visit, { value }) => {
  if (typeof value !== 'string' || !/^[a-z]+:\/\/(?:[^/]*\.)?example\.(?:org|com|net)(?:[/:]|$)/i.test(value)) return
  tell(
    visit,
    'rule-violated',
    { reason: `'${value}' is an example's address. Use a real one.` },
    { rule: 'example-url' },
  )
}

const tag = /<[a-z!/?][^<]*/i

/** Text is shown as it is: markup in it is a mistake or an attack. https://hl7.org/fhir/R4/security.html#narrative */
const checkMarkup: ItemCheck = (visit, { value, type }) => {
  if (typeof value !== 'string' || !value.includes('<')) return
  const found = tag.exec(value)?.[0]
  const { markup } = visit.tools.policy
  if (found === undefined || markup === 'none') return
  const params = { value: found.slice(0, 40), type: `${type}: it looks like markup` }
  tell(visit, 'invalid-value', params, { severity: markup, rule: 'markup' })
}

const linkSchemes: ReadonlySet<string> = new Set(['http', 'https', 'mailto', 'tel', 'ftp', 'data', 'file'])
const link = /<a\s[^<>]*?href\s*=\s*["']\s*([a-z][a-z0-9+.-]*):([^"']*)["']/gi

/** A reader follows links: the scheme must be one that leads somewhere. In transactions, URNs are replaced. */
const checkLinks: ItemCheck = (visit, { value }) => {
  if (visit.scope.parent?.resource['type'] === 'transaction') return
  for (const [, scheme, rest] of text((value as JsonObject)['div']).matchAll(link)) {
    if (linkSchemes.has(scheme!.toLowerCase())) continue
    tell(
      visit,
      'invalid-value',
      { value: `${scheme}:${rest}`, type: 'narrative link' },
      { rule: 'narrative-link' },
      'div',
    )
  }
}

/** XHTML has its namespace in JSON, too. https://hl7.org/fhir/R4/narrative.html#xhtml */
const checkNamespace: ItemCheck = (visit, { value }) => {
  const div = (value as JsonObject)['div']
  if (typeof div !== 'string' || /^[^>]*\sxmlns[ \t\r\n]*=/.test(div)) return
  const type = 'narrative: its div needs xmlns="http://www.w3.org/1999/xhtml"'
  tell(visit, 'invalid-value', { value: div.slice(0, 40), type }, { rule: 'narrative-namespace' }, 'div')
}

/** By type, as far as the policy wants them. */
export function elementRules(type: string, policy: Policy): readonly ItemCheck[] {
  const rules = [...(byType[type] ?? [])]
  if (policy.markup !== 'none' && (type === 'string' || type === 'markdown')) rules.push(checkMarkup)
  if (policy.exampleUrls === 'error' && (type === 'url' || type === 'uri')) rules.push(checkExampleUrl)
  return rules
}

const byType: Readonly<Record<string, readonly ItemCheck[]>> = {
  Age: [checkQuantity],
  Attachment: [checkAttachment],
  Coding: [checkCoding],
  Count: [checkQuantity],
  Distance: [checkQuantity],
  Duration: [checkQuantity],
  Narrative: [checkNamespace, checkLinks],
  Quantity: [checkQuantity],
  Reference: [checkReference],
  SampledData: [checkSampledData],
  canonical: [checkCanonical],
  uri: [checkUrn],
}
