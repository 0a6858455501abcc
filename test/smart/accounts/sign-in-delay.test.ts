import { describe, expect, test } from 'vitest'
import { delayAfter, networkOf } from '../../../server/smart/accounts/sign-in-delay.ts'

describe('The delay after failures', () => {
  test.each([
    ['login', 5, 0],
    ['login', 6, 1000],
    ['login', 10, 16_000],
    ['login', 1000, 900_000],
    ['known', 10, 0],
    ['known', 1000, 300_000],
    ['network', 50, 0],
    ['code', 6, 1000],
  ] as const)('%s: after %i it is %i ms', (kind, failures, delay) => {
    expect(delayAfter(kind, failures)).toBe(delay)
  })
})

describe('The network of an address', () => {
  test.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8::1', '2001:db8:0:0::/64'],
    ['2001:0db8:0001::7', '2001:db8:1:0::/64'],
    ['::1', '0:0:0:0::/64'],
  ])('of %s is %s', (address, network) => {
    expect(networkOf(address)).toBe(network)
  })
})
