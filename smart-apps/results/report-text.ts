/** What a report says in words, and the documents that belong to it. */
import { html, nothing, type TemplateResult } from 'lit'
import type { Report, ReportDocument } from '../../server/fhir/results/report.ts'
import '../shared/elements/attached-document.ts'
import { fromBase64, sizeOfBase64 } from '../shared/fhir/base64.ts'
import { narrativeText } from '../shared/narrative/narrative-text.ts'
import { fill } from '../shared/words/fill.ts'
import type { Language } from '../shared/words/language.ts'
import type { ResultsTexts } from './words/texts.ts'

/** Reads a document of the server; undefined for one that lies elsewhere. */
export type DocumentReader = (url: string) => (() => Promise<Blob>) | undefined

export interface ReportView {
  readonly report: Report
  /** Nothing else is shown of the report. */
  readonly isAlone: boolean
  readonly documentAt: DocumentReader
  readonly texts: ResultsTexts
  readonly language: Language
}

export function reportText(view: ReportView): TemplateResult {
  const { report, isAlone, texts } = view
  const { conclusion, narrative, documents } = report
  const text = narrative === undefined ? undefined : narrativeText(narrative)
  return html`${conclusion === undefined ? nothing : html`<div class="conclusion">${longText(conclusion, texts)}</div>`}
    ${
      text
        ? html`<details class="report" ?open=${isAlone && conclusion === undefined}>
          <summary>${texts.report}</summary>
          ${text}
        </details>`
        : nothing
    }
    ${
      documents.length === 0
        ? nothing
        : html`<ul class="documents screen" aria-label=${texts.documents}>
          ${documents.map((document) => html`<li>${attached(document, view)}</li>`)}
        </ul>`
    }`
}

/** Beyond that many characters a text is folded. */
const folded = 600

/** A text of any length: of a long one the beginning, and the whole on demand. */
export function longText(text: string, texts: ResultsTexts): TemplateResult {
  if (text.length <= folded) return html`<span class="plain-text">${text}</span>`
  return html`<details class="long-text">
    <summary><span>${text.slice(0, folded / 4)}…</span> <b>${texts.whole}</b></summary>
    <span class="plain-text">${text}</span>
  </details>`
}

function attached(document: ReportDocument, { report, documentAt, texts, language }: ReportView): TemplateResult {
  const { title, contentType, url, data, size } = document
  const name = title ?? fill(texts.document, { name: report.name })
  const read = data === undefined ? documentAt(url!) : async () => fromBase64(data, contentType)
  if (read) {
    return html`<attached-document
      name=${name}
      contentType=${contentType}
      .size=${data === undefined ? size : sizeOfBase64(data)}
      .read=${read}
      language=${language}
    ></attached-document>`
  }
  // A place that no browser should be sent to, as `javascript:`, is only told.
  if (!/^https?:\/\//i.test(url!)) return html`<span>${name}</span>`
  return html`<a href=${url!} rel="noreferrer noopener" target="_blank">${name}</a> <span class="quiet">${texts.elsewhere}</span>`
}
