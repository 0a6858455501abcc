/** `<attached-document>`: a button that reads a document. Texts are shown below it, others are saved. */
import { html, LitElement, nothing, type TemplateResult } from 'lit'
import { FhirError } from '../fhir/fhir-error.ts'
import { narrativeText } from '../narrative/narrative-text.ts'
import type { Language } from '../words/language.ts'
import { sharedTexts } from '../words/shared-texts.ts'
import { fileName, kindInWords, plainType, sizeInWords } from '../words/sizes.ts'

type Progress = 'closed' | 'reading' | 'failed' | 'forbidden' | 'saved' | 'empty'

/** More than that nobody reads on a page. */
const longest = 200_000

export class AttachedDocument extends LitElement {
  static override properties = {
    name: {},
    contentType: {},
    size: { type: Number },
    read: { attribute: false },
    language: {},
    progress: { state: true },
    text: { state: true },
  }
  /** Its title. */
  declare name: string
  declare contentType: string
  /** In bytes; undefined where that is not known before it is read. */
  declare size: number | undefined
  declare read: () => Promise<Blob>
  declare language: Language
  declare progress: Progress
  declare text: TemplateResult | undefined

  constructor() {
    super()
    this.name = ''
    this.contentType = ''
    this.language = 'en'
    this.progress = 'closed'
  }

  override createRenderRoot(): HTMLElement {
    return this
  }

  override render(): TemplateResult {
    const { name, contentType, size, language, progress, text } = this
    const own = sharedTexts[language]
    const facts = [kindInWords(contentType), size === undefined ? undefined : sizeInWords(size, language)]
    const about = facts.filter((fact) => fact !== undefined).join(', ')
    const told = progress === 'closed' ? '' : own.document[progress]
    return html`<button
        type="button"
        class="plain"
        aria-disabled=${progress === 'reading' ? 'true' : 'false'}
        aria-expanded=${isText(contentType) ? String(text !== undefined) : nothing}
        @click=${() => this.#act()}
      >
        ${name}${about === '' ? nothing : ` (${about})`}
      </button>
      <span role="status">${told}</span>
      ${text ?? nothing}`
  }

  async #act(): Promise<void> {
    if (this.progress === 'reading') return
    if (this.text) {
      this.text = undefined
      return
    }
    this.progress = 'reading'
    try {
      const blob = await this.read()
      this.size ??= blob.size
      this.progress = blob.size === 0 ? 'empty' : await this.#show(blob)
    } catch (error) {
      this.progress = error instanceof FhirError && error.status === 403 ? 'forbidden' : 'failed'
    }
  }

  async #show(blob: Blob): Promise<Progress> {
    if (!isText(this.contentType)) {
      save(blob, this.name, this.contentType)
      return 'saved'
    }
    const words = (await blob.text()).slice(0, longest)
    const isMarkup = plainType(this.contentType) !== 'text/plain'
    this.text = isMarkup ? narrativeText(words) : html`<div class="narrative plain-text">${words}</div>`
    return this.text ? 'closed' : 'empty'
  }
}

const texts: ReadonlySet<string> = new Set(['text/plain', 'text/html', 'application/xhtml+xml'])

function isText(contentType: string): boolean {
  return texts.has(plainType(contentType))
}

/**
 * Saved, not opened: a document inside this origin could do what the app can. What is of no known type is saved as bytes.
 */
function save(blob: Blob, name: string, contentType: string): void {
  const url = URL.createObjectURL(new Blob([blob], { type: 'application/octet-stream' }))
  const link = document.createElement('a')
  link.href = url
  link.download = fileName(name, contentType)
  link.click()
  // Some browsers begin to read later.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}

customElements.define('attached-document', AttachedDocument)
