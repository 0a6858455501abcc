/** Imports files that a test writes, as the command line does, and asks the server about them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readers } from '../../server/cli/terminology/readers.ts'
import { workOf } from '../../server/cli/terminology.ts'
import type { JsonObject } from '../../server/fhir/json.ts'
import { writeFiles } from './snomed-release.ts'
import type { TestServer } from './test-server.ts'
import { zipOf } from './zip.ts'

export type Files = Readonly<Record<string, string | Buffer>>

/** The lines that the command writes. A folder of the files; with `zip`, an archive of that name instead. */
export async function importFiles(server: TestServer, kind: string, files: Files, zip?: string): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'candela-release-'))
  try {
    if (zip === undefined) return await importPath(server, kind, writeFiles(folder, files))
    const entries = Object.entries(files).map(([path, content]) => ({ path, content }))
    writeFileSync(join(folder, zip), zipOf(entries))
    return await importPath(server, kind, join(folder, zip))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

export async function importPath(server: TestServer, kind: string, path: string): Promise<string[]> {
  const lines: string[] = []
  for await (const line of workOf(['import', kind, path], readers)(server.context.store.database)) lines.push(line)
  return lines
}

/** Codes of an expansion in its order; none where it is empty. */
export async function expand(server: TestServer, url: string, more = ''): Promise<string[]> {
  const reply = await server.fhir('GET', `ValueSet/$expand?url=${encodeURIComponent(url)}&count=1000${more}`)
  if (reply.status !== 200) throw new Error(JSON.stringify(reply.json))
  const { contains = [] } = reply.json['expansion'] as { contains?: JsonObject[] }
  return contains.map(({ code }) => String(code))
}

export interface LookedUp {
  readonly display: string
  readonly version: string
  readonly designations: readonly string[]
  /** `code=value`, in order. */
  readonly properties: readonly string[]
}

export async function lookUp(server: TestServer, system: string, code: string): Promise<LookedUp> {
  const query = `system=${encodeURIComponent(system)}&code=${encodeURIComponent(code)}`
  const reply = await server.fhir('GET', `CodeSystem/$lookup?${query}`)
  if (reply.status !== 200) throw new Error(JSON.stringify(reply.json))
  const parameters = reply.json['parameter'] as JsonObject[]
  const text = (name: string) => String(parameters.find((one) => one['name'] === name)?.['valueString'] ?? '')
  const parts = (name: string) =>
    parameters
      .filter((one) => one['name'] === name)
      .map((one) => Object.fromEntries((one['part'] as JsonObject[]).map((part) => [part['name'], textOf(part)])))
  return {
    display: text('display'),
    version: text('version'),
    designations: parts('designation').map(
      ({ language, value }) => `${language === undefined ? '' : `${language}: `}${value}`,
    ),
    properties: parts('property').map(({ code: name, value }) => `${name}=${value}`),
  }
}

function textOf(part: JsonObject): string {
  const value = Object.entries(part).find(([name]) => name.startsWith('value'))?.[1]
  return typeof value === 'object' && value !== null && 'code' in value ? String(value.code) : String(value)
}
