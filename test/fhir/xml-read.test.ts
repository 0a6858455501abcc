import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { Worker } from 'node:worker_threads'
import { afterAll, describe, expect, test } from 'vitest'
import { type Issue, issueText, type OutcomeError } from '../../server/fhir/outcome.ts'
import { fromXml } from '../../server/fhir/xml-read.ts'
import { loadDefinitions } from '../../server/packages.ts'

const definitions = loadDefinitions(tmpdir())
const xhtml = 'http://www.w3.org/1999/xhtml'

/** A document of one resource type with the given content. */
function xml(type: string, content: string): string {
  return `<${type} xmlns="http://hl7.org/fhir">${content}</${type}>`
}

function issues(text: string): readonly Issue[] {
  try {
    fromXml(text, definitions)
  } catch (error) {
    return (error as OutcomeError).issues
  }
  return []
}

test('a patient arrives with everything that it has', () => {
  const text = `<?xml version="1.0" encoding="UTF-8"?>
<Patient xmlns="http://hl7.org/fhir">
  <!-- made by hand -->
  <id value="pat1"/>
  <meta><profile value="http://example.org/a"/><tag><code value="t"/></tag></meta>
  <text>
    <status value="generated"/>
    <div xmlns="${xhtml}"><p>Hi <b>you</b></p></div>
  </text>
  <contained><Organization><id value="o1"/><name value="&quot;Ö&quot; &lt;&amp;&gt;"/></Organization></contained>
  <extension url="http://example.org/e"><valueDecimal value="1.00"/></extension>
  <active value="true"/>
  <name id="n1">
    <given value="A"/>
    <given><extension url="http://example.org/e"><valueString value="q"/></extension></given>
    <given id="g3" value="C"/>
  </name>
  <birthDate value="1970-03-30"><extension url="http://example.org/t"><valueTime value="12:00:00"/></extension></birthDate>
  <deceasedBoolean value="false"/>
  <multipleBirthInteger value="2"/>
</Patient>`
  const expected = {
    resourceType: 'Patient',
    id: 'pat1',
    meta: { profile: ['http://example.org/a'], tag: [{ code: 't' }] },
    text: { status: 'generated', div: `<div xmlns="${xhtml}"><p>Hi <b>you</b></p></div>` },
    contained: [{ resourceType: 'Organization', id: 'o1', name: '"Ö" <&>' }],
    extension: [{ url: 'http://example.org/e', valueDecimal: JSON.rawJSON('1.00') }],
    active: true,
    name: [
      {
        id: 'n1',
        given: ['A', null, 'C'],
        _given: [null, { extension: [{ url: 'http://example.org/e', valueString: 'q' }] }, { id: 'g3' }],
      },
    ],
    birthDate: '1970-03-30',
    _birthDate: { extension: [{ url: 'http://example.org/t', valueTime: '12:00:00' }] },
    deceasedBoolean: false,
    multipleBirthInteger: 2,
  }
  expect(JSON.stringify(fromXml(text, definitions))).toBe(JSON.stringify(expected))
})

test.each([
  [
    'a Bundle',
    'Bundle',
    '<entry><fullUrl value="urn:x"/><resource><Basic><id value="a"/></Basic></resource></entry><entry><search><mode value="match"/></search></entry>',
    { entry: [{ fullUrl: 'urn:x', resource: { resourceType: 'Basic', id: 'a' } }, { search: { mode: 'match' } }] },
  ],
  [
    'Parameters',
    'Parameters',
    '<parameter><name value="a"/><resource><Basic/></resource></parameter><parameter><name value="b"/><part><name value="c"/><valueInteger value="1"/></part></parameter>',
    {
      parameter: [
        { name: 'a', resource: { resourceType: 'Basic' } },
        { name: 'b', part: [{ name: 'c', valueInteger: 1 }] },
      ],
    },
  ],
  [
    'several contained resources',
    'Patient',
    '<contained><Basic/></contained><contained><Basic/></contained>',
    { contained: [{ resourceType: 'Basic' }, { resourceType: 'Basic' }] },
  ],
  [
    'a reference to the definition of another element',
    'Questionnaire',
    '<item><linkId value="1"/><item><linkId value="1.1"/></item></item>',
    { item: [{ linkId: '1', item: [{ linkId: '1.1' }] }] },
  ],
  [
    'an element with extensions only',
    'Patient',
    '<gender><extension url="u"><valueCode value="c"/></extension></gender>',
    { _gender: { extension: [{ url: 'u', valueCode: 'c' }] } },
  ],
  [
    'extensions of the last of several values',
    'Patient',
    '<name><given value="A"/><given value="B" id="b"/></name>',
    { name: [{ given: ['A', 'B'], _given: [null, { id: 'b' }] }] },
  ],
  [
    'an extension of the id',
    'Patient',
    '<id value="a"><extension url="u"><valueCode value="c"/></extension></id>',
    { id: 'a', _id: { extension: [{ url: 'u', valueCode: 'c' }] } },
  ],
  [
    'line breaks in a value',
    'Patient',
    '<name><text value="a&#10;b&#9;c&#13;"/></name>',
    { name: [{ text: 'a\nb\tc\r' }] },
  ],
])('%s', (_case, type, content, expected) => {
  expect(fromXml(xml(type, content), definitions)).toEqual({ resourceType: type, ...expected })
})

