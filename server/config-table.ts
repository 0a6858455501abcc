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
export function effectiveTable({ config, origins, texts }: ResolvedConfig): string {
  const rows = entries.map(([key, { env, fallback, secret }]) => {
    const value = texts.get(key) ?? computed(config[key])
    const shown = value === undefined ? `(${fallback.replaceAll('`', '')})` : secret ? '***' : masked(value)
    return [env, shown, origins.get(key)!] as const
  })
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows
    .map(([env, value, origin]) => `${env.padEnd(widths[0]!)}  ${value.padEnd(widths[1]!)}  ${origin}\n`)
    .join('')
}

/** A default as it works out; undefined where there is nothing to show. */
function computed(value: Config[keyof Config]): string | undefined {
  return value === undefined || typeof value === 'object' ? undefined : String(value)
}

/** Plain values stand as code; sentences bring their own marks. */
function code(fallback: string): string {
  return /`|^none$/.test(fallback) ? fallback : `\`${fallback}\``
}
