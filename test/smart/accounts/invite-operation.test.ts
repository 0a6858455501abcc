import { afterAll, beforeAll, expect, test } from 'vitest'
import { isJsonObject, type JsonObject, parseStored } from '../../../server/fhir/json.ts'
import { parametersResource } from '../../../server/fhir/parameters.ts'
import { useInvitation } from '../../../server/smart/accounts/invitations.ts'
import { inviteOperation } from '../../../server/smart/accounts/invite-operation.ts'
import { listInvitations } from '../../../server/store/accounts/invitations.ts'
import { verifiedAccount } from '../../support/account-database.ts'
import { type RecordWorld, recordWorld } from '../../support/record-world.ts'

let world: RecordWorld
const caller = { by: '7', sender: 'Larkfield Practice' }

beforeAll(async () => {
  world = await recordWorld()
  const name = [{ family: 'O’Brien <b>', given: ['Rosa'] }]
  await world.put({ resourceType: 'Patient', id: 'rosa', birthDate: '1961-04-07', name })
})
afterAll(() => world.close())

async function invited(id: string, parameter: JsonObject[] = []) {
  const request = { method: 'POST', path: ['Patient', id, '$invite'], query: '', headers: {} } as const
  const call = { request, level: 'instance', type: 'Patient', id, parameters: parametersResource(parameter) } as const
  const { content } = await inviteOperation(call, world.powers, caller)
  const list = parseStored(content!)['parameter'] as JsonObject[]
  return (name: string) => Object.values(list.find((one) => one['name'] === name)!).at(-1)!
}

test('the letter has what is needed to sign in, and the code works', async () => {
  const parameter = await invited('rosa')
  const letter = parameter('letter')
  const page = Buffer.from(isJsonObject(letter) ? String(letter['data']) : '', 'base64').toString()
  const code = String(parameter('code'))
  expect(page).toContain('Dear Rosa O’Brien &#60;b&#62;,')
  expect(page).toContain(`<p class="code">${code}</p>`)
  expect(page).toContain('<svg ')
  expect(page).not.toContain('1961')
  expect(page).not.toMatch(/<script|src=|url\(/)
  expect(parameter('link')).toBe(`https://health.example/auth/invitation#${code}`)

  const account = await verifiedAccount(world, 'rosa')
  expect(await useInvitation(world.powers, account, code, '192.0.2.1')).toMatchObject({ kind: 'linked' })
  expect(await listInvitations(world.database, 'rosa', 1)).toMatchObject([
    { number: parameter('invitation'), createdBy: '7', usedBy: account },
  ])
})

test.each([
  ['nobody', []],
  ['rosa', [{ name: 'relatedPerson', valueString: 'RelatedPerson/nobody' }]],
  ['rosa', [{ name: 'email', valueString: 'rosa@example.org' }]],
])('what cannot be meant is refused: %s %j', async (id, parameter) => {
  await expect(invited(id, parameter)).rejects.toMatchObject({ status: 400 })
})
