import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../server/fhir/json.ts'
import { parseJson } from '../../../server/fhir/json.ts'
import type { Issue } from '../../../server/fhir/outcome.ts'
import { locateIssues } from '../../../server/fhir/validation/positions.ts'
import { fromXml } from '../../../server/fhir/xml-read.ts'
import { validated } from '../../support/profiles.ts'
import { definitions } from '../../support/validation.ts'

const json = `{
  "resourceType": "Bundle",
  "type": "collection",
  "entry": [
    { "fullUrl": "urn:uuid:c757873d-ec9a-4326-a141-556f43239520",
      "resource": {
        "resourceType": "Patient",
        "name": [ {"family": "R\\u00f6e \\"x\\""}, {
          "given": ["Jo", "El"], "_given": [null, {"id": "a"}] } ],
        "deceasedBoolean": true, "_birthDate": { "id": "b" } } }
  ]
}`

const xml = `<?xml version="1.0"?>
<Bundle xmlns="http://hl7.org/fhir">
  <type value="collection"/>
  <entry>
    <resource>
      <Patient>
        <name><family value="Roe"/></name>
        <name>
          <given value="Jo"/>
          <given value="El"/></name>
        <deceasedBoolean value="true"/>
      </Patient>
    </resource>
  </entry>
</Bundle>`

const patient = 'Bundle.entry[0].resource'

const places: readonly (readonly [expression: string, inJson: string, inXml: string])[] = [
  ['Bundle', '1:1', '2:36'],
  ['Bundle.type', '3:11', '3:28'],
  [patient, '6:19', '5:14'],
  [`${patient}.name[0].family`, '8:30', '7:35'],
  [`${patient}.name[1].given[1]`, '9:27', '10:29'],
  [`${patient}.deceased`, '10:28', '11:39'],
  // What is not there has the place of what should hold it.
  [`${patient}.name[1].family`, '8:49', '8:14'],
  [`${patient}.name[7]`, '8:17', '5:14'],
]

function located(text: string, expression: string): string | undefined {
  const issue: Issue = { code: 'missing-element', params: { element: 'x' }, expression }
  return locateIssues([issue], text, definitions)[0]!.location
}

function told(place: string): string {
  const [line, column] = place.split(':')
  return `line ${line}, column ${column}`
}

describe('Issues have line and column: in JSON where a value begins, in XML where its start tag ends', () => {
  test.each(places)('%s', (expression, inJson, inXml) => {
    expect(located(json, expression)).toBe(told(inJson))
    expect(located(xml, expression)).toBe(told(inXml))
  })
})

test('A place that is known stays', () => {
  const issue: Issue = { code: 'missing-element', params: { element: 'x' }, expression: 'Bundle', location: 'here' }
  expect(locateIssues([issue], json, definitions)).toEqual([issue])
})

test('A text that is no JSON has no places', () => {
  expect(located('{"resourceType": "Patient", ', 'Patient')).toBeUndefined()
})

const texts = {
  JSON: '{\n"resourceType": "Patient",\n "contact": [{"gender": "male"}]}',
  XML: '<Patient xmlns="http://hl7.org/fhir">\n <contact><gender value="male"/></contact></Patient>',
}

test.each([
  ['JSON', 'line 3, column 14'],
  ['XML', 'line 2, column 10'],
] as const)('What is found in %s is told where it is', (format, location) => {
  const text = texts[format]
  const resource = format === 'JSON' ? (parseJson(text) as JsonObject) : fromXml(text, definitions)
  const [issue] = locateIssues(validated(resource), text, definitions)
  expect(issue).toMatchObject({ rule: 'pat-1', expression: 'Patient.contact[0]', location })
})
