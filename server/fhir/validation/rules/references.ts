/** References inside Bundles, and those that must exist. https://hl7.org/fhir/R4/bundle.html#references */
import { isJsonObject } from '../../json.ts'
import { text } from '../profile/element-tree.ts'
import { findEntries, resolveReference } from '../profile/resolve.ts'
import type { ItemCheck } from '../profile/values.ts'
import type { Scope } from '../profile/visit.ts'
import { tell } from '../profile/visit.ts'

const relative = /^[A-Z][A-Za-z]+\/[A-Za-z0-9.-]{1,64}(?:\/_history\/[A-Za-z0-9.-]{1,64})?$/

/** Bundles in which a relative reference needs no entry's URL. */
const requests: ReadonlySet<string> = new Set(['transaction', 'batch', 'transaction-response', 'batch-response'])

export const checkReference: ItemCheck = (visit, { value }) => {
  const reference = isJsonObject(value) ? text(value['reference']) : ''
  if (reference === '' || reference.startsWith('#')) return
  const place = inBundle(visit.scope)
  if (place && !requests.has(text(place.bundle['type']))) {
    if (place.fullUrl === undefined && relative.test(reference)) {
      const reason = `'${reference}' is relative to a fullUrl that the entry does not have. Give the entry one.`
      tell(visit, 'rule-violated', { reason }, { rule: 'bundle-reference' })
    } else if (findEntries(place.bundle, reference, place.fullUrl).length > 1) {
      tell(
        visit,
        'rule-violated',
        { reason: `'${reference}' is in the Bundle several times. Keep one of them, or name its version.` },
        { rule: 'bundle-reference' },
      )
    }
  }
  // A relative reference that no URL completes leads nowhere.
  const isLost = relative.test(reference) && place?.fullUrl === undefined
  if (visit.tools.policy.missingTarget === 'error' && isLost && !resolveReference(visit, reference)) {
    tell(
      visit,
      'rule-violated',
      { reason: `'${reference}' cannot be found. Send what it refers to, or correct it.` },
      { rule: 'reference-exists' },
    )
  }
}

/** The Bundle around a resource, with the URL of the entry that the resource is in. */
function inBundle(scope: Scope) {
  for (let inner = scope; inner.parent; inner = inner.parent) {
    if (inner.parent.resource['resourceType'] === 'Bundle')
      return { bundle: inner.parent.resource, fullUrl: inner.fullUrl }
  }
  return undefined
}
