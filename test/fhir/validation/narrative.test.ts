import { expect, test } from 'vitest'
import { narrativeFault } from '../../../server/fhir/validation/narrative.ts'

const xmlns = 'xmlns="http://www.w3.org/1999/xhtml"'

test.each([
  ['a paragraph', `<div ${xmlns}><p>Seen on <b>Monday</b>.</p></div>`],
  ['no namespace', '<div>Hello</div>'],
  ['space around it', '\n <div>Hello</div>\n'],
  ['elements without content', "<div>a<br/>b<hr />c<a name='x'/></div>"],
  ['a table', '<div><table class="grid"><tr><td colspan="2" style="color: #fff">1 &lt; 2</td></tr></table></div>'],
  ['an image alone', '<div><img src="#pic" alt=""/></div>'],
  ['an image inside', '<div><img src="data:image/png;base64,AAAA"/></div>'],
  ['links', '<div><a href="https://x.org/?a=1&amp;b=2">a</a><a href="#b">b</a><a href="mailto:a@b.c">c</a></div>'],
  ['a relative link with a colon behind the path', '<div><a href="Patient/1?a=b:c">a</a></div>'],
  ['characters by number', '<div>&#169; &#xA0; &#x1F600;</div>'],
  ['a greater-than sign in an attribute', '<div title="a > b">x</div>'],
  ['a comment with markup in it', '<div>a<!-- <h2>old</h2> -->b</div>'],
  ['a comment after it', '<div>a</div><!-- end -->'],
  ['a background from inside', '<div style="background: url(data:image/png;base64,AAAA)">x</div>'],
  ['languages', '<div lang="de" xml:lang="de">Blut</div>'],
])('%s is fine', (_case, text) => {
  expect(narrativeFault(text)).toBeUndefined()
})

const notADiv = 'narrative: it must be one XHTML div element'
const markup = 'narrative markup'
const entity = 'XML entity: write the character itself, and & as &amp;'

test.each([
  ['plain text', 'Hello', 'Hello', notADiv],
  ['another element', '<p>Hello</p>', '<p>Hello</p>', notADiv],
  ['two divs', '<div>a</div><div>b</div>', '<div>a</div><div>b</div>', notADiv],
  ['text after the div', '<div>a</div>b', '<div>a</div>b', notADiv],
  ['a document type', '<!DOCTYPE html><div>a</div>', '<!DOCTYPE html><div>a</div>', markup],
  ['capital letters', '<DIV>a</DIV>', '<DIV>a</DIV>', notADiv],
  ['white space alone', '  ', '  ', notADiv],
  ['no content', '<div> \n<p/></div>', '<div> \n<p/></div>', 'narrative: it has no content'],
  ['an open element', '<div><b>a', '<b>', 'XHTML element: it is not closed'],
  ['crossing elements', '<div><b><i>a</b></i></div>', '</b>', 'end of <i>'],
  ['an end without start', '<div>a</p></div>', '</p>', 'end of <div>'],
  ['a cut tag', '<div>a</div', '</>', 'end of <div>'],
  ['a cut start', '<div><p', '<p>', 'XHTML tag'],
  ['a lone angle bracket', '<div>1 < 2</div>', '< 2</div>', markup],
  ['an attribute without quotes', '<div class=a>x</div>', '<div>', 'XHTML tag'],
  ['an attribute without value', '<div class>x</div>', '<div>', 'XHTML tag'],
  ['an attribute twice', '<div id="a" id="b">x</div>', 'id', 'XHTML attribute'],
  ['attributes without space', '<div id="a"class="b">x</div>', '<div>', 'XHTML tag'],
  ['markup in an attribute', '<div title="<b>">x</div>', 'title', 'XHTML attribute'],
  [
    'another namespace',
    '<div xmlns="http://www.w3.org/2000/svg">x</div>',
    'http://www.w3.org/2000/svg',
    'narrative namespace',
  ],
  ['an HTML entity', '<div>a&nbsp;b</div>', '&nbsp;', entity],
  ['a bare ampersand', '<div>a & b</div>', '&', entity],
  ['a control character by number', '<div>&#0;</div>', '&#0;', entity],
  ['a surrogate by number', '<div>&#xD800;</div>', '&#xD800;', entity],
  ['an end of CDATA', '<div>a]]>b</div>', ']]>', 'text in XHTML'],
  ['CDATA', '<div><![CDATA[a]]</div>', '<![CDATA[a]]</div>', markup],
  ['a processing instruction', '<div><?php a ?></div>', '<?php a ?></div>', markup],
])('%s is refused', (_case, text, value, type) => {
  expect(narrativeFault(text)).toEqual({ value, type })
})

