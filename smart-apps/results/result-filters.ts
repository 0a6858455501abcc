/** What of the results is shown. */
import { html, nothing, type TemplateResult } from 'lit'
import type { Panel } from '../../server/fhir/results/panels.ts'
import type { ResultsTexts } from './words/texts.ts'

export interface Filter {
  readonly search: string
  /** A code of a category; all where it is empty. */
  readonly category: string
  /** Only what is out of the ordinary. */
  readonly isNotableOnly: boolean
}

export interface FiltersView extends Filter {
  readonly panels: readonly Panel[]
  /** Sensitive results stay closed until the person wants them. */
  readonly tellsBefore: boolean
  readonly texts: ResultsTexts
  readonly keep: (filter: Partial<Filter>) => void
  readonly tellBefore: (isWanted: boolean) => void
}

export function resultFilters(view: FiltersView): TemplateResult {
  const { search, isNotableOnly, tellsBefore, texts, keep, tellBefore } = view
  return html`<form class="find screen" role="search" @submit=${(event: Event) => event.preventDefault()}>
    <div>
      <label for="search">${texts.search}</label>
      <input
        id="search"
        type="search"
        autocomplete="off"
        .value=${search}
        @input=${(event: InputEvent) => keep({ search: (event.target as HTMLInputElement).value })}
      />
    </div>
    ${categories(view)}
    ${tick(texts.notableOnly, isNotableOnly, (isWanted) => keep({ isNotableOnly: isWanted }))}
    ${tick(texts.tellBefore, tellsBefore, tellBefore)}
  </form>`
}

/** Those of which there is something, where there is a choice. */
function categories({ panels, category, texts, keep }: FiltersView): TemplateResult | typeof nothing {
  const present = new Set(panels.flatMap((panel) => panel.categories))
  const known = Object.keys(texts.categories).filter((code) => present.has(code))
  if (known.length < 2) return nothing
  return html`<div>
    <label for="category">${texts.category}</label>
    <select id="category" @change=${(event: Event) => keep({ category: (event.target as HTMLSelectElement).value })}>
      <option value="" ?selected=${category === ''}>${texts.allCategories}</option>
      ${known.map((code) => html`<option value=${code} ?selected=${category === code}>${texts.categories[code]}</option>`)}
    </select>
  </div>`
}

function tick(label: string, isSet: boolean, set: (isWanted: boolean) => void): TemplateResult {
  return html`<label class="tick">
    <input type="checkbox" .checked=${isSet} @change=${(event: Event) => set((event.target as HTMLInputElement).checked)} />
    ${label}
  </label>`
}
