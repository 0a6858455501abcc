/** Texts that mean something to some parser on the way: of URLs, SQL, regular expressions, JSON, XML, numbers, dates. */
import type { Random } from '../../oracle/random/random.ts'

export const fragments: readonly string[] = [
  ...["'", '"', ';', "' or 1=1 --", "'; drop table r_patient; --", '$1', '$$', '\\', '%', '_', '--', '/*', '*/'],
  ...['^(a+)+$', '.*', '(?=', '(?<', '[', ']', '(', ')', '{', '}', '\\d{99999}', '*', '|', '||', '\\|', '\\,', '\\$'],
  ...[',', ',,', '$', ':', '::', '.', '..', '../..', '/', '//', '#', '?', '&', '=', '+', ' ', '\t', '\r\n', '@', '~'],
  ...['\u0000', '\u0001', '\u007f', '\u200b', '\ufeff', '\ud800', '\udc00', '\u{1f600}', 'é', 'e\u0301', '\uffff'],
  ...['<script>alert(1)</script>', '<!DOCTYPE a>', '<!ENTITY a "b">', '&lt;', '&#0;', ']]>', '{{7*7}}', `\${7*7}`],
  ...['-1', '0', '-0', '1e309', '1e-400', 'NaN', 'Infinity', '0x10', '9'.repeat(400), '1'.repeat(19), '2147483648'],
  ...['2020-13-45', '2024-02-30', '0000', '0000-00-00', '9999-12-31', '10000-01-01', '-0001', '2024-01-01T25:00:00Z'],
  ...['gt', 'eqeq2020', 'ap', 'ne-', 'sa1', 'lt9999999999999', '1990..1991', '5.4|http://unitsofmeasure.org|mg', '|||'],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'prototype',
    'null',
    'undefined',
    'true',
    '[object Object]',
  ],
  ...['urn:uuid:00000000-0000-0000-0000-000000000000', 'http://x.example/Patient/1', 'Patient/1/_history/1', '#a'],
  ...['Patient', 'patient', 'Nope', 'Resource', 'DomainResource', 'Bundle', 'a'.repeat(65), 'a'.repeat(6000)],
]

export function fragment(random: Random): string {
  return random.pick(fragments)
}

/** Some of them one after the other. */
export function tangle(random: Random): string {
  return Array.from({ length: 1 + random.below(4) }, () => fragment(random)).join('')
}

/** One change somewhere in a text: put in, taken out, doubled, replaced, cut off, or wrapped many times. */
export function mutateText(text: string, random: Random): string {
  const at = random.below(text.length + 1)
  const to = Math.min(text.length, at + 1 + random.below(12))
  return random.pick(changes)(text, at, to, random)
}

type Change = (text: string, at: number, to: number, random: Random) => string

const changes: readonly Change[] = [
  (text, at, _to, random) => text.slice(0, at) + fragment(random) + text.slice(at),
  (text, at, to) => text.slice(0, at) + text.slice(to),
  (text, at, to) => text.slice(0, to) + text.slice(at),
  (text, at, to, random) => text.slice(0, at) + fragment(random) + text.slice(to),
  (text, at) => text.slice(0, at),
  (text, at, to) => text.slice(0, at) + text.slice(at, to).repeat(200) + text.slice(to),
  (text, at, to) => text.slice(0, at) + [...text.slice(at, to)].reverse().join('') + text.slice(to),
]

/** Bytes of which one is another: mostly no UTF-8 any more. */
export function mutateBytes(text: string, random: Random): Buffer {
  const bytes = Buffer.from(text)
  if (bytes.length > 0) bytes[random.below(bytes.length)] = random.below(256)
  return bytes
}

/** Percent-encoded as a client would, or not, or wrongly. */
export function encoded(text: string, random: Random): string {
  const sound = encodeURIComponent(text.toWellFormed())
  return random.weighted<() => string>([
    [80, () => sound],
    [2, () => text.replace(/[^\x21-\x7e]/g, '')],
    [1, () => `${sound}%`],
    [1, () => `${sound}%zz`],
    [1, () => `%c3%28${sound}`],
    [1, () => sound.replaceAll('%', '%25')],
  ])()
}
