/** A server process of a test: as `candela start`, but it tells its URL and its load, and ends with the test. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { readConfig } from '../../server/config.ts'
import { startServer } from '../../server/main.ts'

/** What a server process says: its URL once it listens, then its load whenever it is asked. */
export type ServerMessage = { readonly url: string } | ServerLoad

/** Since the last time that it was asked. */
export interface ServerLoad {
  /** Milliseconds of this process, in user and system mode. */
  readonly cpu: number
  /** Milliseconds for which the event loop did not turn: the longest, and the 99.9th percentile. */
  readonly longestDelay: number
  readonly delay999: number
  readonly rss: number
}

const resolution = 5
const delays = monitorEventLoopDelay({ resolution })
delays.enable()
let cpu = process.cpuUsage()

process.on('disconnect', () => process.exit(0))
process.on('message', () => {
  const { user, system } = process.cpuUsage(cpu)
  cpu = process.cpuUsage()
  const milliseconds = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - resolution)
  send({
    cpu: (user + system) / 1000,
    longestDelay: milliseconds(delays.max),
    delay999: milliseconds(delays.percentile(99.9)),
    rss: process.memoryUsage.rss(),
  })
  delays.reset()
})

const server = await startServer(readConfig(process.env))
send({ url: server.url })

function send(message: ServerMessage): void {
  process.send!(message)
}
