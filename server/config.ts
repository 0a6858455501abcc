/** The one table of settings. All problems are reported at once; the README's table is checked against it. */
import { nearest } from './fhir/nearest.ts'
import { parsePackageNames } from './fhir/packages/manifest.ts'
import { parseReleaseRules, type ReleaseRule } from './fhir/review/release-rules.ts'
import {
  noRequiredProfiles,
  parseClientModes,
  parseRequiredProfiles,
  type RequiredProfiles,
  type ValidationMode,
  validationModes,
} from './fhir/validation/mode.ts'
import { pairs, words } from './setting-lists.ts'
import { nameMeant } from './setting-names.ts'
import { baseUrl, origin, origins, postgresUrl, smtpUrl, wholeNumber } from './setting-values.ts'

export interface Config {
  readonly port: number
  readonly host: string
  readonly publicUrl: string
  /** Files. */
  readonly tlsCert: string | undefined
  readonly tlsKey: string | undefined
  readonly databaseUrl: string | undefined
  readonly databaseReadUrl: string | undefined
  readonly dataDir: string
  readonly auth: 'none' | 'smart'
  readonly clientRegistration: 'open' | 'approval' | 'off'
  /** Origins. */
  readonly fetchAllow: readonly string[]
  readonly demo: boolean
  readonly demoPassword: string
  readonly workers: number
  readonly searchHandling: 'strict' | 'lenient'
  readonly conditionalDelete: 'single' | 'multiple'
  readonly validation: ValidationMode
  readonly validationClients: ReadonlyMap<string, ValidationMode>
  readonly requiredProfiles: RequiredProfiles
  readonly snomedEdition: string | undefined
  readonly txServer: string | undefined
  /** `name@version`. */
  readonly packages: readonly string[]
  readonly packageRegistry: string
  readonly smtpUrl: string | undefined
  readonly mailFrom: string | undefined
  readonly oidcIssuer: string | undefined
  readonly oidcClientId: string | undefined
  readonly oidcClientSecret: string | undefined
  readonly oidcRoleClaim: string
  /** Our roles by their names there. */
  readonly oidcRoles: ReadonlyMap<string, string>
  readonly mfaRoles: readonly string[]
  /** Years. */
  readonly ageOfConsent: number
  readonly releaseRules: readonly ReleaseRule[]
  /** Minutes. */
  readonly criticalEscalation: number
  readonly practiceName: string
  readonly logLevel: string
}

