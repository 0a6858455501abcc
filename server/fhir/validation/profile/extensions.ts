/** Extensions: whether they are known, allowed where they are, and as they are defined. https://hl7.org/fhir/R4/extensibility.html */
import type { JsonObject } from '../../json.ts'
import { isJsonObject } from '../../json.ts'
import { contextNames } from './context-names.ts'
import type { Profile } from './element-tree.ts'
import { objects, text, texts } from './element-tree.ts'
import { invariantTest } from './invariants.ts'
import { checkProfile } from './profile-check.ts'
import type { Item, Visit } from './visit.ts'
import { tell } from './visit.ts'

const absolute = /^[a-z][a-z0-9+.-]*:/i

/** Checks an extension of `parent`. */
export function checkExtension(visit: Visit, item: Item, parent: JsonObject, isModifier: boolean): void {
  const extension = item.value as JsonObject
  const url = text(extension['url'])
  if (url === '') return
  if (!absolute.test(url)) {
    checkNested(visit, url, parent)
    return
  }
  if (url.includes('|')) {
    tell(visit, 'extension-context', { url, reason: ': its url must not have a version' }, { rule: 'extension-url' })
    return
  }
  const profile = visit.tools.profiles.find(url)
  if (profile?.type !== 'Extension') {
    tellUnknown(visit, url, isModifier)
    return
  }
  checkModifier(visit, url, profile, isModifier)
  checkContext(visit, url, profile, extension, parent)
  checkProfile(visit, item, profile)
}

function tellUnknown(visit: Visit, url: string, isModifier: boolean): void {
  const { unknownExtension, extensionDomains } = visit.tools.policy
  const isExpected = extensionDomains.some((domain) => url.startsWith(domain))
  // What changes a meaning cannot be passed over.
  const severity = isExpected
    ? 'information'
    : isModifier && unknownExtension !== 'error'
      ? 'warning'
      : unknownExtension
  tell(visit, 'unknown-extension', { url }, { severity, rule: 'extension-unknown' })
}

/** The parts of an extension are those that its definition names. */
function checkNested(visit: Visit, url: string, parent: JsonObject): void {
  const outer = visit.tools.profiles.find(text(parent['url']))
  if (outer?.type !== 'Extension') return
  const slices = outer.root.children.get('extension')?.slices ?? []
  const names = slices.map((slice) => text(slice.children.get('url')?.definition['fixedUri']) || slice.sliceName)
  if (names.includes(url)) return
  tell(visit, 'extension-context', { url, reason: `: ${outer.url} does not define it` }, { rule: 'extension-part' })
}

function checkModifier(visit: Visit, url: string, { root }: Profile, isModifier: boolean): void {
  const must = root.definition['isModifier'] === true
  if (must === isModifier) return
  const reason = must ? ' but in modifierExtension' : ' but in extension'
  tell(visit, 'extension-context', { url, reason }, { rule: 'modifier' })
}

function checkContext(visit: Visit, url: string, profile: Profile, extension: JsonObject, parent: JsonObject): void {
  const contexts = objects(profile.resource['context'])
  if (contexts.length > 0 && !contexts.some((context) => isContext(visit, context, parent))) {
    const allowed = contexts.map((context) => text(context['expression'])).join(', ')
    tell(visit, 'extension-context', { url, reason: `; it is for ${allowed}` }, { rule: 'extension-context', profile })
  }
  for (const expression of texts(profile.resource['contextInvariant'])) {
    const holds = holdsInContext(visit, expression, extension)
    if (holds !== false) continue
    tell(
      visit,
      'extension-context',
      { url, reason: `: ${expression} is not met` },
      { rule: 'extension-context', profile },
    )
  }
}

function isContext(visit: Visit, context: JsonObject, parent: JsonObject): boolean {
  const expression = text(context['expression'])
  if (context['type'] === 'extension') {
    return visit.extensions.some((one) => text(one['url']) === expression.split('#')[0])
  }
  const names = contextNames(visit)
  if (context['type'] === 'element')
    return names.has(
      expression
        .replace(/^.*\/StructureDefinition\/([^#]*)(?:#|$)/, (_all, type) => `${type}.`)
        .replace(/\.$/, '')
        .replace(/^(\w+)\.\1(?=\.|$)/, '$1'),
    )
  return context['type'] !== 'fhirpath' || holdsInContext(visit, expression, parent) !== false
}

/** Invariants are about the element that is extended, as far as that is a resource. */
function holdsInContext(visit: Visit, expression: string, _extension: JsonObject): boolean | undefined {
  const { resource } = visit.scope
  const value = isJsonObject(resource) ? resource : undefined
  return invariantTest(expression, String(resource['resourceType']))(visit, {
    value,
    extra: undefined,
    type: String(resource['resourceType']),
    index: -1,
  })
}
