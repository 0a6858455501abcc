/** Pages in the middle and at the end of long results, and of rare codes, against first pages. */

import type { Bench } from './bench.ts'
import { analytes } from './codes.ts'
import { type Case, gets, interleave } from './measure.ts'
import type { Row } from './report.ts'
import { ask, linkPath, matches } from './samples.ts'
import { pageRow } from './search-pages.ts'
import { fullCharts, indexOfShare } from './shapes.ts'

const target = '≤ 1.15'

interface Depths {
  readonly first: string
  readonly middle: string
  readonly last: string
}

export async function deepRows(bench: Bench): Promise<Row[]> {
  const charts = fullCharts(bench.world, 8)
  const code = (index: number) => `http://loinc.org|${analytes[index]!.code}`
  const searches = {
    patient: charts.map((id) => `/fhir/Observation?patient=${id}`),
    'code sorted by date': [0, 1, 2].map((index) => `/fhir/Observation?code=${code(index)}&_sort=-date`),
    'no criteria': ['/fhir/Observation?_sort=-date'],
  }
  const cases: Case[] = []
  for (const [name, paths] of Object.entries(searches)) {
    const depths: Depths[] = []
    for (const path of paths) depths.push(await depthsOf(path, bench))
    for (const depth of ['first', 'middle', 'last'] as const) {
      cases.push(
        gets(
          `${name}, ${depth}`,
          bench.server,
          depths.map((found) => found[depth]),
        ),
      )
    }
  }
  const shares = { 'most frequent': 0, '1 %': indexOfShare(0.01), '0.1 %': indexOfShare(0.001) }
  for (const [name, index] of Object.entries(shares)) {
    cases.push(gets(`code, ${name}`, bench.server, [`/fhir/Observation?code=${code(index)}&_sort=-date`]))
  }
  const seen = await interleave(cases, bench, bench.pace)
  const compare = (name: string, base: string) =>
    pageRow(`page of 20: ${name}`, seen.get(name)!, seen.get(base)!, target)
  return [
    ...Object.keys(searches).flatMap((name) =>
      ['middle', 'last'].map((depth) => compare(`${name}, ${depth}`, `${name}, first`)),
    ),
    compare('code, 1 %', 'code, most frequent'),
    compare('code, 0.1 %', 'code, most frequent'),
  ]
}

/** Follows the links in steps of 1,000 (or less, where there are few), then asks for 20 at the same place. */
async function depthsOf(search: string, { server }: Bench): Promise<Depths> {
  for (const step of [1000, 100, 20]) {
    const places = await placesOf(`${search}&_count=${step}`, server.port)
    if (places.length < 3) continue
    const at = (index: number) => places[index]!.replace(`_count=${step}`, '_count=20')
    return { first: at(0), middle: at(Math.floor(places.length / 2)), last: at(places.length - 1) }
  }
  throw new Error(`${search} has too few pages.`)
}

/** The links of all pages that hold 20 rows at least. */
async function placesOf(first: string, port: number): Promise<string[]> {
  const places: string[] = []
  for (let path: string | undefined = first; path !== undefined && places.length < 400; ) {
    const page = await ask(port, path)
    if (matches(page) >= 20) places.push(path)
    path = linkPath(page, 'next')
  }
  return places
}
