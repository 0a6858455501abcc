/** What came and is not among the results, with the reason: nothing disappears without a word. */
import { html, nothing, type TemplateResult } from 'lit'
import type { SetAside } from '../../server/fhir/results/results-view.ts'
import { fillPlural } from '../shared/words/fill.ts'
import type { Language } from '../shared/words/language.ts'
import type { ResultsTexts } from './words/texts.ts'

export function setAsideNote(
  setAside: readonly SetAside[],
  texts: ResultsTexts,
  language: Language,
): TemplateResult | typeof nothing {
  if (setAside.length === 0) return nothing
  const byReason = [...Map.groupBy(setAside, ({ reason }) => reason)]
  return html`<details class="set-aside">
    <summary>${fillPlural(texts.setAside, setAside.length, language)}</summary>
    <ul>
      ${byReason.map(
        ([reason, list]) => html`<li>
          ${fillPlural(texts.setAsideReasons[reason], list.length, language)}
          <span class="quiet">${named(list)}</span>
        </li>`,
      )}
    </ul>
    <p class="quiet">${texts.setAsideNext}</p>
  </details>`
}

/** For whoever asks the clinic; many would be for nobody. */
function named(list: readonly SetAside[]): string {
  const shown = list.slice(0, 10).map(({ reference }) => reference)
  return shown.length < list.length ? `${shown.join(', ')}…` : shown.join(', ')
}
