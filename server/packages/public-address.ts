/** Which addresses a server that was named by somebody else may have: none inside our own networks. */
import { type LookupAddress, lookup as lookupName } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'

type Net = readonly [net: string, prefix: number]

/** https://www.iana.org/assignments/iana-ipv4-special-registry */
const special4: readonly Net[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
]

/** Addresses whose last 32 bits are one of version 4, which is looked at: mapped ones, and those of NAT64. */
const carriers = ['::ffff:', '64:ff9b::'] as const

/** Of version 6 what is known to be public is taken, and nothing else: what is given a meaning later is not at first. */
const global6: readonly Net[] = [['2000::', 3], ...carriers.map((carrier): Net => [`${carrier}0.0.0.0`, 96])]

/** https://www.iana.org/assignments/iana-ipv6-special-registry */
const special6: readonly Net[] = [
  // Protocols such as Teredo, which carries an address of version 4 that may be anybody's.
  ['2001::', 23],
  ['2001:db8::', 32],
  // 6to4 does so, too.
  ['2002::', 16],
  ['3fff::', 20],
  ...carriers.flatMap((carrier) => special4.map(([net, prefix]): Net => [carrier + net, 96 + prefix])),
]

const inside = blockList(special4, special6)
const global = blockList([], global6)

export function isPublicAddress(address: string): boolean {
  const family = isIP(address)
  // What is valid on one link alone names the link.
  if (family === 0 || address.includes('%')) return false
  if (family === 4) return !inside.check(address, 'ipv4')
  return global.check(address, 'ipv6') && !inside.check(address, 'ipv6')
}

function blockList(nets4: readonly Net[], nets6: readonly Net[]): BlockList {
  const list = new BlockList()
  for (const [net, prefix] of nets4) list.addSubnet(net, prefix, 'ipv4')
  for (const [net, prefix] of nets6) list.addSubnet(net, prefix, 'ipv6')
  return list
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
