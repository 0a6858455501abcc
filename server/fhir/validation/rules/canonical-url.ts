/** The url of a conformance resource can be named. https://hl7.org/fhir/R4/references.html#canonical */
import { text } from '../profile/element-tree.ts'
import { tell } from '../profile/visit.ts'
import type { ResourceRule } from './resource-rules.ts'

/** In a canonical, what follows | is a version and what follows # a part; R4 itself publishes urls with versions. */
export const checkCanonicalUrl: ResourceRule = (visit, resource) => {
  const url = text(resource['url'])
  if (!/[|#]/.test(url)) return
  const reason = `No canonical can mean '${url}': what follows | in one is a version, what follows # a part. Leave it out.`
  tell(visit, 'rule-violated', { reason }, { severity: 'warning', rule: 'canonical-url' }, 'url')
}
