import { describe, expect, test } from 'vitest'
import { createFhirClient, parseExactly } from '../../../../smart-apps/shared/fhir/fhir-client.ts'

const base = 'https://ehr.example.org/fhir'

/** A server that answers with these, one after the other, and a clock that notes what it was asked to wait. */
function world(...answers: readonly (Response | Error)[]) {
  const asked: string[] = []
  const waits: number[] = []
  const client = createFhirClient({
    base,
    fetch: async (url) => {
      const answer = answers[asked.length]
      asked.push(String(url))
      if (answer instanceof Error) throw answer
      return answer!
    },
    wait: async (milliseconds) => {
      waits.push(milliseconds)
    },
  })
  return { client, asked, waits }
}

const json = (body: object, status = 200, headers = {}) => new Response(JSON.stringify(body), { status, headers })
const busy = (after?: string) => json({}, 429, after === undefined ? {} : { 'retry-after': after })
const bundle = (ids: readonly string[], next?: string) =>
  json({
    entry: ids.map((id) => ({ resource: { resourceType: 'Observation', id } })),
    link: next === undefined ? [] : [{ relation: 'next', url: next }],
  })

test('pages are followed, relative or absolute, each when it is wanted', async () => {
  const { client, asked } = world(bundle(['1'], `${base}?page=2`), bundle(['2'], 'Observation?page=3'), bundle(['3']))
  const found: unknown[] = []
  for await (const page of client.pages('Observation?patient=p')) found.push(...page.map(({ id }) => id))
  expect(found).toEqual(['1', '2', '3'])
  expect(asked).toEqual([`${base}/Observation?patient=p`, `${base}?page=2`, `${base}/Observation?page=3`])
})

test('pages that go in a circle end', async () => {
  const { client, asked } = world(...Array.from({ length: 9 }, () => bundle(['1'], `${base}/Observation?page=1`)))
  for await (const _page of client.pages('Observation?page=0'));
  expect(asked).toHaveLength(2)
})

test('a page elsewhere is not asked for: the token is for one server', async () => {
  const { client, asked } = world(bundle(['1'], 'https://elsewhere.example.org/fhir?page=2'))
  const all = async () => {
    for await (const _page of client.pages('Observation'));
  }
  await expect(all()).rejects.toThrow('refers to another one')
  expect(asked).toHaveLength(1)
})

describe('a server that is busy', () => {
  test('is asked again when it says', async () => {
    const { client, waits } = world(busy('2'), busy(), json({ ok: true }))
    expect(await client.get('Patient/p')).toEqual({ ok: true })
    expect(waits).toEqual([2000, 2000])
  })

  test('for too long is told of', async () => {
    const { client, waits } = world(busy('600'))
    await expect(client.get('Patient/p')).rejects.toMatchObject({ status: 429 })
    expect(waits).toEqual([])
  })

  test('again and again is told of', async () => {
    const { client, asked } = world(...Array.from({ length: 9 }, () => busy('1')))
    await expect(client.get('Patient/p')).rejects.toMatchObject({ status: 429 })
    expect(asked).toHaveLength(4)
  })
})

describe('a connection that is lost', () => {
  test('is tried again for what changes nothing', async () => {
    const { client } = world(new TypeError('failed'), json({ ok: true }))
    expect(await client.get('Patient/p')).toEqual({ ok: true })
  })

  test('is told of for what changes something', async () => {
    const { client, asked } = world(new TypeError('failed'), json({}))
    await expect(client.post('Task', {})).rejects.toMatchObject({ status: 0 })
    expect(asked).toHaveLength(1)
  })

  test('on purpose is no error of the server', async () => {
    const stop = new AbortController()
    const client = createFhirClient({
      base,
      fetch: async () => {
        stop.abort()
        throw stop.signal.reason
      },
    })
    await expect(client.get('Patient/p', stop.signal)).rejects.toHaveProperty('name', 'AbortError')
  })
})

describe('an error', () => {
  test('is told in the words of the outcome, with the id for support', async () => {
    const issue = [
      { severity: 'error', details: { text: 'Not allowed.' } },
      { severity: 'information', diagnostics: 'x' },
    ]
    const { client } = world(json({ resourceType: 'OperationOutcome', issue }, 403, { 'x-request-id': 'r7' }))
    await expect(client.get('Patient/p')).rejects.toMatchObject({
      status: 403,
      message: 'Not allowed.',
      requestId: 'r7',
    })
  })

  test.each(['<html>Bad Gateway</html>', '', '[]', '{"issue":7}'])(
    'that is none of FHIR says nothing: %s',
    async (body) => {
      const { client } = world(new Response(body, { status: 500 }))
      await expect(client.get('Patient/p')).rejects.toMatchObject({ status: 500, message: '' })
    },
  )

  test('is an answer that is no JSON', async () => {
    const { client } = world(new Response('<html></html>'))
    await expect(client.get('Patient/p')).rejects.toMatchObject({ status: 200 })
  })
})

test('numbers keep their digits', () => {
  expect(JSON.stringify(parseExactly('{"a":1.00,"b":2,"c":123456789012345678901234567890}'))).toBe(
    '{"a":1.00,"b":2,"c":123456789012345678901234567890}',
  )
})
