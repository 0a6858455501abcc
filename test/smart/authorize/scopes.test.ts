/** What is granted of what is asked, in the spelling in which it was asked. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exchange, launchApp } from '../../support/browser.ts'
import { type SmartServer, smartServer } from '../../support/smart-server.ts'
import { storePatients } from '../../support/smart-world.ts'

let server: SmartServer

beforeAll(async () => {
  server = await smartServer()
  await storePatients(server)
})
afterAll(() => server?.close())

const category = 'http://terminology.hl7.org/CodeSystem/condition-category'
const granular = [
  `patient/Condition.rs?category=${category}|encounter-diagnosis`,
  'patient/Condition.rs?category=http://hl7.org/fhir/us/core/CodeSystem/condition-category|health-concern',
  'patient/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory',
  'patient/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|social-history',
].join(' ')

test.each<[asked: string, granted?: string, client?: string]>([
  ['openid fhirUser launch/patient offline_access patient/*.rs'],
  ['openid fhirUser launch/patient patient/Patient.read patient/Observation.read'],
  ['launch/patient patient/*.read'],
  ['launch/patient patient/*.*'],
  ['launch/patient patient/Observation.write'],
  ['patient/Patient.r patient/Observation.s patient/Condition.rs patient/Procedure.cruds'],
  ['patient/Patient.rs user/Practitioner.rs user/Organization.read'],
  [`launch/patient patient/Patient.rs ${granular}`],
  ['openid profile patient/Patient.rs online_access'],
  ['patient/Patient.rs patient/Patient.rs', 'patient/Patient.rs'],
  ['patient/Patient.rs something else', 'patient/Patient.rs'],
  ['patient/Patient.rs patient/Nothing.rs patient/Patient.sr', 'patient/Patient.rs'],
  ['patient/Patient.rs system/*.rs', 'patient/Patient.rs'],
  ['patient/Patient.rs launch', 'patient/Patient.rs'],
  ['patient/Patient.rs offline_access', 'patient/Patient.rs', 'brief'],
  ['openid fhirUser launch/patient patient/*.cruds user/*.rs', 'openid launch/patient patient/Patient.rs', 'modest'],
  ['patient/Patient.cruds patient/Observation.rs', 'patient/Patient.rs', 'modest'],
  ['patient/*.read', 'patient/Patient.read', 'modest'],
  ['patient/Patient.rs?_id=p1 patient/Observation.rs', 'patient/Patient.rs?_id=p1', 'modest'],
])('%s', async (asked, granted = asked, client = 'public') => {
  const launched = await launchApp(server, { scope: asked, client_id: client })
  const { json } = await exchange(server, launched, { client_id: client })
  expect(json['scope']).toBe(granted)
  expect(json['patient']).toBe('p1')
})

test.each(['patient/Patient.rs', 'launch/patient'])('with %s there is a patient', async (scope) => {
  const { json } = await exchange(server, await launchApp(server, { scope }))
  expect(json).toMatchObject({ patient: 'p1', need_patient_banner: true })
})

test('scopes of users alone mean no patient', async () => {
  const { json } = await exchange(
    server,
    await launchApp(server, { scope: 'openid fhirUser user/Patient.rs' }, { username: 'clinician' }),
  )
  expect(json).not.toHaveProperty('patient')
})
