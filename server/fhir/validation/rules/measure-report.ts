/** A report and its measure: groups, populations and stratifiers have the codes that the measure defines. https://hl7.org/fhir/R4/measurereport.html */
import type { JsonObject, JsonValue } from '../../json.ts'
import { isJsonObject } from '../../json.ts'
import { objects, text } from '../profile/element-tree.ts'
import type { Visit } from '../profile/visit.ts'
import { enter, leave, tell } from '../profile/visit.ts'
import type { ResourceRule } from './resource-rules.ts'

/** The groups of a report against those of its measure, where that is known. */
export const checkMeasureReport: ResourceRule = (visit, report) => {
  const measure = visit.tools.canonicals.find('Measure', text(report['measure']))
  if (!measure) return
  checkParts(visit, 'group', report, measure, (group, definition) => {
    checkParts(visit, 'population', group, definition, (population) => {
      if (report['type'] === 'subject-list' || population['subjectResults'] === undefined) return
      complain(visit, 'Subjects are listed in reports of type subject-list only.')
    })
    checkParts(visit, 'stratifier', group, definition, () => {})
  })
}

type Inner = (part: JsonObject, definition: JsonObject) => void

/** Each part has a definition of the same code; a single part without a code is the single definition's. */
function checkParts(visit: Visit, name: string, report: JsonObject, measure: JsonObject, inner: Inner): void {
  const parts = objects(report[name])
  const definitions = objects(measure[name])
  const reported = new Set<JsonObject>()
  parts.forEach((part, index) => {
    enter(visit, name, index)
    const alone = parts.length === 1 && definitions.length === 1 && !hasCode(part) && !hasCode(definitions[0]!)
    const definition = alone ? definitions[0] : definitions.find((one) => isSameConcept(codeOf(one), codeOf(part)))
    if (definition) {
      reported.add(definition)
      inner(part, definition)
    } else complain(visit, `The measure defines no ${name} of this code.`)
    leave(visit, index)
  })
  // Populations of which nothing is known may be left out.
  if (name === 'population') return
  for (const definition of definitions) {
    if (!reported.has(definition)) complain(visit, `The ${name} ${shown(definition)} of the measure is missing.`)
  }
}

function complain(visit: Visit, reason: string): void {
  tell(visit, 'rule-violated', { reason }, { rule: 'measure' })
}

/** A stratifier may have several codes. */
function codeOf({ code }: JsonObject): JsonValue | undefined {
  return Array.isArray(code) ? code[0] : code
}

function hasCode(part: JsonObject): boolean {
  return isJsonObject(codeOf(part))
}

function isSameConcept(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (!isJsonObject(a) || !isJsonObject(b)) return false
  if (a['text'] !== undefined && a['text'] === b['text']) return true
  const codings = objects(b['coding'])
  return objects(a['coding']).some((one) =>
    codings.some((other) => one['code'] === other['code'] && one['system'] === other['system']),
  )
}

function shown(definition: JsonObject): string {
  const code = codeOf(definition)
  const coding = isJsonObject(code) ? text(objects(code['coding'])[0]?.['code']) : ''
  return `'${coding || (isJsonObject(code) ? text(code['text']) : '') || text(definition['id'])}'`
}
