import type { Resource } from '@medplum/fhirtypes'
import { expect, test } from 'vitest'
import { inStoreOrder, referencesIn } from '../../server/demo/store-order.ts'

const patient: Resource = { resourceType: 'Patient', id: 'p' }
const encounter: Resource = {
  resourceType: 'Encounter',
  id: 'e',
  status: 'finished',
  class: { code: 'AMB' },
  subject: { reference: 'Patient/p' },
}

test('what is referred to comes first, the rest keeps its place', () => {
  const other: Resource = { resourceType: 'Patient', id: 'q' }
  expect(inStoreOrder([encounter, other, patient]).map((each) => each.id)).toEqual(['p', 'e', 'q'])
})

test('attachments refer to the Binary that holds them', () => {
  const document: Resource = {
    resourceType: 'DocumentReference',
    status: 'current',
    content: [{ attachment: { url: 'Binary/b' } }, { attachment: { url: 'https://larkfield.example/' } }],
  }
  expect([...referencesIn(document)]).toEqual(['Binary/b'])
})

test('an id that occurs twice and a circle are refused', () => {
  expect(() => inStoreOrder([patient, patient])).toThrow('Patient/p occurs twice')
  const circular: Resource = { ...patient, link: [{ type: 'seealso', other: { reference: 'Patient/q' } }] }
  const back: Resource = {
    resourceType: 'Patient',
    id: 'q',
    link: [{ type: 'seealso', other: { reference: 'Patient/p' } }],
  }
  expect(() => inStoreOrder([circular, back])).toThrow('in a circle')
})