test.each([
  ['a script', '<div><script>alert(1)</script></div>'],
  ['a script in capitals', '<div><SCRIPT>alert(1)</SCRIPT></div>'],
  ['a prefixed script', '<div><x:script>alert(1)</x:script></div>'],
  ['a style sheet', '<div><style>@import "x"</style></div>'],
  ['a frame', '<div><iframe src="https://x.org"/></div>'],
  ['an object', '<div><object data="x"/></div>'],
  ['a form', '<div><form action="x"><input/></form></div>'],
  ['SVG', '<div><svg onload="x"/></div>'],
  ['MathML', '<div><math href="x"/></div>'],
  ['a handler', '<div onclick="x">a</div>'],
  ['a handler in capitals', '<div ONCLICK="x">a</div>'],
  ['a handler behind a slash', '<div><img src="x"/onerror="alert(1)"></div>'],
  ['a foreign attribute', '<div><a xlink:href="x">a</a></div>'],
  ['a script link', '<div><a href="javascript:alert(1)">a</a></div>'],
  ['a script link in capitals', '<div><a href="JavaScript:alert(1)">a</a></div>'],
  ['a script link with spaces', '<div><a href=" java\nscript:alert(1)">a</a></div>'],
  ['a script link in numbers', '<div><a href="&#106;&#x61;vascript:alert(1)">a</a></div>'],
  ['a script link with a numbered tab', '<div><a href="java&#9;script:alert(1)">a</a></div>'],
  ['a Visual Basic link', '<div><a href="vbscript:x">a</a></div>'],
  ['a data link', '<div><a href="data:text/html,x">a</a></div>'],
  ['an image that is SVG', '<div><img src="data:image/svg+xml,x"/></div>'],
  ['a style expression', '<div style="width: expression(alert(1))">a</div>'],
  ['a style with an escape', '<div style="width: e\\78 pression(1)">a</div>'],
  ['a style with a comment', '<div style="width: exp/**/ression(1)">a</div>'],
  ['a style with a script', '<div style="background: url( \'javascript:x\')">a</div>'],
  ['a style binding', '<div style="-moz-binding: url(x)">a</div>'],
  ['markup hidden from XML by CDATA', '<div><![CDATA[ ><img src=x onerror=alert(1)> ]] ></div>'],
  ['markup hidden from XML by a short comment', '<div>a<!--><img src=x onerror=alert(1)>--></div>'],
  ['markup hidden from XML by a dash', '<div>a<!---><img src=x onerror=alert(1)>--></div>'],
  ['markup hidden from XML by an odd end', '<div>a<!-- --!><img src=x onerror=alert(1)>--></div>'],
  ['an open comment', '<div>a<!-- </div>'],
])('%s is refused as active content', (_case, text) => {
  expect(narrativeFault(text)).toBeDefined()
})

test.each([
  ['deep nesting', `${'<div>'.repeat(1_000_000)}`],
  ['many elements before a distant ampersand', `<div>${'<b>a</b>'.repeat(200_000)}&amp;</div>`],
  ['many entities', `<div>${'&amp;'.repeat(500_000)}</div>`],
  ['many attributes', `<div ${'id="a" '.repeat(300_000)}>a</div>`],
  ['space in a tag', `<div ${' '.repeat(2_000_000)}x>a</div>`],
  ['open comments', `<div>${'<!-- '.repeat(400_000)}</div>`],
  ['many open brackets', `<div>${'<'.repeat(2_000_000)}</div>`],
  ['a long image', `<div><img src="data:image/png;base64,${'A'.repeat(8_000_000)}"/></div>`],
  ['a long style', `<div style="${'url ( '.repeat(300_000)}">a</div>`],
  ['a long link', `<div><a href="${'&#9;'.repeat(300_000)}javascript:x">a</a></div>`],
])('%s takes linear time', (_case, text) => {
  const start = process.cpuUsage()
  narrativeFault(text)
  const { user, system } = process.cpuUsage(start)
  // Linear is well below a second; quadratic would take minutes.
  expect((user + system) / 1e6).toBeLessThan(5)
})
