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

async function invited(id: string, parameter: JsonObject[] = [], by = caller.by) {
  const request = { method: 'POST', path: ['Patient', id, '$invite'], query: '', headers: {} } as const
  const call = { request, level: 'instance', type: 'Patient', id, parameters: parametersResource(parameter) } as const
  const { content } = await inviteOperation(call, world.powers, { ...caller, by })
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

const speaks = (code: string, preferred?: boolean) => ({
  language: { coding: [{ system: 'urn:ietf:bcp:47', code }] },
  ...(preferred !== undefined && { preferred }),
})

test.each([
  ['that the patient prefers', [speaks('en'), speaks('es-MX', true)], undefined, 'es'],
  ['that the patient speaks', [speaks('es')], 'en', 'es'],
  ['that we have, of several', [speaks('pt', true), speaks('es')], 'en', 'es'],
  ['of who asks, where the record says nothing', [], 'es', 'es'],
  ['of who asks, where we have none of theirs', [speaks('pt', true)], 'es', 'es'],
  ['that most read, where nothing is known', [], undefined, 'en'],
])('the letter is in the language %s', async (_case, communication, asking, language) => {
  await world.put({
    resourceType: 'Patient',
    id: 'luz',
    name: [{ text: 'Luz' }],
    ...(communication.length > 0 && { communication }),
  })
  const by = await verifiedAccount(world, `asks-${_case.length}`)
  if (asking) await world.powers.directory.change(world.database, by, { language: asking })
  const letter = (await invited('luz', [], by))('letter')
  const page = Buffer.from(isJsonObject(letter) ? String(letter['data']) : '', 'base64').toString()
  expect(page).toContain(`<html lang="${language}">`)
  expect(page).toContain(language === 'es' ? 'Hola, Luz:' : 'Dear Luz,')
  expect(page).toMatch(language === 'es' ? /hasta el \d+ de [a-z]+ de 20/ : /until \d+ [A-Z][a-z]+ 20/)
})
