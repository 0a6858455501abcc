import { expect, test } from 'vitest'
import { ConfigError, masked, readConfig, resolveConfig } from '../server/config.ts'

function problems(env: Record<string, string>, values?: Record<string, unknown>): string[] {
  try {
    resolveConfig(env, values && { name: 'candela.config.json', values })
    return []
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    return (error as Error).message.split('\n')
  }
}

test('nothing has to be set', () => {
  expect(readConfig({})).toMatchObject({
    port: 8080,
    host: '127.0.0.1',
    publicUrl: 'http://localhost:8080',
    demo: true,
    auth: 'smart',
  })
})

test('variables go before the file, the file before what is usual', () => {
  const file = { name: 'candela.config.json', values: { port: 9000, workers: 2, demo: false, logLevel: 'warn' } }
  const { config, origins } = resolveConfig({ PORT: '9001', LOG_LEVEL: '' }, file)
  expect(config).toMatchObject({
    port: 9001,
    workers: 2,
    demo: false,
    logLevel: 'warn',
    publicUrl: 'http://localhost:9001',
  })
  expect(Object.fromEntries(origins)).toMatchObject({
    port: 'environment',
    workers: 'file',
    demo: 'file',
    logLevel: 'file',
    host: 'default',
  })
})

test.each([
  [{ PORT: '80x' }, 'PORT takes a port number from 0 to 65535'],
  [{ DEMO: 'yes' }, 'DEMO takes 0 or 1'],
  [{ AUTH: 'none', HOST: '0.0.0.0' }, 'HOST must be a loopback address'],
  [{ AUTH: 'none', VALIDATION_CLIENTS: 'feed=off' }, 'VALIDATION_CLIENTS has no effect while AUTH is none'],
  [{ SMTP_URL: 'mail.example' }, 'SMTP_URL takes an smtp:// or smtps:// URL'],
  [{ OIDC_ISSUER: 'http://id.example' }, 'OIDC_ISSUER takes an https URL'],
  [{ OIDC_ISSUER: 'https://id.example' }, 'OIDC_ISSUER and OIDC_CLIENT_ID belong together'],
  [{ OIDC_ROLES: 'doctors' }, 'OIDC_ROLES takes groups and roles'],
  [{ PUBLIC_URL: 'localhost' }, 'PUBLIC_URL takes an http or https URL'],
])('%j stops the start', (env, message) => {
  expect(problems(env)).toHaveLength(1)
  expect(problems(env)[0]).toContain(message)
})

test('all problems are told at once', () => {
  expect(problems({ PORT: 'x', DEMO: 'x' }, { workers: -1, nothing: true })).toHaveLength(4)
})

test.each([
  ['DATABASE_ULR', 'DATABASE_URL'],
  ['DATABSE_URL', 'DATABASE_URL'],
  ['LOGLEVEL', 'LOG_LEVEL'],
  ['SEARCH_HANDLINGS', 'SEARCH_HANDLING'],
  ['data_dir', 'DATA_DIR'],
  ['CONFIG_FIEL', 'CONFIG_FILE'],
  ['PORTT', 'PORT'],
  ['AUHT', 'AUTH'],
])('the variable %s was meant to be %s', (given, meant) => {
  expect(problems({ [given]: 'x' })).toEqual([`${given} is not a setting. Did you mean ${meant}?`])
})

test.each(['PART', 'HOSTS', 'HOSTNAME', 'PATH', 'DATABASE', 'DATABASE_URI_2', 'DEMOS', 'npm_config_port'])(
  'the variable %s is of no concern',
  (name) => {
    expect(problems({ [name]: 'x' })).toEqual([])
  },
)

test.each([
  ['prot', "Did you mean 'port'?"],
  ['databaseURL', "Did you mean 'databaseUrl'?"],
  ['DATABASE_URL', "Did you mean 'databaseUrl'?"],
  ['colour', "'colour' in candela.config.json is not a setting."],
])('the key %s of the file stops the start', (key, message) => {
  expect(problems({}, { [key]: 'x' })[0]).toContain(message)
})

test.each([[{ port: [1] }], [{ port: { a: 1 } }], [{ port: true }], [{ demo: 'true' }], [{ workers: 1.5 }]])(
  'the file may not say %j',
  (values) => {
    expect(problems({}, values)).toHaveLength(1)
  },
)

test('passwords are not shown', () => {
  expect(masked('postgres://u:p@ss@host/db?password=x&a=b')).toBe('postgres://u:***@host/db?password=***&a=b')
  expect(problems({ DATABASE_URL: 'mysql://u:secret@host/db' })[0]).not.toContain('secret')
})
