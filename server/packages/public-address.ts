/** Which addresses a server that was named by somebody else may have: none inside our own networks. */
import { type LookupAddress, lookup as lookupName } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'

const inside = new BlockList()
for (const [net, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const) {
  inside.addSubnet(net, prefix, 'ipv4')
  // The same addresses in their other spellings.
  inside.addSubnet(`::ffff:${net}`, 96 + prefix, 'ipv6')
  inside.addSubnet(`64:ff9b::${net}`, 96 + prefix, 'ipv6')
}
for (const [net, prefix] of [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  inside.addSubnet(net, prefix, 'ipv6')

export function isPublicAddress(address: string): boolean {
  const family = isIP(address)
  return family !== 0 && !inside.check(address, family === 6 ? 'ipv6' : 'ipv4')
}

/** Looks a name up for a connection that is about to be made; fails where it leads inside. */
export const publicLookup: LookupFunction = (name, options, done) => {
  lookupName(name, { ...options, all: true }, (error, found) => {
    const addresses = found as LookupAddress[] | undefined
    if (error) return done(error, [])
    const wrong = addresses!.find(({ address }) => !isPublicAddress(address))
    if (wrong) return done(Object.assign(new Error(`${name} is not a public address`), { code: 'EACCES' }), [])
    if (options.all) return done(null, addresses!)
    const { address, family } = addresses![0]!
    return done(null, address, family)
  })
}
