/** A server process with AUTH=smart and the people of tests: they are nowhere stored. */
import { createApp } from '../../server/app.ts'
import { readConfig } from '../../server/config.ts'
import { openCore } from '../../server/main.ts'
import { origin, persons } from '../support/smart-server.ts'
import { testPeople } from '../support/test-people.ts'

process.on('disconnect', () => process.exit(0))

const core = await openCore({ ...readConfig(process.env), publicUrl: origin })
const app = await createApp(core.context, testPeople(persons, Date.now))
const url = await app.listen({ port: 0, host: '127.0.0.1' })
process.send!({ url })
