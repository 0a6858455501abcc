/** Several editions of SNOMED CT side by side. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { workOf } from '../../../server/cli/terminology.ts'
import type { JsonObject } from '../../../server/fhir/json.ts'
import { applyRule } from '../../../server/interactions/terminology/terminology.ts'
import { expand, type Files, importFiles, lookUp } from '../../support/import-files.ts'
import { codes, related, smallSnapshot } from '../../support/small-snapshot.ts'
import { type TestServer, testServer } from '../../support/test-server.ts'

const url = 'http://snomed.info/sct'
const international = `${url}/900000000000207008`
const american = `${url}/731000124108`
const only = '111111111'
let server: TestServer
beforeAll(async () => {
  server = await testServer()
  await importFiles(server, 'snomed', edition('20250901'))
  await importFiles(server, 'snomed', smallSnapshot())
})
afterAll(() => server.close())

/** The small snapshot as an edition of the USA, which has a concept of its own. */
function edition(day: string): Files {
  const own = [only, '20240901', 1, '731000124108', codes.primitive]
  const files = smallSnapshot({ concept: [own], relationship: [related(only, codes.finding)] })
  return Object.fromEntries(
    Object.entries(files).map(([name, content]) => [name.replace('_INT_20250101', `_US1000124_${day}`), content]),
  )
}

async function isKnown(system: string, more: Readonly<Record<string, string>> = {}): Promise<unknown> {
  const query = new URLSearchParams({ url: system, code: only, ...more })
  const reply = await server.fhir('GET', `CodeSystem/$validate-code?${query}`)
  return (reply.json['parameter'] as JsonObject[])[0]!['valueBoolean']
}

test('without a version the latest one answers, whichever was imported last', async () => {
  expect((await lookUp(server, url, codes.heart)).version).toBe(`${american}/version/20250901`)
  expect(await isKnown(url)).toBe(true)
  expect(await expand(server, `${url}?fhir_vs=isa/${only}`)).toEqual([only])
  expect(await isKnown(url, { version: american })).toBe(true)
  expect(await isKnown(url, { version: international })).toBe(false)
  const reply = await server.fhir(
    'GET',
    `ValueSet/$expand?url=${encodeURIComponent(`${international}?fhir_vs=isa/${only}`)}`,
  )
  expect(reply.status).toBe(404)
})

test('an older release of an edition is refused, whatever other editions there are', async () => {
  await expect(importFiles(server, 'snomed', edition('20240901'))).rejects.toThrow(
    `SNOMED CT (${url}|${american}/version/20240901) is older than ${american}/version/20250901, which is here.`,
  )
  expect(await isKnown(url)).toBe(true)
})

test('the edition that is set answers', async () => {
  for (const [snomedEdition, known] of [
    ['900000000000207008', false],
    ['731000124108', true],
    ['11000146104', true],
  ] as const) {
    const context = { ...server.context, config: { ...server.context.config, snomedEdition } }
    const facts = await applyRule(context, (all) => all.system(url)!.version)
    expect(facts).toBe(known ? `${american}/version/20250901` : `${international}/version/20250101`)
  }
})

test('one of several is removed by its edition', async () => {
  const remove = async (canonical: string) => {
    const lines: string[] = []
    for await (const line of workOf(['remove', canonical], {})(server.context.store.database)) lines.push(line)
    return lines
  }
  await expect(remove(url)).rejects.toThrow(
    `There are several releases of '${url}'. Name one of ${url}|${american}/version/20250901, ${url}|${international}`,
  )
  expect(await remove(`${url}|${american}`)).toEqual([expect.stringContaining(`${american}/version/20250901`)])
  expect((await lookUp(server, url, codes.heart)).version).toBe(`${international}/version/20250101`)
})
