/** Tables as text: https://www.rfc-editor.org/rfc/rfc4180 */

/** With a mark at its beginning by which spreadsheets know that it is UTF-8. */
export function csvText(rows: readonly (readonly string[])[]): string {
  return `\uFEFF${rows.map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`
}

/** What begins like a formula would be calculated by spreadsheets: it is kept as text. */
function cell(text: string): string {
  const plain = /^[=+@\t\r]|^-(?![\d.,]+$)/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain
}
