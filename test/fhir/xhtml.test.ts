import { expect, test } from 'vitest'
import { createXhtmlWriter, xhtmlFromJson } from '../../server/fhir/xhtml.ts'
import { parseXml } from '../../server/fhir/xml-syntax.ts'

const xmlns = 'xmlns="http://www.w3.org/1999/xhtml"'

function fromDocument(text: string): string {
  const writer = createXhtmlWriter()
  parseXml(text, writer)
  expect(writer.depth()).toBe(0)
  return writer.result()
}

test.each([
  ['paragraphs', `<div ${xmlns}><p class="a">Hi &amp; <b>you</b></p></div>`, undefined],
  [
    'a prefix for the namespace',
    '<h:div xmlns:h="http://www.w3.org/1999/xhtml"><h:p>x</h:p></h:div>',
    `<div ${xmlns}><p>x</p></div>`,
  ],
  ['the namespace twice', `<div ${xmlns}><p ${xmlns}>x</p></div>`, `<div ${xmlns}><p>x</p></div>`],
  ['comments', `<div ${xmlns}>a<!-- b -->c</div>`, `<div ${xmlns}>ac</div>`],
  ['CDATA', `<div ${xmlns}><![CDATA[<script>]]></div>`, `<div ${xmlns}>&lt;script&gt;</div>`],
  [
    'elements without content',
    `<div ${xmlns}><p/><br></br><img src="#a" alt=""/></div>`,
    `<div ${xmlns}><p></p><br/><img src="#a" alt=""/></div>`,
  ],
  ['languages', `<div ${xmlns} lang="en" xml:lang="en">x</div>`, undefined],
  [
    'quotes in attributes',
    `<div ${xmlns}><p title='a "b" &lt;'>x</p></div>`,
    `<div ${xmlns}><p title="a &quot;b&quot; &lt;">x</p></div>`,
  ],
  ['white space', `<div ${xmlns}>\n  <p> x\u00a0 </p>\t</div>`, undefined],
])('%s become one spelling, which is read as itself', (_case, source, expected = source) => {
  expect(fromDocument(source)).toBe(expected)
  expect(fromDocument(expected)).toBe(expected)
  expect(xhtmlFromJson(source)).toBe(expected)
})

test.each([
  ['a root that is no div', `<p ${xmlns}>x</p>`, 'the narrative must be one div.'],
  [
    'another language inside',
    `<div ${xmlns}><svg xmlns="http://www.w3.org/2000/svg"/></div>`,
    "the element 'svg' in the narrative is not in the namespace http://www.w3.org/1999/xhtml.",
  ],
  [
    'an attribute of another language',
    `<div ${xmlns} xmlns:x="urn:x" x:y="z"/>`,
    "the attribute 'x:y' is not XHTML. Remove it.",
  ],
])('%s is refused', (_case, source, reason) => {
  expect(() => fromDocument(source)).toThrow(reason)
})

test('nesting has an end', () => {
  const nested = (levels: number) => `<div ${xmlns}>${'<p>'.repeat(levels)}${'</p>'.repeat(levels)}</div>`
  expect(fromDocument(nested(63))).toBe(nested(63))
  expect(() => fromDocument(nested(64))).toThrow(
    expect.objectContaining({ issues: [expect.objectContaining({ code: 'too-deep' })] }),
  )
})

test.each([
  ['no namespace', '<div><p>x</p></div>', `<div ${xmlns}><p>x</p></div>`],
  ['no end', '<div><p>x</div>', `<div ${xmlns}>&lt;div&gt;&lt;p&gt;x&lt;/div&gt;</div>`],
  ['an entity of HTML', '<div>a&nbsp;b</div>', `<div ${xmlns}>&lt;div&gt;a&amp;nbsp;b&lt;/div&gt;</div>`],
  [
    'elements after its end',
    '<div></div></text><active value="false"/>',
    `<div ${xmlns}>&lt;div&gt;&lt;/div&gt;&lt;/text&gt;&lt;active value="false"/&gt;</div>`,
  ],
  ['no markup', 'x < y', `<div ${xmlns}>x &lt; y</div>`],
  [
    'a lone surrogate that hides a tag',
    '<div>\ud800<b>x</b></div>',
    `<div ${xmlns}>&lt;div&gt;\ufffd&lt;b&gt;x&lt;/b&gt;&lt;/div&gt;</div>`,
  ],
])('a narrative from JSON with %s cannot break the document', (_case, source, expected) => {
  expect(xhtmlFromJson(source)).toBe(expected)
  expect(fromDocument(expected)).toBe(expected)
})
