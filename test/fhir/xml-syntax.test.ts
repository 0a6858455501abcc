import { describe, expect, test } from 'vitest'
import type { OutcomeError } from '../../server/fhir/outcome.ts'
import { escapeAttribute, escapeText, isAttribute, parseXml } from '../../server/fhir/xml-syntax.ts'

/** What a listener hears of a document. */
function events(text: string): string[] {
  const heard: string[] = []
  parseXml(text, {
    open: ({ local, uri, attributes }) => {
      const values = Object.values(attributes).map(({ name, value }) => `${name}=${value}`)
      heard.push(`<{${uri}}${local} ${values.join(' ')}>`)
    },
    text: (content) => heard.push(content),
    close: () => heard.push('/'),
  })
  return heard
}

function fault(text: string): { reason: unknown; location: unknown } {
  try {
    events(text)
  } catch (error) {
    const issue = (error as OutcomeError).issues[0]!
    return { reason: issue.params?.['reason'], location: issue.location }
  }
  throw new Error('no fault')
}

test('elements are heard with their namespace, whatever prefix stands for it', () => {
  expect(events('<f:a xmlns:f="urn:x"><b xmlns="urn:y" c="d"/></f:a>')).toEqual([
    '<{urn:x}a xmlns:f=urn:x>',
    '<{urn:y}b xmlns=urn:y c=d>',
    '/',
    '/',
  ])
})

test.each([
  ['predefined entities', '&amp;&lt;&gt;&quot;&apos;', `&<>"'`],
  ['character references', '&#65;&#x1F600;', 'A😀'],
  ['a CDATA section', '<![CDATA[<&]]>', '<&'],
  ['line ends of Windows', '1\r\n2\r3', '1\n2\n3'],
])('%s are heard as text', (_case, source, heard) => {
  expect(events(`<a>${source}</a>`).slice(1, -1).join('')).toBe(heard)
})

test('comments and processing instructions are passed over', () => {
  expect(events('<?xml version="1.0"?><!-- one --><a><?x y?><!-- two - three --></a><!-- four -->')).toEqual([
    '<{}a >',
    '/',
  ])
})

test('a text longer than what is read at once arrives whole, its line ends and pairs unbroken', () => {
  const long = `${'\r\n'.repeat(700_000)}x${'🩺'.repeat(700_000)}`
  expect(events(`<a>${long}</a>`).slice(1, -1).join('')).toBe(long.replaceAll('\r\n', '\n'))
})

const entities = `<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>`

test.each([
  ['a DOCTYPE', '<!DOCTYPE a><a/>', /DOCTYPE is not allowed/, 'line 1, column 12'],
  ['entities that grow', entities, /DOCTYPE is not allowed/, 'line 1, column 54'],
  ['an external entity', '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', /DOCTYPE/, 'line 1, column 40'],
  ['an entity of HTML', '<a>\n&nbsp;</a>', /only the entities &amp;/, 'line 2, column 6'],
  ['a missing end tag', '<a>\n <b>\n', /unclosed tag: b/, 'line 3, column 1'],
  ['the wrong end tag', '<a><b></a>', /unexpected close tag/, 'line 1, column 10'],
  ['two roots', '<a/><b/>', /root/, 'line 1, column 7'],
  ['text after the root', '<a/>x', /outside of root/, 'line 1, column 5'],
  ['an attribute twice', '<a b="1" b="2"/>', /duplicate attribute/, 'line 1, column 16'],
  ['a prefix that stands for nothing', '<x:a/>', /unbound namespace prefix/, 'line 1, column 6'],
  ['no element', '', /must contain a root/, 'line 1, column 1'],
  ['JSON', '{"resourceType":"Patient"}', /outside of root/, 'line 1, column 26'],
  ['a control character', '<a>\u0001</a>', /disallowed character/, 'line 1, column 4'],
  ['a reference to a control character', '<a>&#1;</a>', /malformed character entity/, 'line 1, column 7'],
  ['another encoding', '<?xml version="1.0" encoding="ISO-8859-1"?><a/>', /not UTF-8/, 'line 1, column 43'],
])('%s is refused with its place', (_case, text, reason, location) => {
  const actual = fault(text)
  expect(actual.reason).toMatch(reason)
  expect(actual.location).toBe(location)
})

test('a name from the input is not repeated at any length', () => {
  expect(String(fault(`<a></${'b'.repeat(10_000)}>`).reason).length).toBeLessThan(200)
  expect(String(fault(`<${'b'.repeat(10_000)}>`).reason).length).toBeLessThan(200)
})

describe('escaping', () => {
  test.each([
    ['text', 'plain', 'plain', 'plain'],
    ['markup', '<a & b>', '&lt;a &amp; b&gt;', '&lt;a &amp; b>'],
    ['quotes', `"it's"`, `"it's"`, `&quot;it's&quot;`],
    ['white space', '\t\n\r ', '\t\n&#13; ', '&#9;&#10;&#13; '],
    ['characters beyond 16 bits', '🩺', '🩺', '🩺'],
    [
      'characters that XML cannot write',
      'a\u0000\u000b\ufffe\ud800z',
      'a\ufffd\ufffd\ufffd\ufffdz',
      'a\ufffd\ufffd\ufffd\ufffdz',
    ],
  ])('%s', (_case, raw, inText, inAttribute) => {
    expect(escapeText(raw)).toBe(inText)
    expect(escapeAttribute(raw)).toBe(inAttribute)
    expect(events(`<a b="${inAttribute}">${inText}</a>`)).toEqual([
      `<{}a b=${raw.replace(/[\0\v\ufffe]|\p{Surrogate}/gu, '\ufffd')}>`,
      raw.replace(/[\0\v\ufffe]|\p{Surrogate}/gu, '\ufffd'),
      '/',
    ])
  })
})

test('an id is an attribute of every type but a resource, a url only of an extension', () => {
  expect(isAttribute({ name: 'HumanName', kind: 'complex' }, 'id')).toBe(true)
  expect(isAttribute({ name: 'Patient', kind: 'resource' }, 'id')).toBe(false)
  expect(isAttribute({ name: 'Extension', kind: 'complex' }, 'url')).toBe(true)
  expect(isAttribute({ name: 'ValueSet', kind: 'resource' }, 'url')).toBe(false)
})
