/** Extensions: whether they are known, allowed where they are, and as they are defined. https://hl7.org/fhir/R4/extensibility.html */
import type { JsonObject } from '../../json.ts'
import { contextNames } from './context-names.ts'
import type { Profile } from './element-tree.ts'
import { objects, text, texts } from './element-tree.ts'
import { invariantTest, selection } from './invariants.ts'
import { checkProfile } from './profile-check.ts'
import type { Item, Visit } from './visit.ts'
import { tell } from './visit.ts'

const absolute = /^[a-z][a-z0-9+.-]*:/i

/** The element that is extended. */
export interface Extended {
  readonly object: JsonObject
  readonly type: string
}

/** Checks an extension of an element. */
export function checkExtension(visit: Visit, item: Item, parent: Extended, isModifier: boolean): void {
  const extension = item.value as JsonObject
  const url = text(extension['url'])
  if (url === '') return
  if (!absolute.test(url)) {
    if (parent.type === 'Extension') checkNested(visit, url, parent.object)
    else tell(visit, 'extension-context', { url, reason: relative }, { rule: 'extension-url' })
    return
  }
  if (url.includes('|')) {
    tell(visit, 'extension-context', { url, reason: ': its url must not have a version' }, { rule: 'extension-url' })
    return
  }
  const profile = visit.tools.profiles.find(url, visit.scope.claimed)
  if (profile?.type !== 'Extension') {
    tellUnknown(visit, url, isModifier)
    return
  }
  checkModifier(visit, url, profile, isModifier)
  checkContext(visit, item, profile, parent, isModifier)
  checkProfile(visit, item, profile)
}

/** https://hl7.org/fhir/R4/extensibility.html#Extension */
const relative = ': its url must be absolute, but for the parts of another extension'

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
  const outer = visit.tools.profiles.find(text(parent['url']), visit.scope.claimed)
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

function checkContext(visit: Visit, item: Item, profile: Profile, parent: Extended, isModifier: boolean): void {
  const { url } = profile
  const contexts = objects(profile.resource['context'])
  const elsewhere = publishedOn.get(url)
  const isPublished = elsewhere !== undefined && contextNames(visit).has(elsewhere)
  if (contexts.length > 0 && !isPublished && !contexts.some((context) => isContext(visit, context, item, isModifier))) {
    const allowed = contexts.map((context) => text(context['expression'])).join(', ')
    tell(visit, 'extension-context', { url, reason: `; it is for ${allowed}` }, { rule: 'extension-context', profile })
  }
  for (const expression of texts(profile.resource['contextInvariant'])) {
    const holds = holdsFor(visit, expression, parent)
    if (holds !== false) continue
    tell(
      visit,
      'extension-context',
      { url, reason: `: its rule ${expression} is not met` },
      { rule: 'extension-context', profile },
    )
  }
}

function isContext(visit: Visit, context: JsonObject, item: Item, isModifier: boolean): boolean {
  const expression = text(context['expression'])
  if (context['type'] === 'extension') {
    return visit.extensions.some((one) => text(one['url']) === expression.split('#')[0])
  }
  if (context['type'] === 'element') return contextNames(visit).has(elementName(expression))
  return context['type'] !== 'fhirpath' || isSelected(visit, context, item, isModifier)
}

const hl7 = 'http://hl7.org/fhir/StructureDefinition/'
/** Where the definitions of R4 themselves have extensions that are defined for other elements. */
const publishedOn: ReadonlyMap<string, string> = new Map([
  [`${hl7}structuredefinition-fhir-type`, 'ElementDefinition.type'],
  [`${hl7}structuredefinition-normative-version`, 'ElementDefinition'],
  [`${hl7}regex`, 'ElementDefinition.type'],
])

/** `…/StructureDefinition/Patient#Patient.name` is `Patient.name`. */
function elementName(expression: string): string {
  const [profile, element] = expression.split('#')
  if (element !== undefined) return element
  return profile!.startsWith('http') ? profile!.slice(profile!.lastIndexOf('/') + 1) : expression
}

/** Invariants are about the element that is extended; of a primitive's only what stands beside its value is looked at. */
function holdsFor(visit: Visit, expression: string, { object, type }: Extended): boolean | undefined {
  return invariantTest(expression, type)(visit, { value: object, extra: undefined, type, index: -1 })
}

/** A context of type fhirpath is all elements that it selects in the resource. */
function isSelected(visit: Visit, context: JsonObject, { value }: Item, isModifier: boolean): boolean {
  const { resource } = visit.scope
  const extensions = extensionsWithin(context, text(resource['resourceType']), isModifier)(visit, resource)
  return extensions === undefined || extensions.includes(value)
}

const selections = new WeakMap<JsonObject, Map<string, ReturnType<typeof selection>>>()

/** The extensions of the elements that a context selects: primitives have no identity, their extensions do. */
function extensionsWithin(context: JsonObject, type: string, isModifier: boolean) {
  const known = selections.get(context) ?? new Map<string, ReturnType<typeof selection>>()
  selections.set(context, known)
  const element = isModifier ? 'modifierExtension' : 'extension'
  const key = `${type} ${element}`
  // An expression may end with a comment.
  const select = known.get(key) ?? selection(`(${text(context['expression'])}\n).${element}`, type)
  known.set(key, select)
  return select
}
