/** `<outcome-alert>`: what went wrong, what to do, and a button that does it. Fires `again`. */
import { html, LitElement, nothing, type TemplateResult } from 'lit'

export class OutcomeAlert extends LitElement {
  static override properties = { what: {}, next: {}, code: {}, action: {} }
  /** What happened. */
  declare what: string
  /** What the person can do. */
  declare next: string
  /** To tell support, in words; nothing where it is empty. */
  declare code: string
  /** What the button says. */
  declare action: string

  constructor() {
    super()
    this.what = ''
    this.next = ''
    this.code = ''
    this.action = ''
  }

  override createRenderRoot(): HTMLElement {
    return this
  }

  override render(): TemplateResult {
    const again = () => this.dispatchEvent(new Event('again'))
    return html`<div class="sheet alert" role="alert">
      <p><strong>${this.what}</strong> ${this.next}</p>
      ${this.code ? html`<p class="quiet">${this.code}</p>` : nothing}
      ${this.action ? html`<button type="button" @click=${again}>${this.action}</button>` : nothing}
    </div>`
  }
}

customElements.define('outcome-alert', OutcomeAlert)