export interface Setting {
  readonly env: string
  /** Shown in the documentation. */
  readonly fallback: string
  readonly about: string
  readonly takes: string
  /** It is shown to nobody. */
  readonly secret?: boolean
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
    fallback: '`http://localhost:$PORT`, with TLS `https://localhost:$PORT`',
    about: 'the origin that clients see; the FHIR base derives from it',
    takes: 'an http or https URL without path',
    parse: origin,
  },
  tlsCert: {
    env: 'TLS_CERT',
    fallback: 'none: HTTP without TLS',
    about: 'a PEM file of the certificate, with those that it depends on; TLS 1.2 and 1.3 are spoken',
    takes: 'the name of a file, together with TLS_KEY',
    parse: (value) => value,
  },
  tlsKey: {
    env: 'TLS_KEY',
    fallback: 'none',
    about: 'a PEM file of the private key that belongs to `TLS_CERT`',
    takes: 'the name of a file, together with TLS_CERT',
    parse: (value) => value,
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
    fallback: '`smart`',
    about:
      '`smart` wants access tokens of the SMART authorization server; `none` opens the API without tokens, for trials on this machine: refused unless `HOST` is loopback',
    takes: 'none or smart',
    parse: (value) => (value === 'none' || value === 'smart' ? value : undefined),
  },
  clientRegistration: {
    env: 'CLIENT_REGISTRATION',
    fallback: 'open',
    about:
      'who registers apps: `open` = apps themselves, `approval` = themselves, and an administrator approves each, `off` = administrators alone; backend services are approved in any case',
    takes: 'open, approval or off',
    parse: (value) => (['open', 'approval', 'off'] as const).find((known) => known === value),
  },
  fetchAllow: {
    env: 'FETCH_ALLOW',
    fallback: 'none',
    about:
      'origins that keys of clients may be fetched from although they are not public or have no TLS, divided by commas; all others must be public, with https',
    takes: 'origins such as http://localhost:3000, several divided by commas',
    parse: origins,
  },
  demo: {
    env: 'DEMO',
    fallback: '`1` with the embedded database on loopback, else `0`',
    about: 'on first start load the demo clinic',
    takes: '0 or 1',
    parse: (value) => (value === '1' ? true : value === '0' ? false : undefined),
  },
  demoPassword: {
    env: 'DEMO_PASSWORD',
    fallback: 'candela-demo',
    about: 'password of every demo account',
    takes: 'at least 8 characters',
    parse: (value) => (value.length >= 8 ? value : undefined),
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
  validation: {
    env: 'VALIDATION',
    fallback: 'profiles',
    about:
      'how much is demanded of what is stored: `off` = structure only, `base` = all of the base specification, `profiles` = and the profiles that are claimed or required, `strict` = and nothing unknown',
    takes: validationModes.join(', '),
    parse: (value) => validationModes.find((mode) => mode === value),
  },
  validationClients: {
    env: 'VALIDATION_CLIENTS',
    fallback: 'none',
    about: 'another `VALIDATION` for single clients, `client=mode,…`; refused while `AUTH` is `none`',
    takes: 'client=mode, several divided by commas',
    parse: parseClientModes,
  },
  requiredProfiles: {
    env: 'REQUIRED_PROFILES',
    fallback: 'none',
    about:
      'profiles that resources must conform to: `Type=canonical` for a type, `name@version` for all types that a package has profiles for; divided by commas',
    takes: 'Type=canonical or name@version, several divided by commas',
    parse: parseRequiredProfiles,
  },
  snomedEdition: {
    env: 'SNOMED_EDITION',
    fallback: 'none',
    about:
      'of several editions of SNOMED CT the one that is meant where no version is named, by the id of its module; else the one released last',
    takes: 'the id of a module, as in 731000124108',
    parse: (value) => (/^\d{6,18}$/.test(value) ? value : undefined),
  },
  txServer: {
    env: 'TX_SERVER',
    fallback: 'none',
    about:
      'base URL of an external terminology server, asked for code systems, value sets and maps that are not loaded here',
    takes: 'an http or https URL without query',
    parse: baseUrl,
  },
  packages: {
    env: 'PACKAGES',
    fallback: 'none',
    about: 'FHIR packages to install at start, with what they depend on: `name@version,…`',
    takes: 'names of packages with their versions, as in hl7.fhir.us.core@6.1.0, with commas between',
    parse: parsePackageNames,
  },
  packageRegistry: {
    env: 'PACKAGE_REGISTRY',
    fallback: 'https://packages.fhir.org',
    about: 'base URL of the registry that FHIR packages are fetched from',
    takes: 'an http or https URL without query',
    parse: baseUrl,
  },
  smtpUrl: {
    env: 'SMTP_URL',
    fallback: 'none',
    about:
      'where mail is sent, with TLS unless it is this machine or `?ignoreTLS=true` is added; without it mail is kept in the outbox of the database',
    takes: 'an smtp:// or smtps:// URL',
    parse: smtpUrl,
  },
  mailFrom: {
    env: 'MAIL_FROM',
    fallback: '`no-reply@` the host of `PUBLIC_URL`',
    about: 'the address that mail comes from',
    takes: 'an e-mail address',
    parse: (value) => (/^[^\s@<>,;]+@[^\s@<>,;]+$/.test(value) ? value : undefined),
  },
  oidcIssuer: {
    env: 'OIDC_ISSUER',
    fallback: 'none',
    about: 'an OpenID provider whose people may sign in here, besides those with passwords',
    takes: 'an https URL, or http on this machine',
    parse: issuerUrl,
  },
  oidcClientId: {
    env: 'OIDC_CLIENT_ID',
    fallback: 'none',
    about: 'what this server is called there; its redirect URI is `PUBLIC_URL/auth/external`',
    takes: 'a client id',
    parse: (value) => value,
  },
  oidcClientSecret: {
    env: 'OIDC_CLIENT_SECRET',
    fallback: 'none',
    about: 'the secret that it has there; none for a public client',
    takes: 'a secret',
    secret: true,
    parse: (value) => value,
  },
  oidcRoleClaim: {
    env: 'OIDC_ROLE_CLAIM',
    fallback: 'groups',
    about: 'the claim of an ID token that lists the groups of a person',
    takes: 'the name of a claim',
    parse: (value) => value,
  },
  oidcRoles: {
    env: 'OIDC_ROLES',
    fallback: 'none',
    about: 'the role that each group has here: `GROUP=ROLE,…`; the provider then decides who has these roles',
    takes: 'groups and roles such as doctors=practitioner,office=receptionist',
    parse: pairs,
  },
  mfaRoles: {
    env: 'MFA_ROLES',
    fallback: 'none',
    about: 'roles that sign in with a second factor or a passkey only, divided by commas',
    takes: 'roles such as admin,practitioner',
    parse: words,
  },
  ageOfConsent: {
    env: 'AGE_OF_CONSENT',
    fallback: '18',
    about: 'the birthday on which guardians act for a child no longer',
    takes: 'a number of years from 10 to 25',
    parse: (value) => wholeNumber(value, 10, 25),
  },
  releaseRules: {
    env: 'RELEASE_RULES',
    fallback: 'none',
    about:
      'when patients see results: `laboratory`, `imaging`, `pathology`, `genetics`, `microbiology` or a code with its system as searches write it, then `=immediate` or `=after-review`, divided by commas; with `@Organization/id` before the `=` for one practice. Whatever no rule is about is seen at once',
    takes: 'rules such as pathology=after-review,laboratory@Organization/1=immediate',
    parse: parseReleaseRules,
  },
  criticalEscalation: {
    env: 'CRITICAL_ESCALATION',
    fallback: '60',
    about:
      'minutes after which the Task about a critical result that nobody acknowledged is passed on to the next in line',
    takes: 'a number of minutes from 1 to 10080',
    parse: (value) => wholeNumber(value, 1, 10_080),
  },
  practiceName: {
    env: 'PRACTICE_NAME',
    fallback: 'Candela',
    about:
      'what people know the practice by: on the pages of sign-in and accounts, in mails and to apps that list practices',
    takes: 'a name',
    parse: (value) => (value.length <= 100 ? value : undefined),
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
  /** The values that were given, as they were written. */
  readonly texts: ReadonlyMap<keyof Config, string>
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
  const texts = new Map<keyof Config, string>()
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
    else {
      given.set(key, value)
      texts.set(key, text)
    }
  }

  const config = withDefaults(given)
  if (config.auth === 'none' && !isLoopback(config.host)) {
    problems.push(`HOST must be a loopback address such as 127.0.0.1 while AUTH is none, not '${config.host}'.`)
  }
  if ((config.oidcIssuer === undefined) !== (config.oidcClientId === undefined)) {
    problems.push('OIDC_ISSUER and OIDC_CLIENT_ID belong together: set both, or neither.')
  }
  if (config.auth === 'none' && config.validationClients.size > 0) {
    problems.push('VALIDATION_CLIENTS has no effect while AUTH is none, since no client is known then. Remove it.')
  }
  if ((config.tlsCert === undefined) !== (config.tlsKey === undefined)) {
    problems.push('TLS_CERT and TLS_KEY belong together: set both, or neither.')
  }
  if (problems.length > 0) throw new ConfigError(problems.join('\n'))
  return { config, origins, texts }
}

