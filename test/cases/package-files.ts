/** Reads the resources of a FHIR package. https://confluence.hl7.org/display/FHIR/NPM+Package+Specification */
import { createReadStream } from 'node:fs'
import { text } from 'node:stream/consumers'
import { createGunzip } from 'node:zlib'
import { extract } from 'tar-stream'
import type { JsonObject } from '../../server/fhir/json.ts'
import { parseStored } from '../../server/fhir/json.ts'

export interface PackageFiles {
  readonly resources: readonly JsonObject[]
  readonly examples: readonly JsonObject[]
}

/** What is in the package and what is in its folder of examples. */
export async function readPackage(file: string): Promise<PackageFiles> {
  const resources: JsonObject[] = []
  const examples: JsonObject[] = []
  const entries = createReadStream(file).pipe(createGunzip()).pipe(extract())
  for await (const entry of entries) {
    const { name } = entry.header
    const content = await text(entry)
    if (!/^package\/(?:example\/)?[A-Z].*\.json$/.test(name)) continue
    const list = name.startsWith('package/example/') ? examples : resources
    list.push(parseStored(content))
  }
  return { resources, examples }
}
