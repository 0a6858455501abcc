/** What profiles ask of a narrative's languages and sources. https://hl7.org/fhir/extensions/StructureDefinition-narrative-language-control.html */
import type { JsonObject } from '../../json.ts'
import { isJsonObject } from '../../json.ts'
import type { ElementNode, Profile } from '../profile/element-tree.ts'
import { objects, text } from '../profile/element-tree.ts'
import type { ItemCheck } from '../profile/values.ts'
import type { Visit } from '../profile/visit.ts'
import { tell } from '../profile/visit.ts'

const language = 'http://hl7.org/fhir/StructureDefinition/narrative-language-control'
const source = 'http://hl7.org/fhir/StructureDefinition/narrative-source-control'

/** The checks that extensions of the element definition ask for. */
export function narrativeControls({ definition }: ElementNode, profile: Profile): ItemCheck[] {
  const extensions = objects(definition['extension'])
  const languages = extensions.filter(({ url }) => url === language).map((one) => text(one['valueCode']))
  const checks: ItemCheck[] = languages.length > 0 ? [languageCheck(languages, profile)] : []
  if (extensions.some(({ url }) => url === source)) checks.push(sourceCheck(profile))
  return checks
}

function languageCheck(wanted: readonly string[], profile: Profile): ItemCheck {
  return (visit, { value }) => {
    const found = new Set(sectionsOf(value as JsonObject).flatMap(({ attributes }) => languageOf(attributes)))
    for (const one of wanted) {
      const reason = languageFault(visit, one, found)
      if (reason !== undefined) tell(visit, 'rule-violated', { reason }, { rule: 'narrative-language', profile })
    }
  }
}

function languageFault(visit: Visit, wanted: string, found: ReadonlySet<string>): string | undefined {
  if (wanted === '_no') return found.size > 0 ? 'The narrative must not have sections by language.' : undefined
  if (wanted === '_yes') return found.size === 0 ? 'The narrative needs sections by language.' : undefined
  const code = wanted === '_resource' ? text(visit.scope.resource['language']) : wanted
  return code === '' || found.has(code) ? undefined : `The narrative has no section in the language '${code}'.`
}

const sources: ReadonlySet<string> = new Set(['boilerplate', 'generated', 'original'])

function sourceCheck(profile: Profile): ItemCheck {
  return (visit, { value }) => {
    for (const { attributes, content } of sectionsOf(value as JsonObject)) {
      const classes = /class\s*=\s*["']([^"']*)["']/.exec(attributes)?.[1]?.split(/\s+/) ?? []
      if (classes.some((one) => sources.has(one))) continue
      const reason = `The part '${content.slice(0, 40)}' of the narrative does not tell its source.`
      tell(visit, 'rule-violated', { reason }, { rule: 'narrative-source', profile })
    }
  }
}

function languageOf(attributes: string): string[] {
  const code = /(?:^|\s)(?:xml:)?lang\s*=\s*["']([^"']*)["']/.exec(attributes)?.[1]
  return code === undefined ? [] : [code]
}

interface Section {
  /** Empty for plain text. */
  readonly attributes: string
  readonly content: string
}

const piece = /<(\/?)([a-zA-Z][\w:]*)([^<>]*?)(\/?)>|([^<]+)/g

/** The children of the outermost div. */
function sectionsOf(narrative: JsonObject): Section[] {
  if (!isJsonObject(narrative)) return []
  const sections: Section[] = []
  let depth = 0
  for (const [, closing, name, attributes, selfClosing, content] of text(narrative['div']).matchAll(piece)) {
    if (content !== undefined && depth === 1 && content.trim() !== '')
      sections.push({ attributes: '', content: content.trim() })
    if (name === undefined) continue
    if (!closing && depth === 1) sections.push({ attributes: attributes ?? '', content: name })
    if (closing) depth--
    else if (!selfClosing) depth++
  }
  return sections
}
