/** The list: who, which test, what was found; keys that act where the focus is in it. */
import { html, nothing, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { namesOf, rangeInWords, valueInWords } from '../results/result-words.ts'
import { texts as resultTexts } from '../results/words/texts.ts'
import { dateInWords } from '../shared/words/dates.ts'
import { fill } from '../shared/words/fill.ts'
import type { Language } from '../shared/words/language.ts'
import type { Item } from './load-inbox.ts'
import type { InboxTexts } from './words/texts.ts'

export type Action = 'acknowledge' | 'comment' | 'release'

export interface ListView {
  readonly items: readonly Item[]
  readonly selected: ReadonlySet<string>
  readonly texts: InboxTexts
  readonly language: Language
  /** Selects a result, or no longer does. */
  readonly toggle: (reference: string) => void
  /** With what is selected, or with the result that has the focus where nothing is. */
  readonly act: (action: Action, focused: string | undefined) => void
}

export function inboxList(list: ListView): TemplateResult {
  const { items, texts } = list
  return html`<ul class="panels inbox" aria-label=${texts.list} @keydown=${(event: KeyboardEvent) => onKey(event, list)}>
    ${repeat(
      items,
      ({ reference }) => reference,
      (item) => card(item, list),
    )}
  </ul>`
}

const actions: Readonly<Record<string, Action>> = { a: 'acknowledge', c: 'comment', r: 'release' }
const moves: Readonly<Record<string, number>> = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }

/** Single letters count in the list alone. https://www.w3.org/WAI/WCAG22/Understanding/character-key-shortcuts.html */
function onKey(event: KeyboardEvent, { act }: ListView): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return
  const boxes = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLInputElement>('input[type="checkbox"]')]
  const at = boxes.indexOf(event.target as HTMLInputElement)
  const move = moves[event.key]
  const action = actions[event.key.toLowerCase()]
  if (move === undefined && action === undefined) return
  event.preventDefault()
  if (action !== undefined) act(action, boxes[at]?.value)
  else boxes[Math.min(boxes.length - 1, Math.max(0, at + move!))]?.focus()
}

function card(item: Item, { selected, texts, language, toggle }: ListView): TemplateResult {
  const { reference, patient, isCritical, isHeld, since, report } = item
  const born = patient?.birthDate
  return html`<li class=${isCritical ? 'panel item urgent' : 'panel item'}>
    <label>
      <input
        type="checkbox"
        value=${reference}
        .checked=${selected.has(reference)}
        @change=${() => toggle(reference)}
      />
      <span class="what">
        <span class="who"><strong>${patient?.name || texts.unknownPatient}</strong>${born ? html` <span class="quiet">${dateInWords(born, language)}</span>` : nothing}</span>
        ${report ? reportWords(item, texts) : resultWords(item, language)}
        <span class="about">
          ${isCritical ? html`<span class="flag critical">${texts.critical}</span>` : nothing}
          <span>${isHeld ? texts.held : texts.seen}</span>
          ${since ? html`<span>${fill(texts.since, { date: dateInWords(since, language) })}</span>` : nothing}
        </span>
      </span>
    </label>
  </li>`
}

function resultWords({ result, reference }: Item, language: Language): TemplateResult {
  if (!result) return html`<span>${reference}</span>`
  const words = resultTexts[language]
  const value = valueInWords(result.value, words, language) ?? result.absent ?? words.states[result.state]
  const [range] = result.ranges
  return html`<span
    >${namesOf(result, language).plain}: <strong>${value}</strong>${
      result.flag ? html` · ${words.flags[result.flag]}` : nothing
    }${range ? html` <span class="quiet">(${rangeInWords(range, language)})</span>` : nothing}</span
  >`
}

function reportWords({ report }: Item, texts: InboxTexts): TemplateResult {
  return html`<span>${texts.document}: <strong>${report!.name}</strong></span>
    ${report!.conclusion ? html`<span class="plain-text">${report!.conclusion}</span>` : nothing}`
}