test.each(['0', '-1', '1.00', '0.10', '1e3', '1.5E-7', '123456789012345678901234567890.12', '100'])(
  'the decimal %s keeps its digits',
  (digits) => {
    const resource = fromXml(
      xml('Observation', `<valueQuantity><value value="${digits}"/></valueQuantity>`),
      definitions,
    )
    expect(JSON.stringify(resource)).toBe(`{"resourceType":"Observation","valueQuantity":{"value":${digits}}}`)
  },
)

test('a prefix for the namespace and the place of a schema are accepted', () => {
  const text =
    '<f:Patient xmlns:f="http://hl7.org/fhir" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ' +
    'xsi:schemaLocation="http://hl7.org/fhir fhir-all.xsd"><f:active value="true"/></f:Patient>'
  expect(fromXml(text, definitions)).toEqual({ resourceType: 'Patient', active: true })
})

describe('what FHIR does not define', () => {
  test.each([
    ['an unknown element', '<name><nick value="x"/></name>', 'unknown-element', 'Patient.name[0].nick', 60],
    ['an element of another choice', '<deceasedString value="x"/>', 'unknown-element', 'Patient.deceasedString', 64],
    ['an unknown attribute', '<name use="usual"><family value="x"/></name>', 'unknown-element', 'Patient.name[0]', 55],
    [
      'an attribute in a namespace',
      '<active xmlns:x="urn:x" x:value="true"/>',
      'unknown-element',
      'Patient.active',
      77,
    ],
    ['a value on what has elements', '<name value="x"/>', 'unknown-element', 'Patient.name[0]', 54],
    ['a url on what is no extension', '<name url="x"/>', 'unknown-element', 'Patient.name[0]', 52],
    ['the id of an element as an element', '<name><id value="x"/></name>', 'unknown-element', 'Patient.name[0].id', 58],
    [
      'the url of an extension as an element',
      '<extension url="a"><url value="x"/></extension>',
      'unknown-element',
      'Patient.extension[0].url',
      72,
    ],
    ['a member of JSON', '<_active value="true"/>', 'unknown-element', 'Patient._active', 60],
    [
      'the resource type as an element',
      '<resourceType value="Patient"/>',
      'unknown-element',
      'Patient.resourceType',
      68,
    ],
    [
      'an element of a contained resource',
      '<contained><Basic><nick value="x"/></Basic></contained>',
      'unknown-element',
      'Patient.contained[0].nick',
      72,
    ],
    ['an element of a value', '<active value="true"><nick/></active>', 'unknown-element', 'Patient.active.nick', 65],
    [
      'an element that may not repeat',
      '<active value="true"/><active value="true"/>',
      'too-many',
      'Patient.active',
      81,
    ],
    [
      'a complex one',
      '<maritalStatus><text value="a"/></maritalStatus><maritalStatus><text value="b"/></maritalStatus>',
      'too-many',
      'Patient.maritalStatus',
      100,
    ],
    [
      'one with extensions only',
      '<active><extension url="u"/></active><active value="true"/>',
      'too-many',
      'Patient.active',
      96,
    ],
    [
      'an element behind a later one',
      '<gender value="male"/><active value="true"/>',
      'out-of-order',
      'Patient.active',
      81,
    ],
    [
      'values that do not stand together',
      '<name id="a"/><gender value="male"/><name id="b"/>',
      'out-of-order',
      'Patient.name',
      87,
    ],
    [
      'the parts of a name in another order',
      '<name><given value="A"/><family value="B"/></name>',
      'out-of-order',
      'Patient.name[0].family',
      80,
    ],
    [
      'an extension behind an element',
      '<active value="true"/><extension url="u"/>',
      'out-of-order',
      'Patient.extension',
      79,
    ],
    ['an empty value', '<active/>', 'empty-value', 'Patient.active', 46],
    ['an empty object', '<name></name>', 'empty-value', 'Patient.name[0]', 50],
    ['an empty attribute', '<active value=""/>', 'empty-value', 'Patient.active', 55],
    ['nothing contained', '<contained/>', 'empty-value', 'Patient.contained[0]', 49],
    ['a boolean that is none', '<active value="1"/>', 'invalid-value', 'Patient.active', 56],
    ['a number that is none', '<multipleBirthInteger value="+1"/>', 'invalid-value', 'Patient.multipleBirth', 71],
  ])('%s is a fault with its place and expression', (_case, content, code, expression, column) => {
    expect(issues(xml('Patient', content))[0]).toMatchObject({ code, expression, location: `line 1, column ${column}` })
  })

  test.each(['', ' 1', '1 ', '.5', '1.', '01', '--1', '1e', 'NaN', 'Infinity', '0x1', '1,5', 'null', '{}'])(
    "'%s' is no decimal",
    (value) => {
      const content = `<valueQuantity><value value="${value}"/></valueQuantity>`
      expect(issues(xml('Observation', content))[0]!.code).toBe(value === '' ? 'empty-value' : 'invalid-value')
    },
  )

  test('several faults are reported together, each element once', () => {
    const text = xml('Patient', '<a><b/><c x="y">text</c></a><active value="yes"/>\n<gender/><photo z=""/>')
    expect(issues(text).map(({ code, location }) => `${code} ${location}`)).toEqual([
      'unknown-element line 1, column 40',
      'invalid-value line 1, column 86',
      'empty-value line 2, column 9',
      'unknown-element line 2, column 22',
    ])
  })

  test('an order is told with what stands too early', () => {
    const [issue] = issues(xml('Patient', '<birthDate value="1970"/><gender value="male"/>'))
    expect(issueText(issue!)).toBe(
      "'gender' comes behind 'birthDate', but belongs before it: in XML, elements stand in the order of their definition.",
    )
  })

  test('no more than twenty are listed', () => {
    expect(issues(xml('Patient', '<a/>'.repeat(100)))).toHaveLength(20)
  })
})

