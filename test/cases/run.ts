/**
 * `npm run test:cases`: how far this server's validator agrees with the reference validator on HL7's cases. It fails where
 * a disagreement is not listed in `disagreements.ts`, or a listed one is none. `--list` tells each disagreement with its
 * reason, `--only=name` one case in full.
 */
import { parseArgs } from 'node:util'
import { sharedFolder } from '../support/shared-data.ts'
import { agreementTable, kindOf, type Row, reasonFor, unlisted } from './agreement.ts'
import { readChecks } from './manifest.ts'
import { medplumErrors } from './others.ts'
import { isError, runCheck, shownIssue } from './run-check.ts'

const { values } = parseArgs({ options: { list: { type: 'boolean' }, only: { type: 'string' } } })
const folder = sharedFolder('fhir-test-cases/validator')
if (!folder) {
  console.log('Skipped: there is no ../shared/data/fhir-test-cases here; set SHARED_DIR.')
  process.exit(0)
}

const checks = readChecks(folder)
const chosen = checks.filter((check) => !check.needsServer && (!values.only || check.name.startsWith(values.only)))
const rows = chosen.map((check): Row => {
  const errors = runCheck(check).filter(isError).map(shownIssue)
  return { check, errors, medplum: medplumErrors(check) }
})

for (const row of rows) {
  if (values.only || (values.list && kindOf(row) !== 'same')) tell(row)
}
console.log(
  `${checks.length} recorded outcomes, ${checks.length - chosen.length} left out (they need a terminology server or were not asked for)`,
)
console.log(agreementTable(rows))
const faults = values.only ? [] : unlisted(rows)
for (const fault of faults) console.log(fault)
if (faults.length > 0) process.exitCode = 1

function tell(row: Row): void {
  const { check, errors } = row
  console.log(`\n${kindOf(row)} ${check.module}: ${check.name}`)
  const reason = reasonFor(row)
  if (reason !== undefined) console.log(`  ${reason}`)
  for (const text of check.expected.errors) console.log(`  - ${text.slice(0, 220)}`)
  for (const text of errors) console.log(`  + ${text.slice(0, 300)}`)
}
