import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { isPublicAddress, publicLookup } from '../../server/packages/public-address.ts'

test.each([
  '8.8.8.8',
  '172.32.0.1',
  '100.128.0.1',
  '192.0.1.1',
  '2606:4700::1111',
  '2001:4860:4860::8888',
  '2a00:1450::1',
  '::ffff:8.8.8.8',
  '64:ff9b::808:808',
])('%s is public', (address) => {
  expect(isPublicAddress(address)).toBe(true)
})

test.each([
  '127.0.0.1',
  '10.1.2.3',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '0.0.0.0',
  '224.0.0.1',
  '255.255.255.255',
  '::1',
  '::',
  'fe80::1',
  'fd00::1',
  'ff02::1',
  '::ffff:127.0.0.1',
  '::ffff:a9fe:a9fe',
  '64:ff9b::a00:1',
  // Version 4: shared, of protocols, of benchmarks, of documents, of relays, reserved.
  ...[
    '100.127.255.255',
    '192.0.0.8',
    '198.19.0.1',
    '192.0.2.1',
    '198.51.100.1',
    '203.0.113.1',
    '192.88.99.1',
    '240.0.0.1',
  ],
  // Mapped (RFC 4291), translated (RFC 2765), compatible (RFC 4291).
  ...['::ffff:192.168.0.1', '::ffff:c0a8:1', '::ffff:0:10.0.0.1', '::ffff:0:808:808', '::10.0.0.1', '::8.8.8.8'],
  // NAT64 (RFC 6052), and its prefix for local use (RFC 8215).
  ...['64:ff9b::7f00:1', '64:ff9b::c000:201', '64:ff9b:1::808:808', '64:ff9b:1:ffff::a00:1'],
  // 6to4 (RFC 3056) and Teredo (RFC 4380), whatever they carry.
  ...['2002:a00:1::1', '2002:7f00:1::', '2002:808:808::1', '2001::1', '2001:0:808:808::f5ff:fffe'],
  // Of sites, unique local, of a link, multicast.
  ...['fec0::1', 'feff::1', 'fc00::1', 'fdff::1', 'febf::1', 'fe80::1%eth0', 'ff0e::1'],
  // Discarded, of documents, of benchmarks, of hashes, of segments, not assigned.
  ...['100::1', '2001:db8::1', '3fff::1', '2001:2::1', '2001:10::1', '2001:20::1', '5f00::1', '4000::1', 'e000::1'],
  'localhost',
  '2130706433',
])('%s is not', (address) => {
  expect(isPublicAddress(address)).toBe(false)
})

test('a name that leads inside is not looked up', async () => {
  const lookup = promisify(publicLookup)
  await expect(lookup('localhost', {})).rejects.toThrow('localhost is not a public address')
})