describe('what ends the reading at once', () => {
  test.each([
    ['no FHIR namespace', '<Patient/>', "the element 'Patient' is in no namespace", undefined],
    [
      'another namespace',
      '<Patient xmlns="urn:x"/>',
      "is in the namespace 'urn:x', but belongs in http://hl7.org/fhir",
      undefined,
    ],
    [
      'an element of another namespace',
      xml('Patient', '<active xmlns="urn:x"/>'),
      "the element 'active' is in",
      undefined,
    ],
    ['a narrative without its namespace', xml('Patient', '<text><div/></text>'), `but belongs in ${xhtml}`, undefined],
    [
      'a narrative that is no narrative',
      xml('Patient', `<div xmlns="${xhtml}"/>`),
      'but belongs in http://hl7.org/fhir',
      undefined,
    ],
    ['an unknown type', xml('Pancake', ''), "'Pancake' is not a FHIR R4 resource type", undefined],
    ['an abstract type', xml('DomainResource', ''), 'not a FHIR R4 resource type', undefined],
    ['a data type', xml('HumanName', ''), 'not a FHIR R4 resource type', undefined],
    [
      'an unknown type inside',
      xml('Patient', '<contained><Pancake/></contained>'),
      'not a FHIR R4',
      'Patient.contained[0]',
    ],
    [
      'two resources in one place',
      xml('Patient', '<contained><Basic/><Basic/></contained>'),
      'only one resource',
      'Patient.contained[0]',
    ],
    [
      'two resources in one entry',
      xml('Bundle', '<entry><resource><Basic/><Basic/></resource></entry>'),
      'only one resource',
      'Bundle.entry[0].resource',
    ],
    ['text', xml('Patient', '<active>true</active>'), 'text may stand in a narrative only', 'Patient.active'],
    ['a no-break space', xml('Patient', '\u00a0'), 'text may stand in a narrative only', 'Patient'],
    ['CDATA', xml('Patient', '<![CDATA[x]]>'), 'text may stand in a narrative only', 'Patient'],
    ['the wrong end tag', xml('Patient', '<active></Patient>'), 'unexpected close tag', undefined],
    ['an entity', xml('Patient', '<active value="&yes;"/>'), 'only the entities', undefined],
    ['nothing', '', 'must contain a root element', undefined],
  ])('%s', (_case, text, reason, expression) => {
    const [issue, ...more] = issues(text)
    expect(more).toEqual([])
    expect(issue).toMatchObject({ code: 'invalid-xml', location: expect.stringMatching(/^line 1, column \d+$/) })
    expect(issue!.params?.['reason']).toContain(reason)
    expect(issue!.expression).toBe(expression)
  })
})

