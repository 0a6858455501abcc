import { describe, expect, test } from 'vitest'
import { isBlank, type NarrativeNode, parseNarrative } from '../../../../smart-apps/shared/narrative/parse-narrative.ts'
import { oneOf, randomFrom, seed } from '../../../support/random.ts'

/** As it would be written without attributes. */
const written = (nodes: readonly NarrativeNode[]): string =>
  nodes
    .map((node) =>
      typeof node === 'string' ? node : `(${node.name}${node.children.length > 0 ? ' ' : ''}${written(node.children)})`,
    )
    .join('')

describe('a narrative is read as', () => {
  test.each([
    [
      'text in elements',
      '<div xmlns="http://www.w3.org/1999/xhtml"><p>Lungs <b>clear</b>.</p></div>',
      '(div (p Lungs (b clear).))',
    ],
    ['headings that are no headings of the page', '<h1>Findings</h1><h4>More</h4>', '(heading Findings)(heading More)'],
    ['entities', '5&nbsp;&micro;g &lt; 7 &#233; &#x1F600; &unknown; &#0;', '5 µg < 7 é 😀 &unknown;  '],
    ['no scripts and styles', '<p>a</p><script>alert("<b>1</b>")</script><style>p{}</style><p>b</p>', '(p a)(p b)'],
    ['no scripts in scripts', '<svg><svg><script>x</script></svg>y</svg>z', 'z'],
    ['no script that is never closed', '<p>a</p><script>alert(1)', '(p a)'],
    ['what a script in pieces leaves', '<scr<script>x</script>ipt>alert(1)</scr>', 'xipt>alert(1)'],
    ['elements without attributes', `<p onclick="alert(1)" style='x: ">"'>a</p>`, '(p a)'],
    [
      'the words of images and links',
      '<a href="javascript:alert(1)">see</a> <img src="https://x.example/a.png" alt="A &amp; B" onerror="x"/>',
      'see [A & B]',
    ],
    [
      'lists and tables',
      '<table><tr><th>A</th><td>1</td></tr></table><ol><li>x</li></ol>',
      '(table (tr (th A)(td 1)))(ol (li x))',
    ],
    ['no comments, declarations, instructions', '<?xml version="1.0"?><!DOCTYPE x><!-- <p>no</p> -->yes', 'yes'],
    ['character data', '<![CDATA[<b>a</b>]]>', '<b>a</b>'],
    ['what is closed badly', '<ul><li>a<li>b</ul></p>c', '(ul (li a(li b)))c'],
    ['prefixed names', '<xhtml:p>a</xhtml:p><x:script>b</x:script>', '(p a)'],
    ['text with a sign of less', 'a < b and 3 <4', 'a < b and 3 <4'],
    ['nothing that is an object of the language', '<constructor>a</constructor><toString>b</toString>', 'ab'],
  ])('%s', (_what, source, tree) => {
    expect(written(parseNarrative(source)).replaceAll('\u00a0', ' ').trim()).toBe(tree.replace(/ +$/, '').trim())
  })

  test('no more than can be shown', () => {
    const deep = parseNarrative(`${'<div>'.repeat(100_000)}x`)
    let depth = 0
    for (let node: NarrativeNode | undefined = deep[0]; typeof node === 'object'; node = node.children[0]) depth++
    expect(depth).toBeLessThan(50)
    expect(parseNarrative('<p>a</p>'.repeat(100_000)).length).toBeLessThan(12_000)
    expect(isBlank(parseNarrative('<div> <p>\n</p><br/></div>'))).toBe(true)
  })

  test(`a megabyte of anything in little time (seed ${seed})`, () => {
    const random = randomFrom(seed)
    const pieces = [
      '<',
      '>',
      '"',
      "'",
      '<!--',
      '-->',
      '<p ',
      '</p>',
      '<script>',
      '</',
      '&#',
      ';',
      'a',
      '<![CDATA[',
      '/>',
      '=',
    ]
    const many = Array.from({ length: 30 }, () => Array.from({ length: 500 }, () => oneOf(random, pieces)).join(''))
    const hostile = ['<p "', '<!--', "<a '", '<![CDATA[', '&#', '<', '<p a=', '<script>']
    const began = performance.now()
    for (const source of [...many, ...hostile.map((piece) => piece.repeat(20_000 / piece.length))]) {
      expect(() => parseNarrative(source)).not.toThrow()
    }
    expect(performance.now() - began).toBeLessThan(5000)
  })
})
