import { describe, expect, test } from 'vitest'
import type { JsonObject, JsonValue } from '../../server/fhir/json.ts'
import { parseJson } from '../../server/fhir/json.ts'
import { applyJsonPatch, maxOperations } from '../../server/fhir/json-patch.ts'
import { OutcomeError } from '../../server/fhir/outcome.ts'

const patient = '{"resourceType":"Patient","id":"p","name":[{"family":"A","given":["x","y"]}],"a/b":{"m~n":1},"":0}'
const parsed = (text: string) => parseJson(text) as JsonObject
const patched = (patch: string, resource = patient) =>
  JSON.stringify(applyJsonPatch(parsed(resource), parseJson(patch)))

function fault(patch: JsonValue, resource = patient) {
  try {
    applyJsonPatch(parsed(resource), patch)
  } catch (error) {
    expect(error).toBeInstanceOf(OutcomeError)
    return (error as OutcomeError).issues[0]!
  }
  throw new Error('the patch was applied')
}

describe('applies', () => {
  test.each([
    ['add a property', '{"a":1}', '[{"op":"add","path":"/b","value":[2]}]', '{"a":1,"b":[2]}'],
    ['add replaces a property that exists', '{"a":1}', '[{"op":"add","path":"/a","value":2}]', '{"a":2}'],
    ['add before an item', '{"a":[1,3]}', '[{"op":"add","path":"/a/1","value":2}]', '{"a":[1,2,3]}'],
    ['add at the end by number', '{"a":[1]}', '[{"op":"add","path":"/a/1","value":2}]', '{"a":[1,2]}'],
    ['add at the end', '{"a":[1]}', '[{"op":"add","path":"/a/-","value":2}]', '{"a":[1,2]}'],
    ['add the root', '{"a":[1]}', '[{"op":"add","path":"","value":{"b":1}}]', '{"b":1}'],
    ['add an array as one item', '{"a":[1]}', '[{"op":"add","path":"/a/-","value":[2,3]}]', '{"a":[1,[2,3]]}'],
    ['remove a property', '{"a":1,"b":2}', '[{"op":"remove","path":"/a"}]', '{"b":2}'],
    ['remove an item', '{"a":[1,2,3]}', '[{"op":"remove","path":"/a/1"}]', '{"a":[1,3]}'],
    ['replace a property', '{"a":{"b":1}}', '[{"op":"replace","path":"/a/b","value":null}]', '{"a":{"b":null}}'],
    ['replace an item', '{"a":[1,2]}', '[{"op":"replace","path":"/a/0","value":9}]', '{"a":[9,2]}'],
    ['replace the root', '{"a":1}', '[{"op":"replace","path":"","value":{"b":1}}]', '{"b":1}'],
    ['move a property', '{"a":{"b":1},"c":{}}', '[{"op":"move","from":"/a/b","path":"/c/d"}]', '{"a":{},"c":{"d":1}}'],
    ['move an item', '{"a":[1,2,3]}', '[{"op":"move","from":"/a/0","path":"/a/2"}]', '{"a":[2,3,1]}'],
    ['move to the same place', '{"a":1}', '[{"op":"move","from":"/a","path":"/a"}]', '{"a":1}'],
    ['copy', '{"a":{"b":1}}', '[{"op":"copy","from":"/a","path":"/c"}]', '{"a":{"b":1},"c":{"b":1}}'],
    [
      'copy shares nothing',
      '{"a":{"b":1}}',
      '[{"op":"copy","from":"/a","path":"/c"},{"op":"replace","path":"/c/b","value":2}]',
      '{"a":{"b":1},"c":{"b":2}}',
    ],
    ['test, then change', '{"a":1}', '[{"op":"test","path":"/a","value":1},{"op":"remove","path":"/a"}]', '{}'],
    ['no operations', '{"a":1}', '[]', '{"a":1}'],
    ['members that are not known', '{"a":1}', '[{"op":"remove","path":"/a","x":1,"from":5}]', '{}'],
    [
      'escaped names',
      '{"a/b":{"m~n":1,"~1":2}}',
      '[{"op":"test","path":"/a~1b/m~0n","value":1},{"op":"test","path":"/a~1b/~01","value":2}]',
      '{"a/b":{"m~n":1,"~1":2}}',
    ],
    ['empty names', '{"":0}', '[{"op":"replace","path":"/","value":1}]', '{"":1}'],
    ['numbers as names', '{"0":1}', '[{"op":"test","path":"/0","value":1}]', '{"0":1}'],
    [
      'digits of the resource and of the patch',
      '{"a":1.00}',
      '[{"op":"add","path":"/b","value":2.50},{"op":"copy","from":"/a","path":"/c"}]',
      '{"a":1.00,"b":2.50,"c":1.00}',
    ],
  ])('%s', (_case, before, patch, after) => {
    expect(patched(patch, before)).toBe(after)
  })

  test.each([
    ['1.0', '1.00'],
    ['1.50', '1.5'],
    ['{"v":1e1,"u":"x"}', '{"u":"x","v":10.0}'],
    ['[1,"1",null,true]', '[1.0,"1",null,true]'],
  ])('test finds %s equal to %s', (value, tested) => {
    expect(() => patched(`[{"op":"test","path":"/a","value":${tested}}]`, `{"a":${value}}`)).not.toThrow()
  })

  test('nothing to the resource that it was given', () => {
    const before = parsed(patient)
    applyJsonPatch(
      before,
      parseJson('[{"op":"add","path":"/name/0/given/0","value":"z"},{"op":"remove","path":"/id"}]'),
    )
    expect(JSON.stringify(before)).toBe(patient)
  })

  test('nothing to the patch, when a later operation changes what an earlier one added', () => {
    const patch = parseJson('[{"op":"add","path":"/b","value":{"c":1}},{"op":"replace","path":"/b/c","value":2}]')
    applyJsonPatch(parsed('{}'), patch)
    expect(JSON.stringify(patch)).toContain('{"c":1}')
  })
})

