/** `<review-dialog>`: what is said to the patient, and whether it is released. Fires `review` with a `Review`, or `close`. */
import { html, LitElement, nothing, type TemplateResult } from 'lit'
import { fillPlural } from '../shared/words/fill.ts'
import type { Language } from '../shared/words/language.ts'
import type { Review } from './load-inbox.ts'
import { texts } from './words/texts.ts'

export class ReviewDialog extends LitElement {
  static override properties = { asks: {}, count: { type: Number }, language: {}, isEmpty: { state: true } }
  declare asks: 'comment' | 'release'
  /** Results that it is about. */
  declare count: number
  declare language: Language
  /** Nothing was written. */
  declare isEmpty: boolean

  constructor() {
    super()
    this.asks = 'comment'
    this.count = 0
    this.language = 'en'
    this.isEmpty = false
  }

  override createRenderRoot(): HTMLElement {
    return this
  }

  /** What is behind cannot be reached; the browser leads the focus in and back out. */
  override firstUpdated(): void {
    this.querySelector('dialog')?.showModal()
  }

  override render(): TemplateResult {
    const own = texts[this.language]
    const isComment = this.asks === 'comment'
    const title = fillPlural(isComment ? own.commentTitle : own.releaseTitle, this.count, this.language)
    return html`<dialog aria-labelledby="dialog-title" @close=${() => this.dispatchEvent(new Event('close'))}>
      <form method="dialog" novalidate @submit=${(event: SubmitEvent) => this.#submit(event)}>
        <h2 id="dialog-title">${title}</h2>
        ${isComment ? this.#comment() : html`<p>${own.releaseLead}</p>`}
        <p class="actions">
          <button value="send">${isComment ? own.send : own.release.replace('…', '')}</button>
          <button class="plain" value="cancel" type="button" @click=${() => this.querySelector('dialog')?.close()}>
            ${own.cancel}
          </button>
        </p>
      </form>
    </dialog>`
  }

  #comment(): TemplateResult {
    const own = texts[this.language]
    return html`<label for="comment">${own.commentLabel}</label>
      <p id="comment-hint" class="quiet">${own.commentHint}</p>
      ${this.isEmpty ? html`<p id="comment-fault" class="fault" role="alert">${own.commentEmpty}</p>` : nothing}
      <textarea
        id="comment"
        name="comment"
        rows="5"
        maxlength="5000"
        required
        aria-invalid=${this.isEmpty ? 'true' : 'false'}
        aria-describedby=${this.isEmpty ? 'comment-hint comment-fault' : 'comment-hint'}
      ></textarea>
      <label class="tick"><input type="checkbox" name="release" checked /> ${own.commentRelease}</label>`
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault()
    const data = new FormData(event.target as HTMLFormElement)
    const comment = String(data.get('comment') ?? '').trim()
    this.isEmpty = this.asks === 'comment' && comment === ''
    if (this.isEmpty) {
      this.querySelector('textarea')?.focus()
      return
    }
    const detail: Review = { comment, release: this.asks === 'release' || data.has('release') }
    this.dispatchEvent(new CustomEvent('review', { detail }))
  }
}

customElements.define('review-dialog', ReviewDialog)
