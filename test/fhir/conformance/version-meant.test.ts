import { expect, test } from 'vitest'
import { type Candidate, newestOf, versionMeant } from '../../../server/fhir/conformance/version-meant.ts'

function from(name: string, packageVersion: string, version = packageVersion): Candidate {
  return { version, from: { name, version: packageVersion } }
}
const [old, recent] = [from('a', '6.1.0'), from('a', '8.0.1')]
const [stale, staleRecent] = [from('b', '1.0.0', '3.2.0'), from('b', '1.10.0', '3.1.0')]
const stored: Candidate = { version: '7' }

test.each<[string, readonly Candidate[], string | undefined, Candidate | undefined]>([
  ['nothing of nothing', [], undefined, undefined],
  ['the newest', [old, recent], undefined, recent],
  ['the newest, by number', [from('a', '1.9.0'), from('a', '1.10.0')], undefined, from('a', '1.10.0')],
  ['the one of the newest package, whatever its own version', [stale, staleRecent], undefined, staleRecent],
  ['the newest of packages and what is stored', [old, stored], undefined, stored],
  ['the newest of packages and what is stored, again', [recent, stored], undefined, recent],
  ['the first of two that are equally new', [from('c', '1'), from('d', '1')], undefined, from('c', '1')],
  ['the one of its version', [old, recent], '6.1.0', old],
  ['the one of the version of its package', [stale, staleRecent], '1.0.0', stale],
  ['its own version before that of a package', [from('a', '2', '1'), from('b', '1', '5')], '1', from('a', '2', '1')],
  ['a version in part', [old, recent, from('a', '8.0.2')], '8.0', from('a', '8.0.2')],
  ['no version that is not there', [old, recent], '8', recent],
  ['none of another version', [old, recent], '9', undefined],
])('%s', (_case, candidates, version, expected) => {
  expect(versionMeant(candidates, version)).toEqual(expected)
})

test('the order of what is stored does not count', () => {
  expect(newestOf([stored, old, recent])).toBe(recent)
  expect(newestOf([recent, old, stored])).toBe(recent)
})
