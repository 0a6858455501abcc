/** Accounts as the command line shows them. */
import type { StoredAccount } from '../../store/accounts/accounts.ts'

/** One line each. */
export function accountList(accounts: readonly StoredAccount[]): string {
  if (accounts.length === 0) return 'There are no accounts.'
  const rows = accounts.map(({ username, state, roles, fhirUser, name }) => [
    username,
    state,
    roles.join(' ') || '-',
    fhirUser ?? '-',
    name,
  ])
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows.map((row) => row.map((text, i) => text.padEnd(widths[i] ?? 0)).join('  ')).join('\n')
}

/** All of one, but for its password. */
export function accountText({
  username,
  name,
  email,
  emailVerified,
  roles,
  fhirUser,
  state,
  demo,
}: StoredAccount): string {
  const facts = {
    username,
    name,
    ...(email !== null && { email: emailVerified ? email : `${email} (not verified)` }),
    roles: roles.join(' ') || 'none',
    person: fhirUser ?? 'not known',
    state,
    ...(demo && { demo: 'yes' }),
  }
  return Object.entries(facts)
    .map(([label, value]) => `${label.padEnd(10)}  ${value}`)
    .join('\n')
}
