/** `<patient-banner>`: whose record is shown. Printed even where the EHR around shows its own. */
import { html, LitElement, nothing, type TemplateResult } from 'lit'
import { ageAt, type Person } from '../fhir/person.ts'
import { dateInWords } from '../words/dates.ts'
import { fill, fillPlural } from '../words/fill.ts'
import type { Language } from '../words/language.ts'
import { sharedTexts } from '../words/shared-texts.ts'

export class PatientBanner extends LitElement {
  static override properties = { person: { attribute: false }, language: {}, now: { attribute: false } }
  declare person: Person | undefined
  declare language: Language
  /** Milliseconds since 1970. */
  declare now: number

  constructor() {
    super()
    this.language = 'en'
    this.now = Date.now()
  }

  override createRenderRoot(): HTMLElement {
    return this
  }

  override render(): TemplateResult | typeof nothing {
    const { person, language, now } = this
    if (!person) return nothing
    const texts = sharedTexts[language]
    const { name, birthDate, recordNumber } = person
    const age = ageAt(birthDate, now)
    const facts = [
      birthDate && fill(texts.born, { date: dateInWords(birthDate, language) }),
      age !== undefined && fillPlural(texts.age, age, language),
      recordNumber && fill(texts.recordNumber, { number: recordNumber }),
    ]
    return html`<section class="patient" aria-label=${texts.patient}>
      <strong>${name}</strong> <span class="quiet">${facts.filter(Boolean).join(' · ')}</span>
      <span class="paper-only quiet">${fill(texts.printed, { date: dateInWords(new Date(now).toISOString(), language) })}</span>
    </section>`
  }
}

customElements.define('patient-banner', PatientBanner)
