/** Answers each XML document with the code of its first fault, in a thread whose memory the test limits. */
import { tmpdir } from 'node:os'
import { parentPort } from 'node:worker_threads'
import { OutcomeError } from '../../server/fhir/outcome.ts'
import { fromXml } from '../../server/fhir/xml-read.ts'
import { loadDefinitions } from '../../server/packages.ts'

const definitions = loadDefinitions(tmpdir())

parentPort!.on('message', (text: string) => parentPort!.postMessage(firstFault(text)))

function firstFault(text: string): string {
  try {
    fromXml(text, definitions)
    return 'none'
  } catch (error) {
    if (error instanceof OutcomeError) return error.issues[0]!.code
    throw error
  }
}
