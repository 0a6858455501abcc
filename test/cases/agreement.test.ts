import { describe, expect, test } from 'vitest'
import { needsFolder, sharedFolder } from '../support/shared-data.ts'
import { agreementOf, unlisted } from './agreement.ts'
import { readChecks } from './manifest.ts'
import { isError, runCheck, shownIssue } from './run-check.ts'
import { errorsOf, knownFaults, named, patients, usCore, versions } from './us-core.ts'

const folder = sharedFolder('fhir-test-cases/validator')

describe.runIf(folder)(needsFolder('HL7’s cases', folder), () => {
  test('The verdicts and numbers of errors are those of the reference validator', () => {
    const checks = readChecks(folder!).filter(({ needsServer }) => !needsServer)
    const rows = checks.map((check) => ({
      check,
      errors: runCheck(check).filter(isError).map(shownIssue),
      medplum: 0,
    }))
    const { verdicts, counts } = agreementOf(rows)
    expect(verdicts).toBeGreaterThanOrEqual(0.95)
    expect(counts).toBeGreaterThanOrEqual(0.75)
    // The others must be listed with their reasons.
    expect(unlisted(rows)).toEqual([])
  }, 20_000)
})

const data = sharedFolder('us-core')

describe.runIf(data)(needsFolder('US Core', data), () => {
  test.each(versions)(
    '%s: its examples and the patients have the errors that are known and no others',
    async (version) => {
      const { validate, examples } = await usCore(version)
      const errors = [...named(examples), ...patients()].flatMap((one) => errorsOf(validate, one))
      const known = knownFaults[version]
      expect(errors.filter(({ place }) => !(place in known)).map(({ line }) => line)).toEqual([])
      expect(errors.map(({ place }) => place).sort()).toEqual(Object.keys(known).sort())
    },
    20_000,
  )
})
