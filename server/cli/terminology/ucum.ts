/** The named units of UCUM, from `ucum-essence.xml`: units made of them are told by grammar. https://ucum.org */
import type { ConceptRow } from '../../fhir/terminology/concept-row.ts'
import { failRow } from './delimited-rows.ts'
import { neededFile } from './find-files.ts'
import { type Release, ReleaseError, type ReleaseFile, type ReleaseReader } from './release.ts'
import { refuseRepeated } from './table.ts'
import { xmlEvents } from './xml-events.ts'

export const ucum: ReleaseReader = {
  about: "UCUM: the file 'ucum-essence.xml'.",
  read: async ({ files }): Promise<Release> => {
    const file = neededFile(files, /^ucum-essence.*\.xml$/i, 'ucum-essence.xml', 'UCUM')
    return {
      system: {
        url: 'http://unitsofmeasure.org',
        version: await versionOf(file),
        name: 'UCUM',
        properties: ['property', 'class', 'dimension', 'symbol'].map((code) => ({ code, type: 'string' })),
      },
      concepts: unitsIn(file),
    }
  },
}

async function versionOf(file: ReleaseFile): Promise<string> {
  for await (const { element } of xmlEvents(file)) {
    const { version } = element.attributes
    if (element.name !== 'root' || version === undefined) break
    return version
  }
  throw new ReleaseError(`${file.path}, line 1: It does not begin with '<root … version="…">'.`)
}

const unitElements: ReadonlySet<string> = new Set(['base-unit', 'unit'])

async function* unitsIn(file: ReleaseFile): AsyncGenerator<ConceptRow> {
  const once = refuseRepeated()
  let texts: Record<string, string[]> = {}
  for await (const { kind, element, around } of xmlEvents(file)) {
    if (unitElements.has(element.name)) {
      if (kind === 'open') texts = {}
      else {
        const place = { file: file.path, line: element.line }
        const { Code: code = '' } = element.attributes
        if (code === '') failRow(place, `The ${element.name} has no code.`)
        once(place, code)
        yield conceptOf(code, element.attributes, texts)
      }
    } else if (kind === 'close' && unitElements.has(around.at(-1)?.name ?? '')) {
      texts[element.name] = [...(texts[element.name] ?? []), element.text]
    }
  }
}

function conceptOf(
  code: string,
  { class: group, dim }: Readonly<Record<string, string>>,
  { name = [], printSymbol = [], property = [] }: Readonly<Record<string, string[]>>,
): ConceptRow {
  const values = { property: property[0], class: group, dimension: dim, symbol: printSymbol[0] }
  return {
    code,
    ...(name[0] !== undefined && { display: name[0] }),
    active: true,
    designations: name.slice(1).map((value) => ({ language: 'en', value })),
    properties: Object.entries(values).flatMap(([property, value]) =>
      value === undefined || value === '' ? [] : [{ code: property, value, type: 'string' as const }],
    ),
  }
}
