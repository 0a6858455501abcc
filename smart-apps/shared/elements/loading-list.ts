/** `<loading-list>`: says that something is loading, and shows its shape once that takes longer than a moment. */
import { html, LitElement, nothing, type TemplateResult } from 'lit'

/** Milliseconds: what comes sooner would only flicker. */
const moment = 300

export class LoadingList extends LitElement {
  static override properties = { label: {}, isShown: { state: true } }
  declare label: string
  declare isShown: boolean
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor() {
    super()
    this.label = ''
    this.isShown = false
  }

  override createRenderRoot(): HTMLElement {
    return this
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#timer = setTimeout(() => {
      this.isShown = true
    }, moment)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearTimeout(this.#timer)
  }

  override render(): TemplateResult {
    return html`<p role="status">${this.isShown ? this.label : nothing}</p>
      ${
        this.isShown
          ? html`<ul class="panels skeleton" aria-hidden="true">
            ${[1, 2, 3].map(() => html`<li class="panel"><h2>&nbsp;</h2><p>&nbsp;</p></li>`)}
          </ul>`
          : nothing
      }`
  }
}

customElements.define('loading-list', LoadingList)
