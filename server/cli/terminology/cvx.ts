/** CVX, the vaccines of the CDC: `cvx.txt` with bars between its fields, or the same as XML. */
import type { ConceptRow } from '../../fhir/terminology/concept-row.ts'
import { delimited, failRow, mapRows, type Row, separators, textOf } from './delimited-rows.ts'
import { fileNamed, neededFile } from './find-files.ts'
import { type Release, ReleaseError, type ReleaseFile, type ReleaseReader, type TellProblem } from './release.ts'
import { refuseRepeated } from './table.ts'
import { xmlEvents } from './xml-events.ts'

interface Vaccine {
  readonly code: string
  readonly shortName: string
  readonly fullName: string
  readonly notes: string
  readonly status: string
  readonly nonvaccine: boolean
  /** As `2020-07-20`. */
  readonly updated: string | undefined
}

export const cvx: ReleaseReader = {
  about: "CVX, vaccines: the file 'cvx.txt' of the CDC, or the same as XML.",
  read: async ({ files, tell }): Promise<Release> => {
    const xml = fileNamed(files, /cvx.*\.xml$/i)
    const read = () =>
      xml ? vaccinesInXml(xml) : vaccinesInText(neededFile(files, /^cvx.*\.txt$/i, 'cvx.txt', 'CVX'), tell)
    // The list has no version of its own: it is as old as its last change.
    let version = ''
    let count = 0
    for await (const { updated = '' } of read()) {
      count++
      if (updated > version) version = updated
    }
    if (count === 0) throw new ReleaseError('There is no vaccine in the list.')
    if (version === '') throw new ReleaseError('No row of the list says when it was last changed.')
    return {
      system: {
        url: 'http://hl7.org/fhir/sid/cvx',
        version: version.replaceAll('-', ''),
        name: 'CVX',
        properties: [
          { code: 'CVXStatus', type: 'string' },
          { code: 'nonvaccine', type: 'boolean' },
          { code: 'notes', type: 'string' },
          { code: 'lastUpdated', type: 'dateTime' },
        ],
      },
      concepts: conceptsOf(read()),
    }
  },
}

async function* conceptsOf(vaccines: AsyncIterable<Vaccine>): AsyncGenerator<ConceptRow> {
  for await (const { code, shortName, fullName, notes, status, nonvaccine, updated } of vaccines) {
    yield {
      code,
      display: shortName,
      active: !inactive.has(status.toLowerCase()),
      ...(fullName !== '' && { definition: fullName }),
      designations: fullName === '' || fullName === shortName ? [] : [{ language: 'en', use: 'full', value: fullName }],
      properties: [
        { code: 'CVXStatus', value: status, type: 'string' },
        { code: 'nonvaccine', value: String(nonvaccine), type: 'boolean' },
        ...(notes === '' ? [] : [{ code: 'notes', value: notes, type: 'string' as const }]),
        ...(updated === undefined ? [] : [{ code: 'lastUpdated', value: updated, type: 'dateTime' as const }]),
      ],
    }
  }
}

/** Vaccines that nobody gives any more may still have been given. */
const inactive: ReadonlySet<string> = new Set(['inactive', 'never active'])

/** Code, short name, full name, notes, status, since 2015 an internal number, whether it is no vaccine, day. */
const columnCounts: readonly number[] = [7, 8]
const internalNumber = 5

function vaccinesInText(file: ReleaseFile, tell: TellProblem): AsyncGenerator<Vaccine> {
  const once = refuseRepeated()
  let count: number | undefined
  return mapRows(file, delimited(separators.bar), tell, (row) => {
    if (!columnCounts.includes(row.count)) {
      failRow(row, `The row has ${row.count} columns instead of ${columnCounts.join(' or ')}.`)
    }
    // A bar within a text would move all that follows it by one column.
    count ??= row.count
    if (row.count !== count) failRow(row, `The row has ${row.count} columns, the first row has ${count}.`)
    const code = textOf(row, 0).trim()
    if (row.line === 1 && /code/i.test(code)) return undefined
    if (!/^\d{1,5}$/.test(code)) failRow(row, `'${code}' is not a CVX code.`)
    once(row, code)
    const number = row.count > internalNumber + 2 ? textOf(row, internalNumber).trim() : ''
    if (!/^\d*$/.test(number)) failRow(row, `'${number}' stands where the internal number is: a text has a bar in it.`)
    return vaccineIn(row, code)
  })
}

function vaccineIn(row: Row, code: string): Vaccine {
  const text = (field: number) => textOf(row, field).trim()
  return {
    code,
    shortName: text(1),
    fullName: text(2),
    notes: text(3),
    status: text(4),
    nonvaccine: text(row.count - 2).toLowerCase() === 'true',
    updated: dayIn(text(row.count - 1)),
  }
}

/** `2020/07/20` or `7/20/2020`. */
function dayIn(text: string): string | undefined {
  const yearFirst = /^(\d{4})[/-](\d{1,2})[/-](\d{1,2})/.exec(text)
  const yearLast = /^(\d{1,2})[/-](\d{1,2})[/-](\d{4})/.exec(text)
  const [year, month, day] = yearFirst ? yearFirst.slice(1) : yearLast ? [yearLast[3], yearLast[1], yearLast[2]] : []
  return year === undefined ? undefined : `${year}-${month!.padStart(2, '0')}-${day!.padStart(2, '0')}`
}

async function* vaccinesInXml(file: ReleaseFile): AsyncGenerator<Vaccine> {
  const once = refuseRepeated()
  let fields: Record<string, string> = {}
  for await (const { kind, element, around } of xmlEvents(file)) {
    const name = element.name.toLowerCase()
    if (name === 'cvxinfo' && kind === 'open') fields = {}
    else if (around.at(-1)?.name.toLowerCase() === 'cvxinfo' && kind === 'close') fields[name] = element.text
    if (name !== 'cvxinfo' || kind !== 'close') continue
    const code = fields['cvxcode'] ?? ''
    const place = { file: file.path, line: element.line }
    if (!/^\d{1,5}$/.test(code)) failRow(place, `'${code}' is not a CVX code.`)
    once(place, code)
    yield {
      code,
      shortName: fields['shortdescription'] ?? '',
      fullName: fields['fullvaccinename'] ?? '',
      notes: fields['notes'] ?? '',
      status: fields['status'] ?? '',
      nonvaccine: fields['nonvaccine']?.toLowerCase() === 'true',
      updated: dayIn(fields['lastupdated'] ?? ''),
    }
  }
}
