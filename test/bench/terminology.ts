/**
 * Measures the terminology service on a generated release: `node test/bench/terminology.ts [CONCEPTS]`.
 * A PostgreSQL with the settings of production; requests by HTTP, one after the other. The last line has the figures as
 * JSON, for the benchmark.
 */
import { createApp } from '../../server/app.ts'
import { openCore } from '../../server/main.ts'
import { openDatabase } from '../../server/store/database.ts'
import { startPostgres } from '../../server/store/embedded-postgres.ts'
import { importRelease } from '../../server/store/terminology/import-release.ts'
import { codeAt, generatedConcepts, generatedSystem } from '../support/generated-release.ts'
import { randomFrom } from '../support/random.ts'
import { postgresFolder, removeFolder, testConfig } from '../support/test-postgres.ts'
import { openConnection, wireBytes } from './http-connection.ts'

const count = Number(process.argv[2] ?? 500_000)
const folder = postgresFolder()
const postgres = await startPostgres(folder)
try {
  const core = await openCore(testConfig(postgres.url))
  const imported = await measureImport()
  const app = await createApp(core.context)
  const { port } = new URL(await app.listen({ port: 0, host: '127.0.0.1' }))
  const medians = await measureRequests(Number(port))
  console.log(JSON.stringify({ ...imported, medians } satisfies TerminologyFigures))
  await app.close()
  await core.close()
} finally {
  await postgres.stop()
  removeFolder(folder)
}

/** Medians in milliseconds, by request. */
export interface TerminologyFigures {
  readonly conceptsPerSecond: number
  readonly mostBytes: number
  readonly medians: Readonly<Record<string, number>>
}

async function measureImport(): Promise<Omit<TerminologyFigures, 'medians'>> {
  const database = openDatabase(postgres.url, { connections: 2 })
  let most = 0
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss)
  }, 50)
  const start = performance.now()
  let last = start
  let doing = 'reading'
  await importRelease(database, {
    system: generatedSystem,
    kind: 'generated',
    rows: generatedConcepts(count),
    report: (_concepts, step) => {
      if (step === doing) return
      console.log(`  ${doing}: ${Math.round(performance.now() - last)} ms`)
      last = performance.now()
      doing = step
    },
  })
  console.log(`  ${doing}: ${Math.round(performance.now() - last)} ms`)
  const seconds = (performance.now() - start) / 1000
  clearInterval(watch)
  await database.close()
  console.log(`import: ${Math.round(count / seconds)} concepts/s, at most ${Math.round(most / 1e6)} MB`)
  return { conceptsPerSecond: count / seconds, mostBytes: most }
}

async function measureRequests(port: number): Promise<TerminologyFigures['medians']> {
  const connection = await openConnection(port)
  const random = randomFrom(7)
  const code = () => codeAt(Math.floor(random() * count))
  const system = encodeURIComponent(generatedSystem.url)
  const all = encodeURIComponent(`${generatedSystem.url}?fhir_vs`)
  const filters = [
    'hepat',
    'acu lumfi',
    'pulosis cardoma',
    'left ost',
    'neph',
    'gas',
    'myo chronic fin',
    'a',
    'de',
    'barenitis',
  ]
  const letters = () => {
    const from = (text: string) => text[Math.floor(random() * text.length)]!
    return `${from('abcdefghijklmnop')}${from('aeiou')}${from('rsnpl')}${random() < 0.5 ? ` ${from('acdflr')}` : ''}`
  }
  let next = 0
  const cases: readonly (readonly [name: string, path: () => string])[] = [
    ['GET /metadata', () => 'metadata'],
    ['$validate-code (system)', () => `CodeSystem/$validate-code?url=${system}&code=${code()}`],
    ['$validate-code (value set)', () => `ValueSet/$validate-code?url=${all}&system=${system}&code=${code()}`],
    ['$subsumes', () => `CodeSystem/$subsumes?system=${system}&codeA=${code()}&codeB=${code()}`],
    ['$lookup', () => `CodeSystem/$lookup?system=${system}&code=${code()}`],
    [
      '$expand, filter, first time each',
      () => `ValueSet/$expand?url=${all}&count=20&filter=${encodeURIComponent(letters())}`,
    ],
    [
      '$expand, filters in turn',
      () => `ValueSet/$expand?url=${all}&count=20&filter=${encodeURIComponent(filters[next++ % filters.length]!)}`,
    ],
    [
      '$expand, below a concept, filter',
      () =>
        `ValueSet/$expand?url=${encodeURIComponent(`${generatedSystem.url}?fhir_vs=isa/${codeAt(Math.floor(random() * 50))}`)}&count=20&filter=${encodeURIComponent(letters())}`,
    ],
    ['$expand, page of all', () => `ValueSet/$expand?url=${all}&count=20&offset=${Math.floor(random() * count)}`],
  ]
  const medians: Record<string, number> = {}
  for (const [name, path] of cases) {
    const times: number[] = []
    let found = 0
    for (let i = 0; i < 300; i++) {
      const bytes = wireBytes({ method: 'GET', path: `/fhir/${path()}` })
      const start = performance.now()
      const { status, body } = await connection.send(bytes)
      times.push(performance.now() - start)
      if (status !== 200) throw new Error(body.toString())
      found += body.length
    }
    // The first requests compile code and read the released words.
    times.splice(0, 30)
    times.sort((a, b) => a - b)
    const at = (share: number) => times[Math.floor(share * (times.length - 1))]!.toFixed(2)
    medians[name] = times[Math.floor(times.length / 2)]!
    console.log(`${name}: median ${at(0.5)} ms, p95 ${at(0.95)}, max ${at(1)} (${Math.round(found / 300)} bytes)`)
  }
  connection.close()
  return medians
}
