/** The list: groups of results, newest first, each result with its value, its range and what came before. */
import { html, nothing, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { notableFlags } from '../../server/fhir/results/interpretation.ts'
import type { Order } from '../../server/fhir/results/order.ts'
import type { Panel } from '../../server/fhir/results/panels.ts'
import type { Result } from '../../server/fhir/results/result.ts'
import type { ResultsView } from '../../server/fhir/results/results-view.ts'
import type { Trend } from '../../server/fhir/results/trend.ts'
import { dateInWords } from '../shared/words/dates.ts'
import { fill, fillPlural } from '../shared/words/fill.ts'
import type { Language } from '../shared/words/language.ts'
import { commentNote } from './comment-note.ts'
import type { Comment } from './comments.ts'
import { rangeBar } from './range-bar.ts'
import { type DocumentReader, longText, reportText } from './report-text.ts'
import { namesOf, panelName, rangeInWords, valueInWords } from './result-words.ts'
import { setAsideNote } from './set-aside.ts'
import type { ResultsTexts } from './words/texts.ts'

export interface ListView {
  readonly view: ResultsView
  readonly search: string
  /** Only panels of that category; of all where it is empty. */
  readonly category: string
  /** Only panels with a result that is out of the ordinary. */
  readonly isNotableOnly: boolean
  readonly texts: ResultsTexts
  readonly language: Language
  /** Shows the course of an analyte. */
  readonly open: (analyte: string) => void
  readonly documentAt: DocumentReader
  /** Whether it stays closed until the person wants it. */
  readonly isClosed: (panel: Panel) => boolean
  readonly show: (panel: Panel) => void
  /** By the result that they are about. */
  readonly comments: ReadonlyMap<string, readonly Comment[]>
}

/** What the cards of a list have in common. */
interface Cards extends ListView {
  readonly trends: ReadonlyMap<string, Trend>
  readonly earlier: ReadonlyMap<string, Result>
}

export function panelList(list: ListView): TemplateResult {
  const { view, search, category, isNotableOnly, texts, language } = list
  const cards: Cards = {
    ...list,
    trends: new Map(view.trends.map((trend) => [trend.analyte, trend])),
    earlier: new Map(view.corrections.map(({ reference, earlier }) => [reference, earlier[0]!])),
  }
  const panels = view.panels.filter((panel) => isWanted(panel, list) && isFound(panel, search, texts, language))
  const isFiltered = category !== '' || isNotableOnly
  const orders = isFiltered ? [] : view.orders.filter(({ name }) => contains(name, search))
  const aside = setAsideNote(view.setAside, texts, language)
  if (view.panels.length + view.orders.length === 0)
    return html`<p class="sheet">${texts.none}</p>
    ${aside}`
  if (panels.length + orders.length === 0)
    return html`<p class="sheet" role="status">${search === '' ? texts.noneFiltered : fill(texts.noneFound, { search })}</p>`
  return html`<p class="quiet" role="status">${fillPlural(texts.count, panels.length, language)}</p>
    <ul class="panels">
      ${orders.map((order) => orderCard(order, texts, language))}
      ${repeat(
        panels,
        ({ reference }) => reference,
        (panel) => panelCard(panel, cards),
      )}
    </ul>
    ${aside}`
}

function panelCard(panel: Panel, cards: Cards): TemplateResult {
  if (cards.isClosed(panel)) return closedCard(panel, cards)
  const { texts, language } = cards
  const { report, missing } = panel
  const state = report && report.state !== 'final' ? html` <span>· ${texts.states[report.state]}</span>` : nothing
  return html`<li class="panel">
    <h2 tabindex="-1" data-panel=${panel.reference}>${panelName(panel, texts, language)}</h2>
    <p class="quiet">${collected(panel.collected, texts, language)}${state}</p>
    ${commentsOf(panel, cards).map((comment) => commentNote(comment, texts, language))}
    ${report ? reportText({ ...cards, report, isAlone: panel.results.length === 0 }) : nothing}
    ${panel.results.length === 0 ? nothing : html`<ul class="rows">${panel.results.flatMap((result) => rows(result, cards))}</ul>`}
    ${missing > 0 ? html`<p class="quiet">${fillPlural(texts.missing, missing, language)}</p>` : nothing}
  </li>`
}

/** Nothing of what was found. */
function closedCard(panel: Panel, { texts, language, show }: Cards): TemplateResult {
  const name = panelName(panel, texts, language)
  return html`<li class="panel">
    <h2>${name}</h2>
    <p class="quiet">${collected(panel.collected, texts, language)}</p>
    <p>${texts.sensitive}</p>
    <p><button class="plain" aria-label=${`${texts.showSensitive}: ${name}`} @click=${() => show(panel)}>${texts.showSensitive}</button></p>
  </li>`
}

/** About the report or one of its results; what was said of several is told once. */
function commentsOf({ report, results }: Panel, { comments }: Cards): readonly Comment[] {
  const about = [report?.reference, ...results.map(({ reference }) => reference)]
  return [...new Set(about.flatMap((reference) => (reference && comments.get(reference)) || []))]
}

/** A result, and what it is made of. */
function rows(result: Result, cards: Cards): readonly TemplateResult[] {
  const parts = result.components.map((component) => row(component, cards))
  const isHeading = result.value === undefined && parts.length + result.members.length > 0
  return isHeading ? parts : [row(result, cards), ...parts]
}

/** More characters than that stand below the name, not beside it. */
const short = 40

function row(result: Result, cards: Cards): TemplateResult {
  const { texts, language, trends, earlier, open } = cards
  const { analyte, flag, notes, ranges, said, state } = result
  const value = valueInWords(result.value, texts, language) ?? result.absent ?? texts.states[state]
  const [range] = ranges
  const before = earlier.get(result.reference)
  const { plain, laboratory } = namesOf(result, language)
  return html`<li class="row">
    <span class="name"
      >${
        trends.has(analyte)
          ? html`<button class="plain" aria-label=${fill(texts.open, { name: plain })} @click=${() => open(analyte)}>${plain}</button>`
          : plain
      }${laboratory === undefined ? nothing : html` <small class="quiet">${laboratory}</small>`}</span
    >
    <span class=${value.length > short ? 'value long' : 'value'}>${value.length > short ? longText(value, texts) : value}</span>
    <span class="about">
      ${flag ? html`<span class="flag ${flag}">${texts.flags[flag]}</span>` : said ? html`<span>${said}</span>` : nothing}
      ${rangeBar(result)}
      ${range ? html`<span>${fill(texts.range, { range: rangeInWords(range, language) })}</span>` : nothing}
      ${compared(result, cards)}
      ${before ? html`<span>${fill(texts.corrected, { value: valueInWords(before.value, texts, language) ?? '' })}</span>` : nothing}
      ${notes.map((note) => html`<span class="remark">${longText(note, texts)}</span>`)}
      ${state === 'final' || state === 'unknown' || before ? nothing : html`<span>${texts.states[state]}</span>`}
    </span>
  </li>`
}

const arrows = { up: '↗', down: '↘', same: '→' } as const

/** The newest result says how it compares with the one before. */
function compared(result: Result, { trends, texts, language }: Cards) {
  const trend = trends.get(result.analyte)
  if (trend?.latest.reference !== result.reference || !trend.direction || !trend.previous) return nothing
  const value = valueInWords(trend.previous.value, texts, language) ?? ''
  return html`<span
    ><span aria-hidden="true">${arrows[trend.direction]}</span> ${texts.direction[trend.direction]}
    (${fill(texts.before, { value })})</span
  >`
}

function orderCard({ name, state, ordered, reason }: Order, texts: ResultsTexts, language: Language): TemplateResult {
  return html`<li class="panel">
    <h2>${name}</h2>
    <p class="quiet">
      ${texts.orders[state]}${reason ? html` (${reason})` : nothing}${
        ordered ? html` · ${fill(texts.ordered, { date: dateInWords(ordered, language) })}` : nothing
      }
    </p>
  </li>`
}

function collected(date: string | undefined, texts: ResultsTexts, language: Language): string {
  return date === undefined ? texts.undated : fill(texts.collected, { date: dateInWords(date, language) })
}

function isWanted({ categories, results }: Panel, { category, isNotableOnly }: ListView): boolean {
  const all = results.flatMap((result) => [result, ...result.components])
  const isNotable = all.some(({ flag }) => flag !== undefined && notableFlags.has(flag))
  return (category === '' || categories.includes(category)) && (!isNotableOnly || isNotable)
}

/** By the plain name or by the laboratory's. */
function isFound(panel: Panel, search: string, texts: ResultsTexts, language: Language): boolean {
  const names = panel.results.flatMap((result) => [result.name, namesOf(result, language).plain])
  return [panelName(panel, texts, language), panel.name ?? '', ...names].some((name) => contains(name, search))
}

/** Without regard to case and accents. */
function contains(text: string, search: string): boolean {
  const plain = (one: string) => one.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
  return plain(text).includes(plain(search.trim()))
}
