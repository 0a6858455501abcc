/** Where codes may be sent. https://www.rfc-editor.org/rfc/rfc9700#section-2.1 */

/** Names under which a browser finds programs on its own machine. */
const loopbackAddresses = ['127.0.0.1', '[::1]']
const loopbackNames = [...loopbackAddresses, 'localhost']

/** Why a URI cannot be registered; undefined where it can. */
export function redirectUriProblem(uri: string): string | undefined {
  if (uri.length > 2000) return 'It is longer than 2000 characters.'
  if (!/^[\x21-\x7e]+$/.test(uri) || /[<>"\\^`{|}]/.test(uri) || !URL.canParse(uri)) return 'It is no URI.'
  const url = new URL(uri)
  if (uri.includes('#')) return 'It has a fragment.'
  if (url.username !== '' || url.password !== '') return 'It contains a user name or password.'
  if (!isHostName(url)) return 'Its host is no name and no address.'
  if (url.protocol === 'https:') return undefined
  if (url.protocol === 'http:') {
    return loopbackNames.includes(url.hostname)
      ? undefined
      : 'It must begin with https, but on the machine of the browser.'
  }
  // RFC 8252, 7.1: names that nobody else has, made of a domain turned round. `javascript:` and its like are none.
  return /^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:$/.test(url.protocol)
    ? undefined
    : 'Its scheme must be https, or that of an app, such as org.example.app.'
}

/**
 * The URL standard takes hosts such as `*` and `a;b`. Where forms may lead is said in a policy in which these mean something
 * else. https://www.w3.org/TR/CSP3/#framework-directive-source-list
 */
export function isHostName({ protocol, hostname }: URL): boolean {
  return !/^https?:$/.test(protocol) || /^(?:\w[\w-]*(?:\.\w[\w-]*)*\.?|\[[\da-f:.]+\])$/.test(hostname)
}

/** What only an administrator registers: any port and path on the machine of the browser. */
export function isLoopbackPattern(uri: string): boolean {
  return /^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\]):\*$/.test(uri)
}

/**
 * Whether `uri` is one of those registered: character by character, but for the port of a program that listens on a
 * loopback address (RFC 8252, 7.3).
 */
export function isRegisteredUri(uri: string, registered: readonly string[]): boolean {
  return registered.some(
    (known) => (known === uri && !isLoopbackPattern(known)) || isSameButForPort(uri, known) || fitsPattern(uri, known),
  )
}

function isSameButForPort(uri: string, known: string): boolean {
  if (!loopbackAddresses.some((host) => known.startsWith(`http://${host}`))) return false
  if (redirectUriProblem(uri) !== undefined || !URL.canParse(known)) return false
  const [asked, ours] = [new URL(uri), new URL(known)]
  if (!loopbackAddresses.includes(ours.hostname) || asked.hostname !== ours.hostname) return false
  return asked.protocol === 'http:' && withoutPort(uri) === withoutPort(known)
}

function withoutPort(uri: string): string {
  return uri.replace(/^(http:\/\/(?:127\.0\.0\.1|\[::1\])):\d{1,5}(?=[/?]|$)/, '$1')
}

function fitsPattern(uri: string, known: string): boolean {
  if (!isLoopbackPattern(known) || redirectUriProblem(uri) !== undefined) return false
  const { protocol, hostname } = new URL(uri)
  return protocol === 'http:' && `http://${hostname}:*` === known
}
