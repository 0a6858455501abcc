import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestServer, testServer } from '../../support/test-server.ts'
import { ask, buildWorld, dataOf } from './world.ts'

let server: TestServer

beforeAll(async () => {
  server = await testServer()
  await buildWorld(server)
})
afterAll(() => server.close())

interface Page {
  readonly count: number
  readonly offset: number | null
  readonly pagesize: number
  readonly first: string
  readonly previous: string | null
  readonly next: string | null
  readonly last: string | null
  readonly edges: readonly { readonly mode: string; readonly score: null; readonly resource: { readonly id: string } }[]
}

const fields = '{ count offset pagesize first previous next last edges { mode score resource { id } } }'

async function pageOf(given: string): Promise<Page & { ids: string[] }> {
  const data = await dataOf(server, `{ ConditionConnection(${given}) ${fields} }`)
  const page = data['ConditionConnection'] as Page
  return { ...page, ids: page.edges.map(({ resource }) => resource.id) }
}

const at = (cursor: string | null) => pageOf(`_cursor: "${cursor}"`)

describe('a connection', () => {
  test('leads through the pages and back', async () => {
    const first = await pageOf('_sort: "code", _count: 2, clinical_status: [active, relapse]')
    expect(first).toMatchObject({ count: 4, offset: 0, pagesize: 2, previous: null, last: null, ids: ['cold', 'flu'] })
    expect(first.edges[0]).toMatchObject({ mode: 'match', score: null })
    const second = await at(first.next)
    expect(second).toMatchObject({ count: 4, offset: 2, pagesize: 2, next: null, ids: ['gout', 'scar'] })
    expect((await at(second.previous)).ids).toEqual(['cold', 'flu'])
    expect((await at(second.first)).ids).toEqual(['cold', 'flu'])
    expect((await at(second.last)).ids).toEqual(['gout', 'scar'])
  })

  test('takes the cursor under either name', async () => {
    const { next } = await pageOf('_sort: "code", _count: 1')
    const data = await dataOf(server, `{ ConditionConnection(cursor: "${next}") { edges { resource { id } } } }`)
    expect(data).toEqual({ ConditionConnection: { edges: [{ resource: { id: 'flu' } }] } })
  })

  test('only counts where no resource is asked for', async () => {
    expect(await pageOf('_count: 0')).toMatchObject({ count: 4, pagesize: 0, edges: [] })
  })

  test('applies FHIRPath to its page', async () => {
    const given = '_sort: "code", _count: 2, fhirpath: "clinicalStatus.coding.code = \'relapse\'"'
    expect(await pageOf(given)).toMatchObject({ count: 4, ids: ['flu'] })
  })

  test.each([
    ['a cursor together with criteria', '_cursor: "x", code: "gout"'],
    ['a cursor that is none', '_cursor: "hello"'],
    ['a cursor of another search', `_cursor: "${Buffer.from('["Patient","",null,null]').toString('base64url')}"`],
    [
      'a cursor that was made up to find other types',
      `_cursor: "${Buffer.from('["Condition","_type=Patient",null,null]').toString('base64url')}"`,
    ],
    [
      'a cursor that was made up to find contained resources',
      `_cursor: "${Buffer.from('["Condition","_contained=true",null,null]').toString('base64url')}"`,
    ],
  ])('refuses %s', async (_case, given) => {
    const { status, data, errors } = await ask(server, `{ ConditionConnection(${given}) { count } }`)
    expect([status, data]).toEqual([200, { ConditionConnection: null }])
    expect(errors[0]!.extensions.code).toMatch(/^invalid-search(-value)?$/)
  })
})
