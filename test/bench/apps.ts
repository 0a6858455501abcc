/** What people wait for who open an app: the operation behind its first view, and the view itself in Chromium. */

import { hashPassword } from '../../server/smart/accounts/password.ts'
import { addAccount } from '../../server/store/accounts/accounts.ts'
import { openDatabase } from '../../server/store/database.ts'
import { freePort } from '../../server/store/embedded-postgres.ts'
import { findChromium } from '../support/chromium.ts'
import type { Bench } from './bench.ts'
import { type FirstView, firstViews } from './first-view.ts'
import { chartPatient, chartSize, storeLongChart } from './long-chart.ts'
import { gets, interleave } from './measure.ts'
import { startServer } from './processes.ts'
import { cpu, milliseconds, notMeasured, type Row, rowOf } from './report.ts'

const person = { username: 'bench', password: 'lantern orchid 42' }

export async function appRows(bench: Bench): Promise<Row[]> {
  await storeLongChart(bench.server)
  return [...(await operationRows(bench)), ...(await viewRows(bench))]
}

async function operationRows(bench: Bench): Promise<Row[]> {
  const path = `/fhir/Patient/${chartPatient}/$results`
  const { json, state } = await answerOf(bench, path)
  const cases = [
    gets('first', bench.server, [path]),
    gets('all', bench.server, [`${path}?_count=${chartSize}`]),
    gets('state', bench.server, [`${path}?state=${state}`]),
  ]
  const seen = await interleave(cases, bench, bench.pace)
  const told = (name: string) => {
    const measured = seen.get(name)!
    return `${milliseconds(measured.p50)} p50, ${cpu(measured)}`
  }
  const of = `of ${chartSize.toLocaleString('en-US')} observations`
  return [
    rowOf(`$results ${of}, ${json.length} parameters`, told('first'), '≤ 60', seen.get('first')!.p50),
    { work: `$results ${of}, all at once`, measured: told('all'), target: '' },
    { work: `$results ${of}, whether something is new`, measured: told('state'), target: '' },
  ]
}

async function answerOf({ server }: Bench, path: string) {
  const reply = await fetch(`http://127.0.0.1:${server.port}${path}`)
  const { parameter: json } = (await reply.json()) as { parameter: { name: string; valueString?: string }[] }
  return { json, state: json.find(({ name }) => name === 'state')?.valueString ?? '' }
}

async function viewRows(bench: Bench): Promise<Row[]> {
  const executable = findChromium()
  if (executable === undefined) return [notMeasured('first view of results', '≤ 300', 'There is no Chromium.')]
  const port = await freePort()
  const settings = { AUTH: 'smart', DATABASE_URL: bench.postgresUrl, PORT: String(port) }
  const server = await startServer(bench.dataDir, settings)
  const database = openDatabase(bench.postgresUrl, { connections: 1 })
  try {
    await addAccount(
      database,
      {
        ...{ username: person.username, name: 'Long Chart', email: null, emailVerified: false, state: 'active' },
        ...{ password: await hashPassword(person.password), roles: ['patient'], demo: false },
        fhirUser: `Patient/${chartPatient}`,
      },
      Date.now(),
    )
    const visitor = { ...person, path: '/apps/results/', selector: '.panels .panel' }
    const { local, mobile } = await firstViews(executable, `http://localhost:${port}`, visitor, bench.quick ? 3 : 9)
    return [
      ...rowsOf('first view of results', local, '≤ 300'),
      ...rowsOf('first view of results over 4G', mobile, '≤ 1000'),
      rowOf('script of results, compressed', `${Math.round(mobile.script / 1000)} kB`, '≤ 100', mobile.script / 1000),
    ]
  } finally {
    await database.close()
    await server.stop()
  }
}

function rowsOf(work: string, { shown, shift }: FirstView, target: string): Row[] {
  return [
    rowOf(work, milliseconds(shown), target, shown),
    rowOf(`${work}: layout shift`, shift.toFixed(3), '≤ 0.01', shift),
  ]
}
