import { describe, expect, test } from 'vitest'
import { addMeta, removeMeta } from '../../server/fhir/meta.ts'

const meta = {
  versionId: '3',
  profile: ['http://a'],
  tag: [{ system: 'http://t', code: 'x', display: 'X' }],
}

describe('what is added to a Meta', () => {
  test('comes after what is there', () => {
    expect(addMeta(meta, { profile: ['http://b'], security: [{ code: 'R' }] })).toEqual({
      ...meta,
      profile: ['http://a', 'http://b'],
      security: [{ code: 'R' }],
    })
  })

  test('is added once', () => {
    expect(addMeta(meta, { profile: ['http://b', 'http://b'] })['profile']).toEqual(['http://a', 'http://b'])
  })

  test.each([
    [{ profile: ['http://a'] }],
    [{ tag: [{ system: 'http://t', code: 'x', display: 'another word' }] }],
    [{ versionId: '7', source: 'http://s' }],
    [{}],
  ])('changes nothing where it is there: %o', (added) => {
    expect(addMeta(meta, added)).toBe(meta)
  })
})

describe('what is removed from a Meta', () => {
  test('is gone; an empty list is left out', () => {
    expect(removeMeta(meta, { tag: [{ system: 'http://t', code: 'x' }] })).toEqual({
      versionId: '3',
      profile: ['http://a'],
    })
  })

  test.each([[{ profile: ['http://b'] }], [{ tag: [{ code: 'x' }] }], [{}]])(
    'changes nothing where it is not there: %o',
    (removed) => {
      expect(removeMeta(meta, removed)).toBe(meta)
    },
  )
})
