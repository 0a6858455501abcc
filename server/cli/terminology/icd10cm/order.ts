/** The order file of ICD-10-CM: a line for each code and heading, in columns of fixed width. */
import type { ConceptRow } from '../../../fhir/terminology/concept-row.ts'
import { delimited, failRow, mapRows, type Row, separators, textOf } from '../delimited-rows.ts'
import type { ReleaseFile, TellProblem } from '../release.ts'
import { refuseRepeated } from '../table.ts'

/** Number, code without point, whether it may be billed, short and long description. */
const columns = /^(\d{5}) ([A-Z][0-9A-Z]{2,6}) *([01]) (.{60}) (.+)$/

export function orderRows(file: ReleaseFile, tell: TellProblem): AsyncGenerator<ConceptRow> {
  const once = refuseRepeated()
  const seen = new Set<string>()
  // No line has a tab: it is one field.
  return mapRows(file, delimited(separators.tab), tell, (row) => {
    const [code, billable, short, long] = columnsIn(row)
    once(row, code)
    seen.add(code)
    const above = aboveIn(seen, code)
    return {
      code: pointed(code),
      display: long,
      active: true,
      parents: above === undefined ? [] : [pointed(above)],
      designations: short === long ? [] : [{ language: 'en', use: 'short', value: short }],
      properties: [{ code: 'billable', value: String(billable === '1'), type: 'boolean' }],
    }
  })
}

function columnsIn(row: Row): readonly [code: string, billable: string, short: string, long: string] {
  const match = columns.exec(textOf(row, 0))
  if (!match) failRow(row, 'The line is not of the form number, code, 0 or 1, short and long description.')
  return [match[2]!, match[3]!, match[4]!.trimEnd(), match[5]!.trimEnd()]
}

/** The heading that a code begins with; headings come before what is below them. */
function aboveIn(seen: ReadonlySet<string>, code: string): string | undefined {
  for (let length = code.length - 1; length >= 3; length--) {
    if (seen.has(code.slice(0, length))) return code.slice(0, length)
  }
  return undefined
}

function pointed(code: string): string {
  return code.length > 3 ? `${code.slice(0, 3)}.${code.slice(3)}` : code
}
