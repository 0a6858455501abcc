/** Clients as the command line shows them. */
import { describeClient } from '../../smart/clients/metadata.ts'
import type { ClientRecord } from '../../store/smart/clients.ts'

/** One line each. */
export function clientList(clients: readonly ClientRecord[]): string {
  if (clients.length === 0) return 'There are no clients.'
  const rows = clients.map(({ id, name, state, authMethod, source }) => [id, state, authMethod, source, name])
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows
    .map((row) =>
      row
        .map((text, i) => text.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** All of one. */
export function clientText(client: ClientRecord): string {
  const { id, state, source, trusted } = client
  const facts = { client_id: id, state, source, ...(trusted && { trusted }), ...describeClient(client) }
  const lines = Object.entries(facts).map(([name, value]) => {
    const text = Array.isArray(value)
      ? value.join(' ')
      : typeof value === 'object'
        ? JSON.stringify(value)
        : String(value)
    return `${name.padEnd(26)}  ${text}`
  })
  return lines.join('\n')
}