function withDefaults(given: ReadonlyMap<keyof Config, unknown>): Config {
  const get = <T>(key: keyof Config, fallback: T) => (given.has(key) ? (given.get(key) as T) : fallback)
  const port = get('port', 8080)
  const host = get('host', '127.0.0.1')
  const databaseUrl = get<string | undefined>('databaseUrl', undefined)
  return {
    port,
    host,
    publicUrl: get('publicUrl', `${given.has('tlsCert') ? 'https' : 'http'}://localhost:${port}`),
    tlsCert: get<string | undefined>('tlsCert', undefined),
    tlsKey: get<string | undefined>('tlsKey', undefined),
    databaseUrl,
    databaseReadUrl: get<string | undefined>('databaseReadUrl', undefined),
    dataDir: get('dataDir', '.data'),
    auth: get('auth', 'smart'),
    clientRegistration: get('clientRegistration', 'open'),
    fetchAllow: get<readonly string[]>('fetchAllow', []),
    demo: get('demo', databaseUrl === undefined && isLoopback(host)),
    demoPassword: get('demoPassword', settings.demoPassword.fallback),
    workers: get('workers', 1),
    searchHandling: get('searchHandling', 'strict'),
    conditionalDelete: get('conditionalDelete', 'single'),
    validation: get('validation', 'profiles'),
    validationClients: get('validationClients', new Map()),
    requiredProfiles: get('requiredProfiles', noRequiredProfiles),
    snomedEdition: get<string | undefined>('snomedEdition', undefined),
    txServer: get<string | undefined>('txServer', undefined),
    packages: get<readonly string[]>('packages', []),
    packageRegistry: get('packageRegistry', settings.packageRegistry.fallback),
    smtpUrl: get<string | undefined>('smtpUrl', undefined),
    mailFrom: get<string | undefined>('mailFrom', undefined),
    oidcIssuer: get<string | undefined>('oidcIssuer', undefined),
    oidcClientId: get<string | undefined>('oidcClientId', undefined),
    oidcClientSecret: get<string | undefined>('oidcClientSecret', undefined),
    oidcRoleClaim: get('oidcRoleClaim', settings.oidcRoleClaim.fallback),
    oidcRoles: get<ReadonlyMap<string, string>>('oidcRoles', new Map()),
    mfaRoles: get<readonly string[]>('mfaRoles', []),
    ageOfConsent: get('ageOfConsent', 18),
    releaseRules: get<readonly ReleaseRule[]>('releaseRules', []),
    criticalEscalation: get('criticalEscalation', 60),
    practiceName: get('practiceName', settings.practiceName.fallback),
    logLevel: get('logLevel', 'info'),
  }
}

/** A variable that was meant to be one of ours would be ignored without a word: one slip away from ours is a mistake. */
function misspelledVariables(env: Environment): string[] {
  const ours = [...entries.map(([, setting]) => setting.env), configFileVariable]
  return Object.keys(env)
    .filter((name) => env[name] && !ours.includes(name))
    .flatMap((name) => {
      const meant = nameMeant(name, ours)
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
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value.join()
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

/** An https URL, or an http one of this machine. */
function issuerUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined
  const { protocol, hostname } = new URL(text)
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname.replace(/^\[|\]$/g, '')))
    ? text
    : undefined
}
