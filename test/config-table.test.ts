import { expect, test } from 'vitest'
import { resolveConfig, settings } from '../server/config.ts'
import { effectiveTable, settingsTable } from '../server/config-table.ts'

test('the table has a row for every setting', () => {
  const rows = settingsTable().trimEnd().split('\n').slice(2)
  expect(rows).toHaveLength(Object.keys(settings).length + 1)
  expect(rows[0]).toBe('| `PORT` | `port` | `8080` | where HTTP listens; `0` = any free port |')
  for (const row of rows) expect(row.match(/(?<!\\)\|/g)).toHaveLength(5)
})

test('what is in force is shown with where it comes from, without passwords', () => {
  const env = {
    DATABASE_URL: 'postgres://candela:secret@db/candela',
    SMTP_URL: 'smtps://candela:secret@mail:465',
    OIDC_CLIENT_SECRET: 'secret',
  }
  const lines = effectiveTable(resolveConfig(env, { name: 'x', values: { port: 1234 } })).split('\n')
  expect(lines.find((line) => line.startsWith('PORT '))).toMatch(/ 1234 +file$/)
  expect(lines.find((line) => line.startsWith('DATABASE_URL '))).toMatch(/candela:\*\*\*@db\/candela +environment$/)
  expect(lines.find((line) => line.startsWith('DATABASE_READ_URL '))).toMatch(/\(none\) +default$/)
  expect(lines.join()).not.toContain('secret')
})
