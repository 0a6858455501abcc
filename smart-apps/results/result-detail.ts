/** One analyte: its course as a chart and as a table, to be read, printed and taken along. */
import { html, nothing, type TemplateResult } from 'lit'
import type { Correction } from '../../server/fhir/results/corrections.ts'
import type { Result } from '../../server/fhir/results/result.ts'
import type { Trend, TrendPoint } from '../../server/fhir/results/trend.ts'
import '../shared/chart/trend-chart.ts'
import '../shared/elements/data-table.ts'
import { csvText } from '../shared/words/csv.ts'
import { dateInWords } from '../shared/words/dates.ts'
import { fill } from '../shared/words/fill.ts'
import type { Language } from '../shared/words/language.ts'
import { namesOf, rangeInWords, valueInWords } from './result-words.ts'
import { meaningOf } from './words/meanings.ts'
import type { ResultsTexts } from './words/texts.ts'

export interface DetailView {
  readonly trend: Trend
  /** All results of the analyte, newest first. */
  readonly results: readonly Result[]
  readonly corrections: readonly Correction[]
  readonly texts: ResultsTexts
  readonly language: Language
}

export function resultDetail(detail: DetailView): TemplateResult {
  const { trend, texts, language } = detail
  const { plain: name, laboratory } = namesOf(trend.latest, language)
  return html`<h2 tabindex="-1" class="focus">${name}</h2>
    ${laboratory ? html`<p class="quiet">${fill(texts.laboratoryName, { name: laboratory })}</p>` : nothing}
    ${meaning(trend, texts, language)}
    ${trend.points.length > 0 ? chart(detail) : nothing}
    <data-table caption=${fill(texts.table, { name })} .columns=${columns(detail)} .rows=${cells(detail)}></data-table>
    <p class="actions screen">
      <button type="button" class="plain" @click=${() => download(detail)}>${texts.download}</button>
      <button type="button" class="plain" @click=${() => print()}>${texts.print}</button>
    </p>`
}

function chart({ trend, texts, language }: DetailView): TemplateResult {
  const describe = ({ result }: TrendPoint) =>
    [
      dateInWords(result.collected ?? '', language),
      valueInWords(result.value, texts, language),
      result.flag && texts.flags[result.flag],
    ]
      .filter(Boolean)
      .join(', ')
  const isBroken = trend.points.some(({ line }) => line > 0)
  return html`<trend-chart
      .points=${trend.points}
      .describe=${describe}
      label=${fill(texts.chart, { name: namesOf(trend.latest, language).plain })}
      language=${language}
    ></trend-chart>
    <p class="quiet screen">${texts.chartHelp}</p>
    ${isBroken ? html`<p class="quiet">${texts.broken}</p>` : nothing}`
}

function meaning({ latest }: Trend, texts: ResultsTexts, language: Language): TemplateResult | typeof nothing {
  const found = meaningOf(latest.codes, language)
  const code = latest.codes.find(({ system }) => system === 'http://loinc.org')?.code
  if (!found || code === undefined) return nothing
  const more = new URL('https://connect.medlineplus.gov/application')
  more.search = new URLSearchParams({
    'mainSearchCriteria.v.cs': '2.16.840.1.113883.6.1',
    'mainSearchCriteria.v.c': code,
    'informationRecipient.languageCode.c': language,
  }).toString()
  return html`<details class="meaning screen">
    <summary>${texts.meaning}</summary>
    <p>${found.about}</p>
    <p class="quiet">
      <a href=${more.href} rel="noreferrer noopener" target="_blank">${texts.more}</a> ${texts.moreNote}
    </p>
  </details>`
}

function columns({ texts, corrections }: DetailView): readonly string[] {
  const { date, value, range, flag, changed } = texts.columns
  return [date, value, range, flag, ...(corrections.length > 0 ? [changed] : [])]
}

/** The table's rows in words. */
function cells(detail: DetailView): readonly (readonly string[])[] {
  const { results, corrections, texts, language } = detail
  const earlier = new Map(corrections.map((correction) => [correction.reference, correction.earlier[0]]))
  return results.map((result) => {
    const before = earlier.get(result.reference)
    const [range] = result.ranges
    return [
      result.collected === undefined ? texts.undated : dateInWords(result.collected, language),
      valueInWords(result.value, texts, language) ?? result.absent ?? texts.states[result.state],
      range ? rangeInWords(range, language) : '',
      result.flag ? texts.flags[result.flag] : (result.said ?? ''),
      ...(corrections.length > 0
        ? [before ? fill(texts.corrected, { value: valueInWords(before.value, texts, language) ?? '' }) : '']
        : []),
    ]
  })
}

/** Made here: nobody else need know. */
function download(detail: DetailView): void {
  const text = csvText([columns(detail), ...cells(detail)])
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }))
  const link = document.createElement('a')
  link.href = url
  link.download = detail.texts.fileName
  link.click()
  URL.revokeObjectURL(url)
}
