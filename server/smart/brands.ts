/** Who runs this server, for apps that let people choose. https://hl7.org/fhir/smart-app-launch/STU2.2/brands.html */
import type { SmartUrls } from './smart.ts'

/** A Bundle of one brand and its endpoint. */
export function brandsBundle({ issuer, fhir }: SmartUrls, practice: string, timestamp: string): object {
  const brand = `${fhir}/Organization/user-access-brand`
  const endpoint = `${fhir}/Endpoint/user-access-endpoint`
  return {
    resourceType: 'Bundle',
    type: 'collection',
    timestamp,
    meta: { profile: ['http://hl7.org/fhir/smart-app-launch/StructureDefinition/user-access-brands-bundle'] },
    entry: [
      {
        fullUrl: brand,
        resource: {
          resourceType: 'Organization',
          id: 'user-access-brand',
          meta: { profile: ['http://hl7.org/fhir/smart-app-launch/StructureDefinition/user-access-brand'] },
          extension: [
            {
              url: 'http://hl7.org/fhir/StructureDefinition/organization-portal',
              extension: [
                { url: 'portalName', valueString: `Patient portal of ${practice}` },
                { url: 'portalUrl', valueUrl: issuer },
                { url: 'portalEndpoint', valueReference: { reference: 'Endpoint/user-access-endpoint' } },
              ],
            },
          ],
          identifier: [{ system: 'urn:ietf:rfc:3986', value: issuer }],
          active: true,
          type: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/organization-type', code: 'prov' }] }],
          name: practice,
          telecom: [{ system: 'url', value: issuer }],
          endpoint: [{ reference: 'Endpoint/user-access-endpoint' }],
        },
      },
      {
        fullUrl: endpoint,
        resource: {
          resourceType: 'Endpoint',
          id: 'user-access-endpoint',
          meta: { profile: ['http://hl7.org/fhir/smart-app-launch/StructureDefinition/user-access-endpoint'] },
          extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/endpoint-fhir-version', valueCode: '4.0.1' }],
          status: 'active',
          connectionType: {
            system: 'http://terminology.hl7.org/CodeSystem/endpoint-connection-type',
            code: 'hl7-fhir-rest',
          },
          name: `FHIR R4 server of ${practice}`,
          managingOrganization: { reference: 'Organization/user-access-brand' },
          contact: [{ system: 'url', value: `${issuer}/docs` }],
          payloadType: [
            { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/endpoint-payload-type', code: 'none' }] },
          ],
          address: fhir,
        },
      },
    ],
  }
}
