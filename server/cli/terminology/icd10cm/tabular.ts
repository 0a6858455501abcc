/**
 * The tabular list of ICD-10-CM as the CDC publishes it in XML: chapters, sections, and codes within codes. Seventh
 * characters are told once, for all codes below, and are expanded here.
 */
import type { ConceptRow } from '../../../fhir/terminology/concept-row.ts'
import { failRow } from '../delimited-rows.ts'
import type { ReleaseFile } from '../release.ts'
import { refuseRepeated } from '../table.ts'
import { type XmlElement, type XmlEvent, xmlEvents } from '../xml-events.ts'

type Extensions = readonly (readonly [char: string, text: string])[]

/** A chapter, a section or a code that is being read. */
interface Draft {
  readonly element: 'chapter' | 'section' | 'diag'
  code: string
  description: string
  readonly terms: string[]
  readonly notes: [property: string, text: string][]
  extensions: [char: string, text: string][]
  /** Its own row has gone, since something below it has come. */
  told: boolean
}

const groups: ReadonlySet<string> = new Set(['chapter', 'section', 'diag'])

/** Notes, by the element that they are in, and the property that they become. */
export const noteProperties = [
  'includes',
  'excludes1',
  'excludes2',
  'codeFirst',
  'codeAlso',
  'useAdditionalCode',
  'notes',
  'sevenChrNote',
] as const

export async function* tabularRows(file: ReleaseFile): AsyncGenerator<ConceptRow> {
  const once = refuseRepeated()
  const open: Draft[] = []
  for await (const event of xmlEvents(file)) {
    const { kind, element } = event
    const place = { file: file.path, line: element.line }
    const rows: ConceptRow[] = []
    if (!groups.has(element.name)) {
      if (kind === 'close') takeText(open.at(-1), event)
    } else if (kind === 'open') {
      rows.push(...tellGroup(open))
      open.push(draftOf(element))
    } else {
      rows.push(...(open.at(-1)!.told ? [] : tellLast(open)))
      open.pop()
    }
    for (const row of rows) {
      if (row.code === '') failRow(place, `A ${element.name} here has no name.`)
      once(place, row.code)
      yield row
    }
  }
}

function draftOf({ name, attributes }: XmlElement): Draft {
  const { id = '' } = attributes
  // Sections of one category would have the code of that category.
  const code = name === 'section' && !id.includes('-') ? `${id}-${id}` : id
  return {
    element: name as Draft['element'],
    code,
    description: '',
    terms: [],
    notes: [],
    extensions: [],
    told: false,
  }
}

function takeText(draft: Draft | undefined, { element, around }: XmlEvent): void {
  if (!draft) return
  const { name, text, attributes } = element
  const parent = around.at(-1)!.name
  if (parent === draft.element && name === 'name') draft.code = text
  else if (parent === draft.element && name === 'desc') draft.description = text
  else if (name === 'extension') draft.extensions.push([attributes['char'] ?? '', text])
  else if (name === 'note' && parent === 'inclusionTerm') draft.terms.push(text)
  else if (name === 'note' && (noteProperties as readonly string[]).includes(parent)) draft.notes.push([parent, text])
}

/** What has something below it is a heading, and goes before that. */
function tellGroup(open: readonly Draft[]): ConceptRow[] {
  const draft = open.at(-1)
  if (!draft || draft.told) return []
  draft.told = true
  return [rowOf(draft, open.at(-2)?.code, false)]
}

function tellLast(open: readonly Draft[]): ConceptRow[] {
  const draft = open.at(-1)!
  const above = open.at(-2)?.code
  const extensions = draft.element === 'diag' ? extensionsFor(open) : []
  const own = rowOf(draft, above, draft.element === 'diag' && extensions.length === 0)
  return [own, ...extensions.map((extension) => extended(draft, extension))]
}

/** Of the code itself, or of the nearest one above it that has any. */
function extensionsFor(open: readonly Draft[]): Extensions {
  return open.findLast(({ extensions }) => extensions.length > 0)?.extensions ?? []
}

function rowOf(draft: Draft, above: string | undefined, billable: boolean): ConceptRow {
  const { element, code, description, terms, notes } = draft
  return {
    code,
    display: description,
    active: true,
    parents: above === undefined ? [] : [above],
    designations: terms.map((value) => ({ language: 'en', use: 'inclusionTerm', value })),
    properties: [
      { code: 'billable', value: String(billable), type: 'boolean' },
      ...(element === 'diag' ? [] : [{ code: 'notSelectable', value: 'true', type: 'boolean' as const }]),
      ...notes.map(([property, value]) => ({ code: property, value, type: 'string' as const })),
    ],
  }
}

/** `S00.01` with `A` is `S00.01XA`: the seventh character stands at the seventh place. */
function extended({ code, description }: Draft, [char, text]: Extensions[number]): ConceptRow {
  const signs = code.replace('.', '').padEnd(6, 'X') + char
  return {
    code: `${signs.slice(0, 3)}.${signs.slice(3)}`,
    display: `${description}, ${text}`,
    active: true,
    parents: [code],
    properties: [{ code: 'billable', value: 'true', type: 'boolean' }],
  }
}
