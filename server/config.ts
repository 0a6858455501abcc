/** The one table of settings. All problems are reported at once; the README's table is checked against it. */
import { nearest } from './fhir/nearest.ts'

export interface Config {
  readonly port: number
  readonly host: string
  readonly publicUrl: string
  readonly databaseUrl: string | undefined
  readonly databaseReadUrl: string | undefined
  readonly dataDir: string
  readonly auth: 'none'
  readonly demo: boolean
  readonly workers: number
  readonly searchHandling: 'strict' | 'lenient'
  readonly conditionalDelete: 'single' | 'multiple'
  readonly txServer: string | undefined
  readonly logLevel: string
}

export interface Setting {
  readonly env: string
  /** Shown in the documentation. */
  readonly fallback: string
  readonly about: string
  readonly takes: string
  /** Undefined: the value is not one that this setting takes. */
  readonly parse: (value: string) => unknown
}

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

export const settings = {
  port: {
    env: 'PORT',
    fallback: '8080',
    about: 'where HTTP listens; `0` = any free port',
    takes: 'a port number from 0 to 65535',
    parse: (value) => wholeNumber(value, 0, 65_535),
  },
  host: {
    env: 'HOST',
    fallback: '127.0.0.1',
    about: 'the address HTTP listens on; loopback only while `AUTH` is `none`',
    takes: 'an IP address or host name',
    parse: (value) => (/^[\w.:-]+$/.test(value) ? value : undefined),
  },
  publicUrl: {
    env: 'PUBLIC_URL',
    fallback: 'http://localhost:$PORT',
    about: 'the origin that clients see; the FHIR base derives from it',
    takes: 'an http or https URL without path',
    parse: origin,
  },
  databaseUrl: {
    env: 'DATABASE_URL',
    fallback: 'the embedded PostgreSQL in `DATA_DIR`',
    about: 'a PostgreSQL ≥ 15',
    takes: 'a postgres:// URL',
    parse: postgresUrl,
  },
  databaseReadUrl: {
    env: 'DATABASE_READ_URL',
    fallback: 'none',
    about: 'a read replica for searches that may lag',
    takes: 'a postgres:// URL',
    parse: postgresUrl,
  },
  dataDir: {
    env: 'DATA_DIR',
    fallback: '.data',
    about: 'embedded database and caches',
    takes: 'a folder',
    parse: (value) => value,
  },
  auth: {
    env: 'AUTH',
    fallback: '`none`',
    about: '`none` opens the API without tokens; refused unless `HOST` is loopback',
    takes: 'none',
    parse: (value) => (value === 'none' ? value : undefined),
  },
  demo: {
    env: 'DEMO',
    fallback: '`1` with the embedded database on loopback, else `0`',
    about: 'on first start load the demo clinic',
    takes: '0 or 1',
    parse: (value) => (value === '1' ? true : value === '0' ? false : undefined),
  },
  workers: {
    env: 'WORKERS',
    fallback: '1',
    about: 'HTTP processes on this machine; `0` = one per core',
    takes: 'a number from 0 to 64',
    parse: (value) => wholeNumber(value, 0, 64),
  },
  searchHandling: {
    env: 'SEARCH_HANDLING',
    fallback: 'strict',
    about: '`lenient` ignores unknown search parameters with a warning; `Prefer: handling=` overrides either',
    takes: 'strict or lenient',
    parse: (value) => (value === 'strict' || value === 'lenient' ? value : undefined),
  },
  conditionalDelete: {
    env: 'CONDITIONAL_DELETE',
    fallback: 'single',
    about: '`multiple` lets a `DELETE` by search criteria delete all that match; otherwise several are refused',
    takes: 'single or multiple',
    parse: (value) => (value === 'single' || value === 'multiple' ? value : undefined),
  },
  txServer: {
    env: 'TX_SERVER',
    fallback: 'none',
    about: 'base URL of an external terminology server, asked for code systems and value sets that are not loaded here',
    takes: 'an http or https URL without query',
    parse: baseUrl,
  },
  logLevel: {
    env: 'LOG_LEVEL',
    fallback: 'info',
    about: 'how much is logged',
    takes: logLevels.join(', '),
    parse: (value) => ((logLevels as readonly string[]).includes(value) ? value : undefined),
  },
} as const satisfies Record<keyof Config, Setting>

/** Names the settings that cannot be used, one sentence each. */
export class ConfigError extends Error {}

/** Names the optional file of settings. */
export const configFileVariable = 'CONFIG_FILE'

/** Settings by their names, as a file holds them. */
export interface ConfigFile {
  /** For messages. */
  readonly name: string
  readonly values: Readonly<Record<string, unknown>>
}

export type Origin = 'environment' | 'file' | 'default'

export interface ResolvedConfig {
  readonly config: Config
  /** Where each value came from. */
  readonly origins: ReadonlyMap<keyof Config, Origin>
}

type Environment = Readonly<Record<string, string | undefined>>

const entries = Object.entries(settings) as [keyof Config, Setting][]

/** The settings of `env`, else of `file`, else by default. Throws `ConfigError` that lists every problem. */
export function readConfig(env: Environment, file?: ConfigFile): Config {
  return resolveConfig(env, file).config
}

