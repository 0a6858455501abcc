import { expect, test } from 'vitest'
import { readBundleText } from '../../../server/cli/import/bundle-text.ts'

function read(text: string) {
  const bytes = Buffer.from(text)
  const found = readBundleText(bytes)
  const textOf = ({ start, end }: { start: number; end: number }) => bytes.toString('utf8', start, end)
  return (
    found && {
      members: Object.fromEntries([...found.members].map(([name, range]) => [name, textOf(range)])),
      entries: found.entries?.map((range) => [textOf(range), range.line]),
    }
  )
}

test('entries are found with their lines, and the other members', () => {
  const text = `{
  "resourceType" : "Bundle",
  "entry": [ {
    "resource": { "text": "} ] \\" \\\\" }
  },
  {"n":[[1],{"ü":"€"}]}
  , 12, "text", null ],
  "total": 12.00, "type":"batch"
}
`
  expect(read(text)).toEqual({
    members: { resourceType: '"Bundle"', total: '12.00', type: '"batch"' },
    entries: [
      ['{\n    "resource": { "text": "} ] \\" \\\\" }\n  }', 3],
      ['{"n":[[1],{"ü":"€"}]}', 6],
      ['12', 7],
      ['"text"', 7],
      ['null', 7],
    ],
  })
})

test.each([
  ['{}', {}, undefined],
  ['{"entry":[]}', {}, []],
  ['{"entry":{}}', { entry: '{}' }, undefined],
  ['{"\\u0065ntry":[1]}', {}, [['1', 1]]],
])('%s is read', (text, members, entries) => {
  expect(read(text)).toEqual({ members, entries })
})

test.each([
  '',
  '[]',
  '"text"',
  '{',
  '{"a"}',
  '{"a":}',
  '{"a":1',
  '{"a":"1}',
  '{"a":1 "b":2}',
  '{"entry":[1 2]}',
  '{"entry":[1,]}',
  '{"entry":[{]}',
  '{"entry":[{}',
  '{} {}',
  '{"a":1,}',
  '{a:1}',
])('%s is left to the parser', (text) => {
  expect(read(text)).toBeUndefined()
})
