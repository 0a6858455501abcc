/** The settings of this process: its environment and, where there is one, a file. */
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { ConfigError, type ConfigFile, configFileVariable, type ResolvedConfig, resolveConfig } from './config.ts'

/** Looked for in the working folder where `CONFIG_FILE` names no other. */
const usualName = 'candela.config.json'

/** Throws `ConfigError` for what cannot be used. */
export function loadConfig(env: NodeJS.ProcessEnv = process.env, folder = process.cwd()): ResolvedConfig {
  return resolveConfig(env, readFile(env[configFileVariable] || undefined, folder))
}

function readFile(named: string | undefined, folder: string): ConfigFile | undefined {
  const name = named ?? usualName
  const path = resolve(folder, name)
  if (named === undefined && !existsSync(path)) return undefined
  try {
    const values = JSON.parse(readFileSync(path, 'utf8')) as unknown
    if (typeof values !== 'object' || values === null || Array.isArray(values)) throw new Error('it is no JSON object')
    return { name, values: values as Record<string, unknown> }
  } catch (error) {
    throw new ConfigError(`${name} cannot be read: ${(error as Error).message}.`)
  }
}