/** As `readConfig`, and tells where each value came from. An empty value counts as absent. */
export function resolveConfig(env: Environment, file?: ConfigFile): ResolvedConfig {
  const problems = [...misspelledVariables(env), ...unknownKeys(file)]
  const given = new Map<keyof Config, unknown>()
  const origins = new Map<keyof Config, Origin>()
  for (const [key, setting] of entries) {
    const origin = env[setting.env]
      ? 'environment'
      : file && textInFile(file, key, setting) !== undefined
        ? 'file'
        : 'default'
    origins.set(key, origin)
    if (origin === 'default') continue
    const text = origin === 'environment' ? env[setting.env]! : textInFile(file!, key, setting)!
    const name = origin === 'environment' ? setting.env : `${key} in ${file!.name}`
    const value = setting.parse(text)
    if (value === undefined) problems.push(`${name} takes ${setting.takes}, not '${masked(text)}'.`)
    else given.set(key, value)
  }

  const config = withDefaults(given)
  if (config.auth === 'none' && !isLoopback(config.host)) {
    problems.push(`HOST must be a loopback address such as 127.0.0.1 while AUTH is none, not '${config.host}'.`)
  }
  if (problems.length > 0) throw new ConfigError(problems.join('\n'))
  return { config, origins }
}

function withDefaults(given: ReadonlyMap<keyof Config, unknown>): Config {
  const get = <T>(key: keyof Config, fallback: T) => (given.has(key) ? (given.get(key) as T) : fallback)
  const port = get('port', 8080)
  const host = get('host', '127.0.0.1')
  const databaseUrl = get<string | undefined>('databaseUrl', undefined)
  return {
    port,
    host,
    publicUrl: get('publicUrl', `http://localhost:${port}`),
    databaseUrl,
    databaseReadUrl: get<string | undefined>('databaseReadUrl', undefined),
    dataDir: get('dataDir', '.data'),
    auth: get('auth', 'none'),
    demo: get('demo', databaseUrl === undefined && isLoopback(host)),
    workers: get('workers', 1),
    searchHandling: get('searchHandling', 'strict'),
    conditionalDelete: get('conditionalDelete', 'single'),
    txServer: get<string | undefined>('txServer', undefined),
    logLevel: get('logLevel', 'info'),
  }
}

/** Short names are near to too many words that mean something else: of them only slips of the finger count. */
const leastLetters = 7

/** A letter twice, or two letters in the wrong order. */
function isSlip(name: string, meant: string): boolean {
  const doubled = [...meant].map((letter, i) => meant.slice(0, i) + letter + meant.slice(i))
  const swapped = [...meant].map(
    (letter, i) => meant.slice(0, i) + meant.slice(i + 1, i + 2) + letter + meant.slice(i + 2),
  )
  return [...doubled, ...swapped].includes(name)
}

/** A variable that was meant to be one of ours would be ignored without a word: one slip away from ours is a mistake. */
function misspelledVariables(env: Environment): string[] {
  const ours = [...entries.map(([, setting]) => setting.env), configFileVariable]
  const long = ours.filter((name) => name.length >= leastLetters)
  return Object.keys(env)
    .filter((name) => env[name] && !ours.includes(name))
    .flatMap((name) => {
      const meant = nearest(name, long, 1) ?? ours.find((setting) => isSlip(name, setting))
      return meant === undefined ? [] : [`${name} is not a setting. Did you mean ${meant}?`]
    })
}

function unknownKeys(file: ConfigFile | undefined): string[] {
  const keys = entries.map(([key]) => key)
  return Object.keys(file?.values ?? {})
    .filter((key) => !(keys as string[]).includes(key))
    .map((key) => {
      const byVariable = entries.find(([, setting]) => setting.env === key)?.[0]
      const meant = byVariable ?? nearest(key, keys)
      return `'${key}' in ${file!.name} is not a setting.${meant === undefined ? '' : ` Did you mean '${meant}'?`}`
    })
}

/** Numbers and booleans as the environment would spell them; anything else as JSON, for the setting to refuse. */
function textInFile(file: ConfigFile, key: string, setting: Setting): string | undefined {
  const value = Object.hasOwn(file.values, key) ? file.values[key] : undefined
  if (value === undefined || value === null || value === '') return undefined
  if (typeof value === 'boolean' && setting.parse('1') === true) return value ? '1' : '0'
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** A URL without its password, fit to be shown. */
export function masked(text: string): string {
  return text.replace(/(:\/\/[^:@/]*):[^/]*@/, '$1:***@').replace(/([?&]password=)[^&]*/gi, '$1***')
}

/** Loopback by name or address; anything else may be reached by other machines. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host)
}

function wholeNumber(text: string, least: number, most: number): number | undefined {
  const value = Number(text)
  return /^\d+$/.test(text) && value >= least && value <= most ? value : undefined
}

function origin(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  const plain = url.pathname === '/' && url.search === '' && url.hash === '' && url.username === ''
  return plain && ['http:', 'https:'].includes(url.protocol) ? url.origin : undefined
}

/** Without a slash at its end. */
function baseUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined
  const { protocol, search, hash } = new URL(text)
  const plain = ['http:', 'https:'].includes(protocol) && search === '' && hash === ''
  return plain ? text.replace(/\/+$/, '') : undefined
}

function postgresUrl(text: string): string | undefined {
  return URL.canParse(text) && ['postgres:', 'postgresql:'].includes(new URL(text).protocol) ? text : undefined
}
