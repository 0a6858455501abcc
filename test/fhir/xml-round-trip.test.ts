/** What is written as XML and read again is what it was, and the other way round. */
import { readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../server/fhir/json.ts'
import { parseJson } from '../../server/fhir/json.ts'
import type { OutcomeError } from '../../server/fhir/outcome.ts'
import { fromXml } from '../../server/fhir/xml-read.ts'
import { toXml } from '../../server/fhir/xml-write.ts'
import { loadDefinitions } from '../../server/packages.ts'
import { canonicalJson } from '../support/canonical-json.ts'
import { randomResource, seededRandom } from '../support/random-resource.ts'
import { needsFolder, sharedFolder } from '../support/shared-data.ts'

const definitions = loadDefinitions(tmpdir())

function expectSame(resource: JsonObject, pretty: boolean, message: string): void {
  const text = toXml(resource, definitions, pretty)
  const read = fromXml(text, definitions)
  // Compared before it is asserted: a difference of megabytes takes minutes to print.
  if (canonicalJson(read) !== canonicalJson(resource))
    expect(canonicalJson(read), message).toBe(canonicalJson(resource))
  expect(toXml(read, definitions, pretty) === text, message).toBe(true)
}

const narrative =
  '<div xmlns="http://www.w3.org/1999/xhtml" xml:lang="de"><h1>Ö &amp; 京</h1><p title="&quot;x&quot;">1 &lt; 2<br/></p></div>'

const patient = `{
  "resourceType": "Patient", "id": "a", "_id": {"extension": [{"url": "u", "valueUri": "urn:x"}]},
  "meta": {"versionId": "1", "lastUpdated": "2026-01-02T03:04:05.678Z", "profile": ["http://a"], "_profile": [{"id": "p"}]},
  "implicitRules": "http://rules", "language": "de",
  "text": {"status": "extensions", "div": ${JSON.stringify(narrative)}},
  "contained": [
    {"resourceType": "Organization", "id": "o", "contact": [{"telecom": [{"rank": 1}]}]},
    {"resourceType": "Observation", "id": "v", "status": "final", "code": {"text": "x"},
      "valueQuantity": {"value": 1.00, "comparator": "<"}, "component": [{"code": {"text": "y"}, "valueRange": {"low": {"value": -0.10}, "high": {"value": 1E3}}}]}
  ],
  "extension": [
    {"url": "http://e", "extension": [{"url": "a", "valueBase64Binary": "AAAA"}, {"url": "b", "valueDecimal": 123456789012345678901234567890.1234567890}]},
    {"id": "x", "url": "http://f", "_valueString": {"extension": [{"url": "http://g", "valueCode": "unknown"}]}}
  ],
  "modifierExtension": [{"url": "http://m", "valueAge": {"value": 1, "unit": "a"}}],
  "name": [
    {"use": "official", "family": "van der \\"Berg\\" <&>", "_family": {"id": "f", "extension": [{"url": "own-name", "valueString": "Berg"}]},
      "given": ["A", null, "C\\tD\\nE\\rF"], "_given": [null, {"extension": [{"url": "u", "valueBoolean": true}]}, {"id": "g"}]},
    {"_given": [{"extension": [{"url": "u", "valueInteger": -1}]}, {"id": "h", "extension": [{"url": "u", "valueTime": "00:00:00"}]}]}
  ],
  "birthDate": "1970-03-30", "_birthDate": {"extension": [{"url": "birthTime", "valueDateTime": "1970-03-30T01:02:03+01:00"}]},
  "_gender": {"extension": [{"url": "absent", "valueCode": "unknown"}]},
  "deceasedBoolean": false, "multipleBirthInteger": 2,
  "contact": [{"id": "c", "relationship": [{"coding": [{"system": "urn:s", "code": "N", "userSelected": true}]}], "period": {"start": "2020"}}],
  "link": [{"other": {"reference": "Patient/b"}, "type": "seealso"}]
}`

describe('resources made by hand', () => {
  const rich = parseJson(patient) as JsonObject
  test.each<[string, JsonObject]>([
    ['a patient with everything', rich],
    [
      'a Bundle of Bundles',
      {
        resourceType: 'Bundle',
        type: 'collection',
        link: [{ relation: 'self', url: 'http://x?a=1&b=2' }],
        entry: [
          { resource: { resourceType: 'Bundle', type: 'batch', entry: [{ fullUrl: 'urn:a', resource: rich }] } },
          { request: { method: 'GET', url: 'Patient/a' } },
        ],
      },
    ],
    [
      'Parameters',
      {
        resourceType: 'Parameters',
        parameter: [
          { name: 'a', resource: rich },
          {
            name: 'b',
            part: [
              { name: 'c', valueReference: { reference: '#x' } },
              { name: 'd', part: [{ name: 'e', valueBoolean: false }] },
            ],
          },
        ],
      },
    ],
    [
      'a Questionnaire with nested items',
      {
        resourceType: 'Questionnaire',
        status: 'draft',
        item: [
          {
            linkId: '1',
            type: 'group',
            item: [
              {
                linkId: '1.1',
                type: 'display',
                item: [{ linkId: '1.1.1', type: 'string', initial: [{ valueString: 'x' }] }],
              },
            ],
          },
        ],
      },
    ],
    [
      'a StructureDefinition',
      {
        resourceType: 'StructureDefinition',
        url: 'http://x',
        name: 'X',
        status: 'draft',
        kind: 'logical',
        abstract: false,
        type: 'X',
        snapshot: {
          element: [
            {
              id: 'X',
              path: 'X',
              min: 0,
              max: '*',
              fixedHumanName: { family: 'x' },
              patternString: 'y',
              example: [{ label: 'z', valueDate: '2020' }],
            },
          ],
        },
      },
    ],
    ['a Binary', { resourceType: 'Binary', contentType: 'text/plain', data: 'SGVsbG8=' }],
  ])('%s', (title, resource) => {
    expectSame(resource, false, title)
    expectSame(resource, true, title)
  })
})

describe('random resources', () => {
  test.each(definitions.resourceTypes)('%s, seeds 1 to 12', (type) => {
    for (let seed = 1; seed <= 12; seed++) {
      expectSame(randomResource(definitions, type, seededRandom(seed)), seed % 2 === 0, `${type}, seed ${seed}`)
    }
  })
})

const synthea = sharedFolder('synthea')

describe.skipIf(!synthea)(needsFolder('every resource of the synthetic patients', synthea), () => {
  test.each(synthea ? readdirSync(synthea) : ['no file'])('%s', (file) => {
    expectSame(parseJson(gunzipSync(readFileSync(join(synthea!, file))).toString()) as JsonObject, false, file)
  })
})

const validatorCases = sharedFolder('fhir-test-cases/validator')

/** Published cases that are not FHIR XML, with the fault that is expected. */
const faulty: Readonly<Record<string, string>> = {
  'bundle-dual-subject.xml': 'too-many Bundle.entry[0].resource.subject',
  'capabilitystatement-measure-processor.xml': 'unknown-element CapabilityStatement.identifier',
  'pat-security-bad-string2.xml': 'unknown-element Patient.name[0].text.script',
  'patient-extension-bad2.xml': 'empty-value Patient.extension[0]',
  'patient-min-length-profile.xml': 'out-of-order StructureDefinition.differential.element[0].extension',
}

describe.skipIf(!validatorCases)(needsFolder('published test cases for validators', validatorCases), () => {
  const files = validatorCases ? readdirSync(validatorCases, { recursive: true, encoding: 'utf8' }) : ['no file.xml']
  const documents = files.filter((file) => file.endsWith('.xml'))

  test.each(documents.filter((file) => !faulty[file]))('%s', (file) => {
    const resource = fromXml(readFileSync(join(validatorCases!, file), 'utf8'), definitions)
    expectSame(resource, true, file)
    expect(toXml(parseJson(JSON.stringify(resource)) as JsonObject, definitions)).toBe(toXml(resource, definitions))
  })

  test.each(documents.filter((file) => faulty[file]))('%s is refused', (file) => {
    try {
      fromXml(readFileSync(join(validatorCases!, file), 'utf8'), definitions)
      expect.unreachable()
    } catch (error) {
      const [issue] = (error as OutcomeError).issues
      expect(`${issue!.code} ${issue!.expression}`).toBe(faulty[file])
    }
  })
})
