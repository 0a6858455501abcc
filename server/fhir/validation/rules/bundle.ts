/** Bundles: full URLs, links, search modes, documents and messages. https://hl7.org/fhir/R4/bundle.html */
import type { JsonObject } from '../../json.ts'
import { isJsonObject } from '../../json.ts'
import { objects, text } from '../profile/element-tree.ts'
import { entriesOf, restfulParts } from '../profile/resolve.ts'
import type { Visit } from '../profile/visit.ts'
import { tell } from '../profile/visit.ts'
import { checkDocument } from './document.ts'
import type { ResourceRule } from './resource-rules.ts'

/** Bundles whose entries need no full URL: what is sent has no identity yet, what is answered may have none. */
const withoutUrls: ReadonlySet<string> = new Set(['transaction', 'batch', 'transaction-response', 'batch-response'])

const singleLinks: ReadonlySet<string> = new Set(['self', 'first', 'prev', 'previous', 'next', 'last'])

/** The rules for all Bundles, and those of its type. */
export const checkBundle: ResourceRule = (visit, bundle) => {
  const type = text(bundle['type'])
  checkLinks(visit, bundle)
  if (!withoutUrls.has(type)) checkFullUrls(visit, bundle)
  if (type === 'searchset') checkSearchModes(visit, bundle)
  if (type === 'document') checkDocument(visit, bundle, 'Composition')
  if (type === 'message') checkDocument(visit, bundle, 'MessageHeader')
}

function report(visit: Visit, reason: string, rule: string, ...place: (string | number)[]): void {
  tell(visit, 'rule-violated', { reason }, { rule }, ...place)
}

function checkLinks(visit: Visit, bundle: JsonObject): void {
  const seen = new Set<string>()
  objects(bundle['link']).forEach((link, index) => {
    const relation = text(link['relation'])
    if (singleLinks.has(relation) && seen.has(relation)) {
      report(visit, `The link '${relation}' may occur only once.`, 'bundle-link', 'link', index)
    }
    seen.add(relation)
  })
}

function checkFullUrls(visit: Visit, bundle: JsonObject): void {
  objects(bundle['entry']).forEach((entry, index) => {
    const resource = entry['resource']
    if (!isJsonObject(resource)) return
    const fullUrl = text(entry['fullUrl'])
    if (fullUrl !== '') {
      checkFullUrl(visit, fullUrl, resource, ['entry', index, 'fullUrl'])
    } else if (text(resource['resourceType']) !== 'OperationOutcome') {
      report(visit, 'An entry needs a fullUrl, which is the identity of its resource.', 'full-url', 'entry', index)
    }
  })
}

const absolute = /^[a-z][a-z0-9+.-]*:/i

function checkFullUrl(visit: Visit, fullUrl: string, resource: JsonObject, place: (string | number)[]): void {
  if (!absolute.test(fullUrl))
    report(
      visit,
      `The fullUrl '${fullUrl}' is not absolute: it must begin with http:, https: or urn:.`,
      'full-url',
      ...place,
    )
  const parts = restfulParts(fullUrl)
  if (!parts || !visit.tools.definitions.isResourceType(parts.type)) return
  const id = text(resource['id'])
  if (id === '') {
    report(
      visit,
      `The fullUrl '${fullUrl}' is one of a REST server, but the resource has no id. Give it the one in the URL.`,
      'full-url',
      ...place,
    )
  } else if (parts.id !== id || parts.type !== resource['resourceType']) {
    // Published examples do so: whoever reads the Bundle can still tell what is meant.
    const reason = `The fullUrl '${fullUrl}' is not that of ${text(resource['resourceType'])}/${id}.`
    tell(visit, 'rule-violated', { reason }, { severity: 'warning', rule: 'full-url' }, ...place)
  }
}

/** https://hl7.org/fhir/R4/search.html#entries */
function checkSearchModes(visit: Visit, bundle: JsonObject): void {
  const self = objects(bundle['link']).find((link) => link['relation'] === 'self')
  const searched = searchedTypes(visit, text(self?.['url']))
  const modes = new Map(
    objects(bundle['entry']).map((entry, i) => [i, isJsonObject(entry['search']) ? text(entry['search']['mode']) : '']),
  )
  for (const { index, resource } of entriesOf(bundle)) {
    const mode = modes.get(index)
    const type = text(resource['resourceType'])
    const place = ['entry', index, 'resource'] as const
    if (mode === 'outcome' && type !== 'OperationOutcome')
      report(visit, `A ${type} is no outcome: its search mode must be match or include.`, 'search-mode', ...place)
    if (mode !== 'match' && mode !== 'include') continue
    if (text(resource['id']) === '') report(visit, 'What was found needs an id.', 'search-mode', ...place)
    if (mode === 'match' && searched.size > 0 && !searched.has(type)) {
      report(
        visit,
        `A ${type} is no match of a search for ${[...searched].join(' or ')}: its search mode must be include.`,
        'search-mode',
        ...place,
      )
    }
  }
}

function searchedTypes({ tools }: Visit, url: string): ReadonlySet<string> {
  const [path, query] = url.split('?')
  const listed = new URLSearchParams(query ?? '').get('_type')
  const last = path!.split('/').findLast((segment) => segment !== '') ?? ''
  const types = listed === null ? [last] : listed.split(',')
  return new Set(types.filter((type) => tools.definitions.isResourceType(type)))
}