describe('fails, naming operation and place', () => {
  test.each([
    [
      'remove of nothing',
      '[{"op":"test","path":"/id","value":"p"},{"op":"remove","path":"/gender"}]',
      "Operation 1 (remove) at '/gender': There is nothing at this path.",
      'Patient.gender',
    ],
    [
      'replace of nothing',
      '[{"op":"replace","path":"/name/0/text","value":1}]',
      'There is nothing at this path',
      'Patient.name[0].text',
    ],
    [
      'add below nothing',
      '[{"op":"add","path":"/contact/0/gender","value":1}]',
      'There is nothing at this path',
      'Patient.contact[0].gender',
    ],
    ['add into a text', '[{"op":"add","path":"/id/x","value":1}]', 'There is nothing at this path', 'Patient.id.x'],
    [
      'add past the end',
      '[{"op":"add","path":"/name/2","value":1}]',
      "'2' is not a position in a list of 1",
      'Patient.name[2]',
    ],
    ['a leading zero', '[{"op":"add","path":"/name/00","value":1}]', "'00' is not a position", 'Patient.name[00]'],
    ['a sign', '[{"op":"remove","path":"/name/-1"}]', "'-1' is not a position", 'Patient.name.-1'],
    ['remove past the end', '[{"op":"remove","path":"/name/-"}]', "'-' is not a position", 'Patient.name.-'],
    [
      'a name in a list',
      '[{"op":"add","path":"/name/family","value":1}]',
      "'family' is not a position",
      'Patient.name.family',
    ],
    [
      'test of another value',
      '[{"op":"test","path":"/name/0/family","value":"B"}]',
      'differs from the one that is tested for',
      'Patient.name[0].family',
    ],
    [
      'test of nothing',
      '[{"op":"test","path":"/active","value":null}]',
      'There is nothing at this path',
      'Patient.active',
    ],
    ['a text for a number', '[{"op":"test","path":"/","value":"0"}]', 'differs', 'Patient.'],
    [
      'move into itself',
      '[{"op":"move","from":"/name","path":"/name/0/x"}]',
      'cannot be moved into itself',
      'Patient.name[0].x',
    ],
    [
      'move of nothing',
      '[{"op":"move","from":"/x","path":"/y"}]',
      "Operation 0 (move) at '/x': There is nothing",
      'Patient.x',
    ],
    ['copy of nothing', '[{"op":"copy","from":"/x","path":"/y"}]', 'There is nothing', 'Patient.x'],
    ['removing the root', '[{"op":"remove","path":""}]', 'The resource itself cannot be removed', 'Patient'],
    [
      'what every object inherits',
      '[{"op":"copy","from":"/constructor","path":"/y"}]',
      'There is nothing',
      'Patient.constructor',
    ],
    [
      'adding below a prototype',
      '[{"op":"add","path":"/__proto__/polluted","value":true}]',
      'There is nothing',
      'Patient.__proto__.polluted',
    ],
  ])('%s', (_case, patch, reason, expression) => {
    const issue = fault(parseJson(patch))
    expect(issue).toMatchObject({ code: 'patch-failed', expression })
    expect(issue.params!['reason']).toContain(reason)
  })

  test('a result that is no resource', () => {
    expect(fault(parseJson('[{"op":"replace","path":"","value":[]}]')).code).toBe('patch-failed')
  })

  test('a property named __proto__ is a property', () => {
    const result = applyJsonPatch({}, parseJson('[{"op":"add","path":"/__proto__","value":{"polluted":true}}]'))
    expect(Object.getPrototypeOf(result)).toBe(Object.prototype)
    expect(JSON.stringify(result)).toBe('{"__proto__":{"polluted":true}}')
    expect('polluted' in {}).toBe(false)
  })
})

