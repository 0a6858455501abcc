/** The one table of settings. All problems are reported at once; the README's table is checked against it. */

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
    fallback: 'none',
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

/** Reads the settings from `env`; an empty value counts as absent. Throws `ConfigError` that lists every problem. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const problems: string[] = []
  const given = new Map<string, unknown>()
  for (const [key, setting] of Object.entries(settings) as [keyof Config, Setting][]) {
    const text = env[setting.env]
    if (text === undefined || text === '') continue
    const value = setting.parse(text)
    if (value === undefined) problems.push(`${setting.env} takes ${setting.takes}, not '${text}'.`)
    else given.set(key, value)
  }

  const get = <T>(key: keyof Config, fallback: T) => (given.has(key) ? (given.get(key) as T) : fallback)
  const port = get('port', 8080)
  const host = get('host', '127.0.0.1')
  const databaseUrl = get<string | undefined>('databaseUrl', undefined)
  const config: Config = {
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
    logLevel: get('logLevel', 'info'),
  }
  if (config.auth === 'none' && !isLoopback(host)) {
    problems.push(`HOST must be a loopback address such as 127.0.0.1 while AUTH is none, not '${host}'.`)
  }
  if (problems.length > 0) throw new ConfigError(problems.join('\n'))
  return config
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

function postgresUrl(text: string): string | undefined {
  return URL.canParse(text) && ['postgres:', 'postgresql:'].includes(new URL(text).protocol) ? text : undefined
}
