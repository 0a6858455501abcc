/**
 * `npm run test:cases`: how far this server's validator agrees with the reference validator on HL7's cases.
 * `--list` tells each disagreement, `--only=name` one case in full.
 */
import { parseArgs } from 'node:util'
import { sharedFolder } from '../support/shared-data.ts'
import { agreementTable } from './agreement.ts'
import { readChecks } from './manifest.ts'
import { isError, runCheck, shownIssue } from './run-check.ts'

const { values } = parseArgs({
  options: { list: { type: 'boolean' }, counts: { type: 'boolean' }, only: { type: 'string' } },
})
const folder = sharedFolder('fhir-test-cases/validator')
if (!folder) {
  console.log('Skipped: there is no ../shared/data/fhir-test-cases here; set SHARED_DIR.')
  process.exit(0)
}

const checks = readChecks(folder)
const chosen = checks.filter((check) => !check.needsServer && (!values.only || check.name.startsWith(values.only)))
const rows = chosen.map((check) => {
  const errors = runCheck(check).filter(isError).map(shownIssue)
  return { check, errors }
})

for (const { check, errors } of rows) {
  const expected = check.expected.errors
  const disagrees = expected.length > 0 !== errors.length > 0
  const differs = expected.length !== errors.length
  if (!values.only && !(values.list && disagrees) && !(values.counts && differs)) continue
  console.log(`\n${disagrees ? 'VERDICT' : differs ? 'count' : 'same'} ${check.module}: ${check.name}`)
  for (const text of expected) console.log(`  - ${text.slice(0, 220)}`)
  for (const text of errors) console.log(`  + ${text.slice(0, 300)}`)
}
console.log(
  `${checks.length} recorded outcomes, ${checks.length - chosen.length} left out (they need a terminology server or were not asked for)`,
)
console.log(agreementTable(rows))
