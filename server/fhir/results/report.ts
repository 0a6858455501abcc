/** A DiagnosticReport as people read it. https://hl7.org/fhir/R4/diagnosticreport.html */
import type { JsonObject } from '../json.ts'
import { timeOf } from './dates.ts'
import { type Code, codesIn, objectIn, objectsIn, referenceIn, textIn, wordsIn } from './reading.ts'
import { categoriesIn, labelsIn, type ResultState, stateIn, timeIn } from './result.ts'

export interface Report {
  /** `DiagnosticReport/17` */
  readonly reference: string
  readonly version: string | undefined
  readonly name: string
  readonly codes: readonly Code[]
  readonly categories: readonly string[]
  /** Codes of security labels. */
  readonly labels: readonly string[]
  readonly state: ResultState
  readonly collected: string | undefined
  /** The same in milliseconds since 1970. */
  readonly time: number | undefined
  readonly issued: string | undefined
  readonly encounter: string | undefined
  readonly orders: readonly string[]
  /** `Observation/18` and so on. */
  readonly results: readonly string[]
  /** What the laboratory or the radiologist concludes. */
  readonly conclusion: string | undefined
  /** XHTML of anybody's making, to be cleaned before it is shown. */
  readonly narrative: string | undefined
  readonly documents: readonly ReportDocument[]
}

/** The report as it was signed: usually a PDF. */
export interface ReportDocument {
  readonly contentType: string
  readonly title: string | undefined
  /** Where it is; a Binary of this server is read with the token. */
  readonly url: string | undefined
  /** Base64, where it is in the report itself. */
  readonly data: string | undefined
  /** In bytes, where that is told. */
  readonly size: number | undefined
}

/** `undefined` where the report does not say what it is about. */
export function reportOf(report: JsonObject): Report | undefined {
  const name = wordsIn(report['code'])
  if (name === undefined) return undefined
  const references = (list: string) => objectsIn(report[list]).flatMap((one) => referenceIn(one) ?? [])
  const collected = timeIn(report, 'effective')
  return {
    reference: `DiagnosticReport/${textIn(report['id']) ?? ''}`,
    name,
    codes: codesIn(report['code']),
    categories: categoriesIn(report['category']),
    labels: labelsIn(report),
    state: stateIn(report['status']),
    orders: references('basedOn'),
    results: references('result'),
    documents: objectsIn(report['presentedForm']).flatMap(documentOf),
    version: textIn(objectIn(report['meta'])?.['versionId']),
    collected,
    time: timeOf(collected),
    issued: textIn(report['issued']),
    encounter: referenceIn(report['encounter']),
    conclusion: textIn(report['conclusion']) ?? conclusionOf(report),
    narrative: narrativeOf(report),
  }
}

function conclusionOf(report: JsonObject): string | undefined {
  const words = objectsIn(report['conclusionCode']).flatMap((code) => wordsIn(code) ?? [])
  return words.length === 0 ? undefined : words.join('; ')
}

/** One that was generated from the data says nothing that they do not. */
function narrativeOf(report: JsonObject): string | undefined {
  const text = objectIn(report['text'])
  return text?.['status'] === 'generated' || text?.['status'] === 'empty' ? undefined : textIn(text?.['div'])
}

function documentOf(attachment: JsonObject): readonly ReportDocument[] {
  const { data } = attachment
  const url = textIn(attachment['url'])
  const contentType = textIn(attachment['contentType']) ?? 'application/octet-stream'
  const title = textIn(attachment['title'])
  if (url === undefined && typeof data !== 'string') return []
  const size = typeof attachment['size'] === 'number' ? attachment['size'] : undefined
  return [{ contentType, title, url, size, data: typeof data === 'string' ? data : undefined }]
}
