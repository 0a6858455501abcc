/** One of several, each on a card. */
import { type Html, html } from '../../http/pages/html.ts'

export interface CardOption {
  readonly id: string
  readonly title: string
  /** What tells it from others. */
  readonly facts: readonly string[]
}

/** `chosen`: the id of the one that is ticked at first. */
export function radioCards(name: string, legend: string, options: readonly CardOption[], chosen?: string): Html {
  const card = ({ id, title, facts }: CardOption) =>
    html`<label class="card" for="${name}-${id}"><input class="tick" type="radio" name="${name}" id="${name}-${id}" value="${id}" required${id === chosen && html` checked`}>
<span><strong>${title}</strong>${facts.length > 0 && html`<span class="quiet">${facts.join(' · ')}</span>`}</span></label>`
  return html`<fieldset class="cards"><legend class="away">${legend}</legend>${options.map(card)}</fieldset>`
}
