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
