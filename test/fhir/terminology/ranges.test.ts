import { describe, expect, test } from 'vitest'
import { circleIn, placeConcepts, withBelow } from '../../../server/fhir/terminology/hierarchy.ts'
import {
  hasNumber,
  intersect,
  numbersOf,
  rangesOf,
  sizeOf,
  subtract,
  unite,
} from '../../../server/fhir/terminology/ranges.ts'
import { decodeNumbers, decodeRanges, encodeNumbers } from '../../../server/store/terminology/number-sets.ts'
import { randomFrom, seed } from '../../support/random.ts'

describe(`sets as ranges (TEST_SEED=${seed})`, () => {
  const random = randomFrom(seed)
  const some = () => new Set(Array.from({ length: Math.floor(random() * 30) }, () => Math.floor(random() * 40)))
  const ordered = (set: Iterable<number>) => [...set].sort((a, b) => a - b)

  test('behave as sets do', () => {
    for (let i = 0; i < 500; i++) {
      const [a, b, c] = [some(), some(), some()] as const
      const [x, y, z] = [rangesOf(a), rangesOf(b), rangesOf(c)] as const
      expect(numbersOf(x)).toEqual(ordered(a))
      expect(sizeOf(x)).toBe(a.size)
      expect(numbersOf(unite([x, y, z]))).toEqual(ordered(a.union(b).union(c)))
      expect(numbersOf(unite([x, y]))).toEqual(ordered(a.union(b)))
      expect(numbersOf(intersect(x, y))).toEqual(ordered(a.intersection(b)))
      expect(numbersOf(subtract(x, y))).toEqual(ordered(a.difference(b)))
      expect(numbersOf(x, 3, 4)).toEqual(ordered(a).slice(3, 7))
      for (let number = -1; number < 41; number++) expect(hasNumber(x, number)).toBe(a.has(number))
    }
  })

  test('are stored as bytes and read again', () => {
    for (let i = 0; i < 200; i++) {
      const numbers = ordered(new Set(Array.from({ length: 20 }, () => Math.floor(random() ** 4 * 2_000_000_000))))
      expect([...decodeNumbers(encodeNumbers(numbers))]).toEqual(numbers)
      expect(numbersOf(decodeRanges(encodeNumbers(numbers)))).toEqual(numbers)
    }
  })

  test('hold what is below a concept, in any hierarchy without circles', () => {
    for (let i = 0; i < 200; i++) {
      const count = 1 + Math.floor(random() * 40)
      const links: [child: number, parent: number][] = []
      const shuffled = Array.from({ length: count }, (_, k) => k).sort(() => random() - 0.5)
      for (let k = 1; k < count; k++) {
        for (let parents = Math.floor(random() * 3); parents > 0; parents--) {
          links.push([shuffled[k]!, shuffled[Math.floor(random() * k)]!])
        }
      }
      const [children, parents] = [links.map(([child]) => child), links.map(([, parent]) => parent)]
      const place = placeConcepts(count, { children, parents, length: links.length })
      for (let concept = 0; concept < count; concept++) {
        const below = new Set([concept])
        for (const one of below) for (const [child, parent] of links) if (parent === one) below.add(child)
        const expected = ordered([...below].map((one) => place.numbers[one]!))
        expect(numbersOf(withBelow(place, place.numbers[concept]!))).toEqual(expected)
      }
      expect(circleIn(count, { children, parents, length: links.length })).toEqual([])
    }
  })

  test('of a hierarchy with a circle have every concept once', () => {
    const place = placeConcepts(4, { children: [0, 1, 2, 3], parents: [1, 2, 0, 0], length: 4 })
    expect(ordered(place.numbers)).toEqual([0, 1, 2, 3])
    expect(sizeOf(withBelow(place, place.numbers[3]!))).toBe(1)
  })

  test.each([
    ['of three', [0, 1, 2, 3], [1, 2, 0, 0], [0, 1, 2]],
    ['of one', [0, 1], [1, 1], [1]],
    ['with concepts below and above it', [0, 1, 2, 3, 4], [1, 2, 1, 4, 3], [1, 2]],
  ])('show a circle %s', (_case, children, parents, circle) => {
    expect(circleIn(5, { children, parents, length: children.length })).toEqual(circle)
  })
})
