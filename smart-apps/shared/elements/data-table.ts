/** `<data-table>`: a table with a caption; on phones each row becomes a block. */
import { html, LitElement, type TemplateResult } from 'lit'

export class DataTable extends LitElement {
  static override properties = { caption: {}, columns: { attribute: false }, rows: { attribute: false } }
  declare caption: string
  declare columns: readonly string[]
  /** The first cell of a row names it. */
  declare rows: readonly (readonly string[])[]

  constructor() {
    super()
    this.caption = ''
    this.columns = []
    this.rows = []
  }

  override createRenderRoot(): HTMLElement {
    return this
  }

  override render(): TemplateResult {
    // Roles are told, for phones lay tables out as blocks, and browsers then take them for no tables.
    return html`<table class="table" role="table">
      <caption>
        ${this.caption}
      </caption>
      <thead role="rowgroup">
        <tr role="row">
          ${this.columns.map((column) => html`<th scope="col" role="columnheader">${column}</th>`)}
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${this.rows.map(
          ([first, ...others]) => html`<tr role="row">
            <th scope="row" role="rowheader">${first}</th>
            ${others.map((cell, i) => html`<td role="cell" data-label=${this.columns[i + 1] ?? ''}>${cell}</td>`)}
          </tr>`,
        )}
      </tbody>
    </table>`
  }
}

customElements.define('data-table', DataTable)
