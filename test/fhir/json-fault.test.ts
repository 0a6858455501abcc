import { describe, expect, test } from 'vitest'
import { faultPosition } from '../../server/fhir/json-fault.ts'

describe('the place of a fault in JSON', () => {
  test.each([
    ['', 0],
    ['  ', 2],
    ['{', 1],
    ['[1,', 3],
    ['[1,]', 3],
    ['{"a":1,}', 7],
    ['{"a" 1}', 5],
    ['{"a":}', 5],
    ['{"a":1]', 6],
    ['{a:1}', 1],
    ['{1:1}', 1],
    ['[1 2]', 3],
    ['{"a":1}x', 7],
    ['{"a":1}\n{}', 8],
    ['["\\x"]', 1],
    ['["a', 1],
    ['["a\nb"]', 1],
    ['{"a\\":1}', 1],
    ['[01]', 2],
    ['[1.]', 2],
    ['[tru]', 1],
    ["['a']", 1],
    ['[{"a":[1,2,{"b":nul}]}]', 16],
    ['\ufeff{}', 0],
  ])('%j stops being JSON at %i', (json, position) => {
    expect(() => JSON.parse(json)).toThrow()
    expect(faultPosition(json)).toBe(position)
  })

  test('is found in a text of megabytes of escapes', () => {
    expect(faultPosition(`["${'\\n'.repeat(5_000_000)}`)).toBe(1)
  })

  test('agrees with JSON.parse about the place wherever that names one', () => {
    const sound = '{"a":[1,-2.5e3,"x\\n\\u00e9",true,null,{"b":{}}],"c":[]}'
    for (let at = 0; at < sound.length; at++) {
      for (const char of ['', ',', ']', '}', '"', 'x', ':', '0']) {
        const json = sound.slice(0, at) + char + sound.slice(at + 1)
        const named = /at position (\d+)/.exec(messageOf(json))?.[1]
        // Inside of a string or number that is broken the two may differ; they agree on where the value begins.
        if (named !== undefined) expect(faultPosition(json)).toBeLessThanOrEqual(Number(named))
      }
    }
  })
})

function messageOf(json: string): string {
  try {
    JSON.parse(json)
    return ''
  } catch (error) {
    return (error as Error).message
  }
}
