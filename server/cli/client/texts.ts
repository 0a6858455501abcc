/** Clients as the command line shows them. */
import { describeClient } from '../../smart/clients/metadata.ts'
import type { StoredClient } from '../../store/smart/clients.ts'

/** One line each. */
export function clientList(clients: readonly StoredClient[]): string {
  if (clients.length === 0) return 'There are no clients.'
  const rows = clients.map((client) => [client.id, stateOf(client), client.authMethod, client.source, client.name])
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
export function clientText(client: StoredClient): string {
  const { id, source, trusted } = client
  const facts = {
    client_id: id,
    state: stateOf(client),
    source,
    ...(trusted && { trusted }),
    ...describeClient(client),
  }
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

/** What registered itself may be used by those who trust it; the launcher offers it once it is approved. */
function stateOf({ state, approved }: StoredClient): string {
  return state === 'active' && !approved ? 'unreviewed' : state
}
