/** TLS, where a certificate is given. https://www.rfc-editor.org/rfc/rfc9325 */
import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { type Config, ConfigError } from '../config.ts'

export interface TlsOptions {
  readonly cert: string
  readonly key: string
  readonly minVersion: 'TLSv1.2'
}

/** Undefined where HTTP is spoken without TLS; throws `ConfigError` for files that are of no use. */
export function tlsOptions({ tlsCert, tlsKey }: Pick<Config, 'tlsCert' | 'tlsKey'>): TlsOptions | undefined {
  if (tlsCert === undefined || tlsKey === undefined) return undefined
  const options = { cert: read('TLS_CERT', tlsCert), key: read('TLS_KEY', tlsKey), minVersion: 'TLSv1.2' } as const
  try {
    createSecureContext(options)
  } catch (error) {
    throw new ConfigError(`TLS_CERT and TLS_KEY cannot be used together: ${(error as Error).message}.`)
  }
  return options
}

function read(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new ConfigError(`${name} cannot be read: ${(error as Error).message}.`)
  }
}
