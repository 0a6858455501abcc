import { tmpdir } from 'node:os'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../server/fhir/json.ts'
import { parseJson } from '../../server/fhir/json.ts'
import { toXml } from '../../server/fhir/xml-write.ts'
import { loadDefinitions } from '../../server/packages.ts'

const definitions = loadDefinitions(tmpdir())
const start = '<?xml version="1.0" encoding="UTF-8"?>\n'

/** The content of the root element. */
function content(resource: JsonObject): string {
  const text = toXml(resource, definitions)
  const [, root, inner] = /^<\?xml .*?\?>\n<(\w+) xmlns="http:\/\/hl7\.org\/fhir">(.*)<\/\w+>$/s.exec(text)!
  expect(root).toBe(resource['resourceType'])
  return inner!
}

const xhtml = '<div xmlns="http://www.w3.org/1999/xhtml"><p>a &amp; b</p></div>'

test.each<[string, JsonObject, string]>([
  [
    'values',
    { resourceType: 'Patient', id: 'a', active: false, multipleBirthInteger: 0 },
    '<id value="a"/><active value="false"/><multipleBirthInteger value="0"/>',
  ],
  [
    'what must be escaped',
    { resourceType: 'Patient', name: [{ text: '<"&\'>\n' }] },
    `<name><text value="&lt;&quot;&amp;'>&#10;"/></name>`,
  ],
  [
    'ids',
    { resourceType: 'Patient', name: [{ id: 'n"1', family: 'A', _family: { id: 'f' } }] },
    '<name id="n&quot;1"><family id="f" value="A"/></name>',
  ],
  [
    'extensions',
    { resourceType: 'Patient', extension: [{ url: 'u', id: 'e', extension: [{ url: 'v', valueCode: 'c' }] }] },
    '<extension id="e" url="u"><extension url="v"><valueCode value="c"/></extension></extension>',
  ],
  [
    'extensions of values',
    { resourceType: 'Patient', birthDate: '1970', _birthDate: { extension: [{ url: 'u', valueCode: 'c' }] } },
    '<birthDate value="1970"><extension url="u"><valueCode value="c"/></extension></birthDate>',
  ],
  [
    'extensions in place of a value',
    { resourceType: 'Patient', _gender: { extension: [{ url: 'u', valueCode: 'c' }] } },
    '<gender><extension url="u"><valueCode value="c"/></extension></gender>',
  ],
  [
    'arrays with gaps',
    { resourceType: 'Patient', name: [{ given: ['A', null], _given: [null, { id: 'b' }, { id: 'c' }] }] },
    '<name><given value="A"/><given id="b"/><given id="c"/></name>',
  ],
  [
    'a narrative',
    { resourceType: 'Patient', text: { div: xhtml, status: 'generated' } },
    `<text><status value="generated"/>${xhtml}</text>`,
  ],
  [
    'contained resources',
    { resourceType: 'Patient', contained: [{ resourceType: 'Basic', id: 'b' }, { resourceType: 'Basic' }] },
    '<contained><Basic><id value="b"/></Basic></contained><contained><Basic/></contained>',
  ],
  [
    'a Bundle',
    { resourceType: 'Bundle', entry: [{ resource: { resourceType: 'Basic', id: 'b' }, fullUrl: 'urn:x' }] },
    '<entry><fullUrl value="urn:x"/><resource><Basic><id value="b"/></Basic></resource></entry>',
  ],
  [
    'elements in another order',
    { gender: 'other', id: 'a', resourceType: 'Patient', _active: { id: 'x' }, active: true },
    '<id value="a"/><active id="x" value="true"/><gender value="other"/>',
  ],
  ['empty arrays', { resourceType: 'Patient', name: [], active: true }, '<active value="true"/>'],
])('%s', (_case, resource, expected) => {
  expect(content(resource)).toBe(expected)
})

test('a resource with nothing in it is one tag', () => {
  expect(toXml({ resourceType: 'Patient' }, definitions)).toBe(`${start}<Patient xmlns="http://hl7.org/fhir"/>`)
})

test.each(['1.00', '0.10', '1e3', '123456789012345678901234567890.12', '7'])(
  'the number %s keeps its digits',
  (digits) => {
    const resource = parseJson(`{"resourceType":"Observation","valueQuantity":{"value":${digits}}}`) as JsonObject
    expect(content(resource)).toBe(`<valueQuantity><value value="${digits}"/></valueQuantity>`)
  },
)

test('pretty means a line for each element and a narrative as it is', () => {
  const resource: JsonObject = {
    resourceType: 'Patient',
    text: { status: 'generated', div: xhtml },
    contained: [{ resourceType: 'Basic', id: 'b' }],
    name: [{ given: ['A', 'B'] }],
  }
  expect(toXml(resource, definitions, true)).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<Patient xmlns="http://hl7.org/fhir">
  <text>
    <status value="generated"/>
    ${xhtml}
  </text>
  <contained>
    <Basic>
      <id value="b"/>
    </Basic>
  </contained>
  <name>
    <given value="A"/>
    <given value="B"/>
  </name>
</Patient>
`)
})

describe('what XML has no place for is a fault rather than left out', () => {
  test.each<[string, JsonObject, string]>([
    ['an unknown element', { resourceType: 'Patient', nick: 'x' }, "'nick' is not an element of Patient."],
    [
      'an unknown element below',
      { resourceType: 'Patient', name: [{ nick: 'x' }] },
      "'nick' is not an element of HumanName.",
    ],
    ['extensions of what is no value', { resourceType: 'Patient', _name: [] }, "'_name' is not an element of Patient."],
    [
      'extensions of the id of an element',
      { resourceType: 'Patient', name: [{ _id: {} }] },
      "'_id' is not an element of HumanName.",
    ],
    [
      'a resource type inside an element',
      { resourceType: 'Patient', name: [{ resourceType: 'x' }] },
      "'resourceType' is not an element of HumanName.",
    ],
    ['an unknown type', { resourceType: 'Pancake' }, "'Pancake' is not a FHIR R4 resource type"],
    ['no type', { id: 'a' }, 'is not a FHIR R4 resource type'],
    ['an object where an array is due', { resourceType: 'Patient', name: { family: 'A' } }, "'name' must be an array"],
    [
      'a value where an object is due',
      { resourceType: 'Patient', name: ['A'] },
      "'name' must be an object, but is a string.",
    ],
    [
      'an object where a value is due',
      { resourceType: 'Patient', active: {} },
      "'active' must be a value of type boolean, but is an object.",
    ],
    [
      'null where an object is due',
      { resourceType: 'Patient', name: [null] },
      "'name' must be an object, but is null.",
    ],
  ])('%s', (_case, resource, message) => {
    expect(() => toXml(resource, definitions)).toThrow(message)
  })
})