describe('depth is counted as in JSON', () => {
  const extensions = (levels: number, inner: string) =>
    xml('Basic', `${'<extension url="u">'.repeat(levels)}${inner}${'</extension>'.repeat(levels)}`)

  test('sixty-four levels are read', () => {
    expect(issues(extensions(31, '<valueString value="x"/>'))).toEqual([])
    expect(issues(extensions(31, '<valueString id="i" value="x"/>'))).toEqual([])
  })

  test.each([
    ['an object', extensions(32, '')],
    ['an array', extensions(31, '<valueHumanName><given value="x"/></valueHumanName>')],
    ['an id of a value', extensions(31, '<valuePeriod><start id="i" value="2020"/></valuePeriod>')],
    ['what is unknown', xml('Basic', '<a>'.repeat(64))],
  ])('%s at the sixty-fifth is not', (_case, text) => {
    expect(issues(text)).toMatchObject([{ code: 'too-deep', location: expect.stringMatching(/^line 1/) }])
  })
})

// Kept as a tree of parts, some of these texts would take hundreds of megabytes: the thread would end.
describe('hostile documents of five megabytes are read in 96', () => {
  const worker = new Worker(new URL('../support/xml-reading-worker.ts', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: 96 },
  })
  afterAll(() => worker.terminate())

  const fill = (part: string) => part.repeat(Math.floor(5_000_000 / part.length))
  const narrative = (content: string) =>
    xml('Basic', `<text><status value="generated"/><div xmlns="${xhtml}">${content}</div></text>`)
  const laughs = Array.from({ length: 20 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join('')

  test.each<[string, () => string, string]>([
    [
      'a billion laughs',
      () => `<!DOCTYPE a [<!ENTITY l0 "ha">${laughs}]>${xml('Basic', '<id value="&l20;"/>')}`,
      'invalid-xml',
    ],
    ['nested elements', () => xml('Basic', fill('<extension url="u">')), 'too-deep'],
    ['nested unknown elements', () => xml('Basic', fill('<a>')), 'too-deep'],
    ['a nested narrative', () => narrative(fill('<p>')), 'too-deep'],
    ['nested resources', () => xml('Basic', fill('<contained><Basic>')), 'too-deep'],
    ['unknown elements', () => xml('Basic', fill('<a/>')), 'unknown-element'],
    [
      'unknown attributes',
      () => xml('Basic', `<code ${Array.from({ length: 100_000 }, (_, i) => `a${i}=""`).join(' ')}/>`),
      'invalid-xml',
    ],
    ['end tags', () => xml('Basic', fill('</a>')), 'invalid-xml'],
    ['a long name', () => `<${fill('a')}/>`, 'invalid-xml'],
    ['entities in a value', () => xml('Basic', `<id value="${fill('&amp;')}"/>`), 'none'],
    ['line breaks in a value', () => xml('Basic', `<id value="${fill('\n')}"/>`), 'none'],
    ['a comment of hyphens', () => xml('Basic', `<!--${fill('- ')}-->`), 'none'],
    ['brackets in CDATA', () => narrative(`<![CDATA[${fill('] ')}]]>`), 'none'],
    ['a narrative of small parts', () => narrative(fill('<p/>&lt;')), 'none'],
    ['values', () => xml('Patient', `<name>${fill('<given value="a"/>')}</name>`), 'none'],
    ['digits', () => xml('Patient', `<multipleBirthInteger value="1${fill('0')}"/>`), 'none'],
  ])('%s', async (_case, text, code) => {
    const answer = once(worker, 'message')
    worker.postMessage(text())
    expect(await answer).toEqual([code])
  })
})
