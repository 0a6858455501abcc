/** The settings as tables: for the README, and for people who ask what is in force. */
import { type Config, configFileVariable, masked, type ResolvedConfig, type Setting, settings } from './config.ts'

const entries = Object.entries(settings) as [keyof Config, Setting][]

/** The README's table of settings, in Markdown. */
export function settingsTable(): string {
  const rows = entries.map(
    ([key, { env, fallback, about }]) => `| \`${env}\` | \`${key}\` | ${code(fallback)} | ${about} |`,
  )
  return [
    '| variable | in the file | default | meaning |',
    '| --- | --- | --- | --- |',
    ...rows,
    `| \`${configFileVariable}\` | | \`candela.config.json\`, if there is one | a JSON file of settings; variables go before it |`,
    '',
  ].join('\n')
}

/** One line per setting: its name, its value, where that comes from. Passwords are not shown. */
export function effectiveTable({ config, origins }: ResolvedConfig): string {
  const rows = entries.map(([key, { env, fallback }]) => {
    const value = config[key]
    const absent = value === undefined || (Array.isArray(value) && value.length === 0)
    const shown = absent ? `(${fallback.replaceAll('`', '')})` : masked(String(value))
    return [env, shown, origins.get(key)!] as const
  })
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows
    .map(([env, value, origin]) => `${env.padEnd(widths[0]!)}  ${value.padEnd(widths[1]!)}  ${origin}\n`)
    .join('')
}

/** Plain values stand as code; sentences bring their own marks. */
function code(fallback: string): string {
  return /`|^none$/.test(fallback) ? fallback : `\`${fallback}\``
}
