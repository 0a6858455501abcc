/** Small FHIR packages, made as they are asked for, and a registry that has them. */
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { type Header, pack } from 'tar-stream'
import type { JsonObject } from '../../server/fhir/json.ts'

export type ArchivedFile = Partial<Header> & { readonly name: string; readonly content?: string | Buffer }

/** Uncompressed. */
export async function tarOf(files: readonly ArchivedFile[]): Promise<Buffer> {
  const archive = pack()
  // The same files make the same archive, whenever that is.
  for (const { content = '', ...header } of files) archive.entry({ mtime: new Date(0), ...header }, content)
  archive.finalize()
  const chunks: Buffer[] = []
  for await (const chunk of archive) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

export async function archiveOf(files: readonly ArchivedFile[]): Promise<Buffer> {
  return gzipSync(await tarOf(files))
}

export interface SamplePackage {
  readonly name?: string
  readonly version?: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly fhirVersions?: readonly string[]
  /** By file name. */
  readonly resources?: Readonly<Record<string, JsonObject | string>>
  readonly files?: readonly ArchivedFile[]
}

export function packageOf(given: SamplePackage = {}): Promise<Buffer> {
  const { name = 'test.sample', version = '1.0.0', dependencies = {}, fhirVersions = ['4.0.1'] } = given
  const manifest = JSON.stringify({ name, version, fhirVersions, dependencies })
  const resources = Object.entries(given.resources ?? {}).map(([file, resource]) => ({
    name: `package/${file}`,
    content: typeof resource === 'string' ? resource : JSON.stringify(resource),
  }))
  return archiveOf([{ name: 'package/package.json', content: manifest }, ...resources, ...(given.files ?? [])])
}

export function valueSet(url: string, version: string, ...codes: readonly string[]): JsonObject {
  const concept = (codes.length > 0 ? codes : ['a']).map((code) => ({ code }))
  const include = [{ system: 'http://example.org/codes', concept }]
  return { resourceType: 'ValueSet', url, version, status: 'active', compose: { include } }
}

export function profile(url: string, version: string, type: string, more: JsonObject = {}): JsonObject {
  return {
    resourceType: 'StructureDefinition',
    url,
    version,
    name: 'Sample',
    status: 'active',
    fhirVersion: '4.0.1',
    kind: 'resource',
    abstract: false,
    type,
    baseDefinition: `http://hl7.org/fhir/StructureDefinition/${type}`,
    derivation: 'constraint',
    differential: { element: [{ id: type, path: type }] },
    ...more,
  }
}

export interface SampleRegistry {
  readonly url: string
  /** The paths that were asked for, with the credentials that came along. */
  readonly asked: { readonly path: string; readonly authorization?: string }[]
  /** Adds a package, or changes what is said of it. */
  publish(name: string, version: string, archive: Buffer, dist?: JsonObject): void
  /** Answers in place of the registry. */
  answer: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined
  close(): Promise<void>
}

export async function sampleRegistry(): Promise<SampleRegistry> {
  const packages = new Map<string, Map<string, { archive: Buffer; dist: JsonObject }>>()
  const asked: SampleRegistry['asked'] = []
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url!)
    const { authorization } = request.headers
    asked.push({ path, ...(authorization !== undefined && { authorization }) })
    if (registry.answer?.(request, response)) return
    const [name = '', version] = path.slice(1).split('/-/')
    const versions = packages.get(name)
    const archive = version === undefined ? undefined : versions?.get(version)?.archive
    if (archive) return void response.end(archive)
    if (!versions || version !== undefined) return void response.writeHead(404).end('{}')
    const listed = [...versions].map(([number, { dist }]) => [number, { name, version: number, dist }])
    const latest = [...versions.keys()].at(-1)
    response.end(JSON.stringify({ name, 'dist-tags': { latest }, versions: Object.fromEntries(listed) }))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const registry: SampleRegistry = {
    url,
    asked,
    answer: undefined,
    publish: (name, version, archive, dist = {}) => {
      const integrity = `sha512-${createHash('sha512').update(archive).digest('base64')}`
      const known = packages.get(name) ?? new Map()
      known.set(version, { archive, dist: { tarball: `${url}/${name}/-/${version}`, integrity, ...dist } })
      packages.set(name, known)
    },
    close: () =>
      new Promise((done) => {
        server.closeAllConnections()
        server.close(() => done())
      }),
  }
  return registry
}
