/** `<language-switch>`: the other languages, each in its own words. Fires `choose` with the language as its detail. */
import { html, LitElement, type TemplateResult } from 'lit'
import { type Language, languageNames, languages } from '../words/language.ts'

export class LanguageSwitch extends LitElement {
  static override properties = { language: {}, label: {} }
  declare language: Language
  /** What the group of buttons is called. */
  declare label: string

  constructor() {
    super()
    this.language = 'en'
    this.label = ''
  }

  override createRenderRoot(): HTMLElement {
    return this
  }

  override render(): TemplateResult {
    const choose = (detail: Language) => this.dispatchEvent(new CustomEvent('choose', { detail }))
    const others = languages.filter((one) => one !== this.language)
    return html`<nav aria-label=${this.label}>
      ${others.map(
        (one) =>
          html`<button type="button" class="plain" lang=${one} @click=${() => choose(one)}>${languageNames[one]}</button>`,
      )}
    </nav>`
  }
}

customElements.define('language-switch', LanguageSwitch)
