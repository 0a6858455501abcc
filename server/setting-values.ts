/** How settings are read from texts; undefined for what they do not take. */

/** A number from `least` to `most`, in digits. */
export function wholeNumber(text: string, least: number, most: number): number | undefined {
  const value = Number(text)
  return /^\d+$/.test(text) && value >= least && value <= most ? value : undefined
}

/** An http or https URL that is nothing but an origin. */
export function origin(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  const plain = url.pathname === '/' && url.search === '' && url.hash === '' && url.username === ''
  return plain && ['http:', 'https:'].includes(url.protocol) ? url.origin : undefined
}

/** An http or https URL without a slash at its end. */
export function baseUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined
  const { protocol, search, hash } = new URL(text)
  const plain = ['http:', 'https:'].includes(protocol) && search === '' && hash === ''
  return plain ? text.replace(/\/+$/, '') : undefined
}

/** A postgres:// URL, as it is. */
export function postgresUrl(text: string): string | undefined {
  return URL.canParse(text) && ['postgres:', 'postgresql:'].includes(new URL(text).protocol) ? text : undefined
}

/** An smtp or smtps URL with a host. */
export function smtpUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined
  const { protocol, hostname } = new URL(text)
  return ['smtp:', 'smtps:'].includes(protocol) && hostname !== '' ? text : undefined
}

/** An https URL, or an http one of this machine. */
export function issuerUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined
  const { protocol, hostname } = new URL(text)
  const isOwn = ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
  return protocol === 'https:' || (protocol === 'http:' && isOwn) ? text : undefined
}

/** `a=b,c=d`; a later one goes before. */
export function pairs(text: string): ReadonlyMap<string, string> | undefined {
  const found = text.split(',').map((part) => /^\s*([^=]*[^=\s])\s*=\s*([^=\s]+)\s*$/.exec(part))
  return found.every((one) => one !== null) ? new Map(found.map((one) => [one[1]!, one[2]!])) : undefined
}

/** `a,b`: words without spaces. */
export function words(text: string): readonly string[] | undefined {
  const found = text.split(',').map((part) => part.trim())
  return found.every((part) => /^\S+$/.test(part)) ? found : undefined
}
