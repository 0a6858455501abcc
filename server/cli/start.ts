/** `candela start`: runs the server until it is told to stop. */
import { loadConfig } from '../config-file.ts'
import { startServer } from '../main.ts'

export async function start(): Promise<number> {
  const server = await startServer(loadConfig().config)
  console.log(`Candela is running at ${server.url}`)
  await new Promise<void>((done) => {
    process.once('SIGINT', done)
    process.once('SIGTERM', done)
  })
  await server.close()
  return 0
}