describe('refuses', () => {
  test.each([
    ['an object', '{"op":"remove"}', 'A JSON Patch is an array'],
    ['an operation that is none', '[1]', 'Operation 0 is not an object.'],
    [
      'an unknown op',
      '[{"op":"test","path":"/id","value":"p"},{"op":"merge","path":"/a"}]',
      'The op of operation 1 must be one of add, remove, replace, move, copy, test.',
    ],
    ['an inherited op', '[{"op":"toString","path":"/a"}]', 'The op of operation 0'],
    ['a missing op', '[{"path":"/a"}]', 'The op of operation 0'],
    ['a missing path', '[{"op":"remove"}]', "Operation 0 (remove) needs 'path'."],
    ['a missing value', '[{"op":"add","path":"/a"}]', "Operation 0 (add) needs 'value'."],
    ['a missing from', '[{"op":"copy","path":"/a"}]', "Operation 0 (copy) needs 'from'."],
    [
      'a path that is no pointer',
      '[{"op":"remove","path":"name"}]',
      'The path of operation 0 (remove) must be a JSON Pointer',
    ],
    ['a bad escape', '[{"op":"remove","path":"/a~2"}]', 'must be a JSON Pointer'],
    [
      'a from that is a number',
      '[{"op":"move","from":1,"path":"/a"}]',
      'The from of operation 0 (move) must be a JSON Pointer',
    ],
  ])('%s', (_case, patch, reason) => {
    const issue = fault(parseJson(patch))
    expect(issue.code).toBe('invalid-patch')
    expect(issue.params!['reason']).toContain(reason)
  })

  test('too many operations', () => {
    const patch = Array.from({ length: maxOperations + 1 }, () => ({ op: 'test', path: '/id', value: 'p' }))
    expect(fault(patch).params!['reason']).toContain('It has 1001 operations; 1000 are allowed.')
    expect(() => applyJsonPatch(parsed(patient), patch.slice(1))).not.toThrow()
  })

  test('copies of copies of copies', () => {
    const doubling = Array.from({ length: 100 }, (_, i) => ({ op: 'copy', from: '', path: `/copy${i}` }))
    expect(fault(doubling).params!['reason']).toContain('The patch touches too much data')
  })

  test('values that are nested deeper than a body may be', () => {
    const nested = Array.from({ length: 70 }, (_, i) => ({ op: 'add', path: '/a'.repeat(i + 1), value: {} }))
    const issue = fault(nested)
    expect(issue.params!['reason']).toContain('Operation 63 (add)')
    expect(issue.params!['reason']).toContain('nested deeper than 64 levels')
    const copies = Array.from({ length: 70 }, () => ({ op: 'copy', from: '', path: '/a' }))
    expect(fault(copies).params!['reason']).toContain('nested deeper than 64 levels')
  })
})
