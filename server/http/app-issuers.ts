/**
 * The servers that the apps may be launched from: `issuers.json` in DATA_DIR, or else this server alone.
 * What the apps are told of them has no secrets in it.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigError } from '../config.ts'
import { isJsonObject, type JsonObject } from '../fhir/json.ts'

export interface AppIssuer {
  /** The FHIR base; `/fhir` is this server's. */
  readonly iss: string
  /** Client ids by the name of the app. */
  readonly clients: Readonly<Record<string, string>>
  readonly scopes?: Readonly<Record<string, string>>
  /** Further origins of that server: of its authorization, of its files, of the pages that show apps. */
  readonly origins?: readonly string[]
  /** Where a server lets no public client in: apps then exchange their codes by way of this server. */
  readonly tokenEndpoint?: string
  readonly secrets?: Readonly<Record<string, string>>
}

/** Reads the file of an administrator, else that of the build. */
export function readAppIssuers(dataDir: string, builtFolder: string): readonly AppIssuer[] {
  const file = [dataDir, builtFolder].map((folder) => join(folder, 'issuers.json')).find((path) => existsSync(path))
  if (file === undefined) return []
  const issuers = issuersIn(readFileSync(file, 'utf8'))
  if (!issuers) {
    throw new ConfigError(
      `${file} must be {"issuers":[{"iss":URL,"clients":{APP:ID}}]}; "scopes", "origins", "tokenEndpoint" and "secrets" may be there.`,
    )
  }
  return issuers
}

function issuersIn(text: string): readonly AppIssuer[] | undefined {
  try {
    const given = JSON.parse(text) as unknown
    const list = isJsonObject(given) ? given['issuers'] : undefined
    const isRight = Array.isArray(list) && list.every((one) => isJsonObject(one) && isIssuer(one))
    return isRight ? (list as unknown as readonly AppIssuer[]) : undefined
  } catch {
    return undefined
  }
}

function isIssuer({ iss, clients, scopes = {}, secrets = {}, origins = [], tokenEndpoint = '/' }: JsonObject): boolean {
  const isAddress = (value: unknown) => typeof value === 'string' && (value.startsWith('/') || URL.canParse(value))
  const isTable = (value: unknown) =>
    isJsonObject(value) && Object.values(value).every((one) => typeof one === 'string')
  const areOrigins = Array.isArray(origins) && origins.every((one) => typeof one === 'string' && URL.canParse(one))
  return isAddress(iss) && isAddress(tokenEndpoint) && [clients, scopes, secrets].every(isTable) && areOrigins
}

/** What apps are told. */
export function publicIssuer(issuer: AppIssuer, number: number): JsonObject {
  const { iss, clients, scopes, secrets } = issuer
  return {
    iss,
    clients: { ...clients },
    ...(scopes && { scopes: { ...scopes } }),
    ...(secrets && { relay: relayPath(number) }),
  }
}

/** Where the codes of a server's confidential clients are exchanged. */
export function relayPath(number: number | string): string {
  return `/apps/relay/${number}`
}
