/** Documents, sequences, medications and lists: resources inside resources, and resources that name many others. */
import type {
  AuditEvent,
  Bundle,
  Composition,
  DocumentReference,
  Immunization,
  List,
  Medication,
  MedicationRequest,
  MessageHeader,
  MolecularSequence,
  Provenance,
  Resource,
} from '@medplum/fhirtypes'
import { loinc, snomed } from './observations.ts'

const typeOf = (code: string, display: string) => ({ coding: [{ system: loinc, code, display }] })
const author = [{ reference: 'Practitioner/dr-garcia' }]

const summary: Composition = {
  resourceType: 'Composition',
  id: 'summary',
  status: 'final',
  type: typeOf('60591-5', 'Patient summary'),
  date: '2012-01-04T09:10:14Z',
  title: 'Discharge summary',
  author,
  subject: { reference: 'Patient/muller' },
  confidentiality: 'N',
  section: [
    { code: typeOf('48765-2', 'Allergies'), title: 'Allergies', entry: [{ reference: 'Observation/pressure' }] },
    { title: 'Rest', code: typeOf('10160-0', 'Medication use'), entry: [{ reference: 'MedicationRequest/by-code' }] },
  ],
}

const compositions: readonly Composition[] = [
  summary,
  {
    resourceType: 'Composition',
    id: 'follow-up',
    status: 'preliminary',
    type: typeOf('11488-4', 'Consult note'),
    date: '2012-02',
    title: 'Follow-up',
    author,
    relatesTo: [
      { code: 'appends', targetReference: { reference: 'Composition/summary' } },
      { code: 'replaces', targetIdentifier: { system: 'http://example.org/documents', value: 'D-1' } },
    ],
    event: [{ period: { start: '2012-01-20' } }],
    section: [{ title: 'Plan', code: typeOf('18776-5', 'Plan of care'), entry: [{ reference: 'CarePlan/weight' }] }],
  },
]

const bundles: readonly Bundle[] = [
  {
    resourceType: 'Bundle',
    id: 'document',
    type: 'document',
    identifier: { system: 'http://example.org/documents', value: 'D-1' },
    timestamp: '2012-01-05T00:00:00Z',
    entry: [{ fullUrl: 'http://localhost/fhir/Composition/summary', resource: summary }],
  },
  {
    resourceType: 'Bundle',
    id: 'collection',
    type: 'collection',
    timestamp: '2019-01-05T00:00:00.250+01:00',
    entry: [
      {
        fullUrl: 'urn:uuid:8f0f6f51-52ab-4b4c-a4bf-0a0de4a1a1a1',
        resource: { resourceType: 'Patient', name: [{ family: 'Inbundle' }] },
      },
    ],
  },
]

const references: readonly DocumentReference[] = [
  {
    resourceType: 'DocumentReference',
    id: 'first',
    status: 'current',
    type: typeOf('34117-2', 'History'),
    subject: { reference: 'Patient/muller' },
    author,
    date: '2018-05-05T10:00:00Z',
    content: [
      {
        attachment: {
          contentType: 'text/plain; charset=utf-8',
          url: 'http://example.org/files/1',
          language: 'fr',
          creation: '2018',
        },
      },
    ],
    securityLabel: [
      {
        coding: [
          { system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'V', display: 'very restricted' },
        ],
      },
    ],
  },
  {
    resourceType: 'DocumentReference',
    id: 'second',
    status: 'superseded',
    subject: { reference: 'Patient/muller' },
    author,
    content: [{ attachment: { url: 'http://example.org/files' } }],
    relatesTo: [
      { code: 'replaces', target: { reference: 'DocumentReference/first' } },
      { code: 'appends', target: { reference: 'DocumentReference/third' } },
    ],
  },
  {
    resourceType: 'DocumentReference',
    id: 'third',
    status: 'current',
    subject: { reference: 'Patient/nguyen' },
    content: [{ attachment: { contentType: 'application/pdf' } }],
    relatesTo: [{ code: 'replaces', target: { reference: 'DocumentReference/second' } }],
    context: { period: { start: '2018-01', end: '2018-02' } },
  },
]

const chromosome = (code: string) => ({
  coding: [{ system: 'http://terminology.hl7.org/CodeSystem/chromosome-human', code }],
})
const refSeq = (code: string) => ({ coding: [{ system: 'http://www.ncbi.nlm.nih.gov/nuccore', code }] })

const sequences: readonly MolecularSequence[] = [
  {
    resourceType: 'MolecularSequence',
    id: 'seq-1',
    type: 'dna',
    coordinateSystem: 0,
    patient: { reference: 'Patient/nguyen' },
    referenceSeq: { genomeBuild: 'GRCh38', chromosome: chromosome('1'), windowStart: 100, windowEnd: 200 },
    variant: [
      { start: 128273724, end: 128273726 },
      { start: 150, end: 160 },
    ],
  },
  {
    resourceType: 'MolecularSequence',
    id: 'seq-2',
    type: 'rna',
    coordinateSystem: 1,
    referenceSeq: { genomeBuild: 'GRCh38', chromosome: chromosome('2'), windowStart: 150, windowEnd: 1000 },
    variant: [{ start: 150, end: 151 }],
  },
  {
    resourceType: 'MolecularSequence',
    id: 'seq-3',
    type: 'aa',
    coordinateSystem: 1,
    referenceSeq: { referenceSeqId: refSeq('NC_000001.11'), windowStart: 18, windowEnd: 42 },
    variant: [
      { start: 22, end: 23 },
      { start: 30, end: 40 },
    ],
  },
  {
    resourceType: 'MolecularSequence',
    id: 'seq-4',
    coordinateSystem: 0,
    referenceSeq: { referenceSeqId: refSeq('NC_000002.12'), windowStart: 22, windowEnd: 50 },
    variant: [{ start: 22, end: 40 }],
  },
]

const dose = { text: 'one a day' }
const medications: readonly (Medication | MedicationRequest | Immunization)[] = [
  {
    resourceType: 'Medication',
    id: 'aspirin',
    status: 'active',
    code: { coding: [{ system: 'http://www.nlm.nih.gov/research/umls/rxnorm', code: '1191', display: 'Aspirin' }] },
    ingredient: [
      { itemReference: { reference: 'Medication/starch' } },
      { itemCodeableConcept: { coding: [{ system: snomed, code: '387458008' }] } },
    ],
    batch: { lotNumber: 'L-1', expirationDate: '2025-06' },
  },
  { resourceType: 'Medication', id: 'starch', code: { text: 'Stärke' } },
  {
    resourceType: 'MedicationRequest',
    id: 'by-reference',
    status: 'active',
    intent: 'order',
    medicationReference: { reference: 'Medication/aspirin' },
    subject: { reference: 'Patient/muller' },
    requester: { reference: 'Practitioner/dr-joe' },
    authoredOn: '2015-01-15',
    dosageInstruction: [{ ...dose, timing: { event: ['2015-01-16', '2015-01-18'] } }],
  },
  {
    resourceType: 'MedicationRequest',
    id: 'contained',
    status: 'stopped',
    intent: 'plan',
    priority: 'urgent',
    contained: [
      {
        resourceType: 'Medication',
        id: 'm1',
        status: 'active',
        code: { coding: [{ system: 'http://acme.example.com/medications', code: 'abc', display: 'Custom tablet' }] },
        ingredient: [{ itemCodeableConcept: { coding: [{ system: snomed, code: '387458008' }] } }],
      },
      { resourceType: 'Medication', id: 'm2', status: 'inactive', code: { text: 'Syrup' } },
    ],
    medicationReference: { reference: '#m1' },
    subject: { reference: 'Patient/nguyen' },
    supportingInformation: [{ reference: '#m2' }],
    authoredOn: '2015-02-07T13:28:17+02:00',
  },
  {
    resourceType: 'MedicationRequest',
    id: 'by-code',
    status: 'draft',
    intent: 'proposal',
    medicationCodeableConcept: {
      coding: [{ system: 'http://www.nlm.nih.gov/research/umls/rxnorm', code: '1191' }],
      text: 'Aspirin 100 mg',
    },
    subject: { reference: 'Patient/osman' },
    performer: { reference: 'Practitioner/dr-garcia' },
  },
  {
    resourceType: 'Immunization',
    id: 'some-time',
    status: 'completed',
    vaccineCode: { coding: [{ system: 'http://hl7.org/fhir/sid/cvx', code: '140' }] },
    patient: { reference: 'Patient/nguyen' },
    occurrenceString: '2015',
    lotNumber: 'LOT/7',
  },
]

const lists: readonly List[] = [
  {
    resourceType: 'List',
    id: '42',
    status: 'current',
    mode: 'working',
    title: 'Zürich patients',
    code: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/list-example-use-codes', code: 'worklist' }] },
    entry: [
      { item: { reference: 'Patient/muller' } },
      { item: { reference: 'http://localhost/fhir/Patient/nguyen' } },
      { item: { reference: 'Observation/pressure/_history/1' } },
      { item: { reference: 'Patient/unknown' } },
    ],
    date: '2018-02-21T12:17:00Z',
  },
  {
    resourceType: 'List',
    id: 'empty',
    status: 'entered-in-error',
    mode: 'snapshot',
    emptyReason: { text: 'nil known' },
  },
  {
    resourceType: 'List',
    id: 'nested',
    status: 'current',
    mode: 'changes',
    subject: { reference: 'Patient/osman' },
    source: { reference: 'Practitioner/dr-joe' },
    entry: [
      { item: { reference: 'List/42' } },
      { item: { reference: 'Patient/osman' } },
      { deleted: true, item: { reference: 'Patient/nguyen' } },
    ],
  },
]

const provenance: readonly (Provenance | AuditEvent | MessageHeader)[] = [
  {
    resourceType: 'Provenance',
    id: 'signed',
    target: [{ reference: 'Observation/pressure/_history/1' }, { reference: 'Patient/muller' }],
    recorded: '2020-01-01T00:00:00Z',
    occurredDateTime: '2019-12-31',
    agent: [{ who: { reference: 'Practitioner/dr-garcia' }, role: [{ text: 'author' }] }],
    entity: [{ role: 'source', what: { reference: 'DocumentReference/first' } }],
  },
  {
    resourceType: 'Provenance',
    id: 'period',
    target: [{ reference: 'List/42' }],
    recorded: '2021-06-01T12:00:00.5+02:00',
    occurredPeriod: { start: '2021-06' },
    agent: [{ who: { identifier: { value: 'somebody' } } }],
  },
  {
    resourceType: 'AuditEvent',
    id: 'read',
    type: {
      system: 'http://terminology.hl7.org/CodeSystem/audit-event-type',
      code: 'rest',
      display: 'RESTful Operation',
    },
    subtype: [{ system: 'http://hl7.org/fhir/restful-interaction', code: 'read' }],
    action: 'R',
    recorded: '2020-02-29T12:00:00+14:00',
    outcome: '0',
    agent: [
      {
        who: { reference: 'Practitioner/dr-joe' },
        altId: 'JaneDoe',
        requestor: true,
        network: { address: '10.0.0.1', type: '2' },
      },
    ],
    source: { observer: { reference: 'Organization/root' }, site: 'Cloud' },
    entity: [{ what: { reference: 'Observation/pressure' }, name: 'Reading' }],
  },
  {
    resourceType: 'MessageHeader',
    id: 'admit',
    eventUri: 'http://example.org/events/Admit',
    source: { name: 'Sender', endpoint: 'llp:10.11.12.13:5432' },
    destination: [{ name: 'Receiver', endpoint: 'http://example.org/claims' }],
    focus: [{ reference: 'Patient/muller' }],
    response: { identifier: 'm-0', code: 'ok' },
  },
  {
    resourceType: 'MessageHeader',
    id: 'coded',
    eventCoding: { system: 'http://example.org/events', code: 'admin-notify' },
    source: { endpoint: 'http://example.org/claims/in' },
    author: { reference: 'PractitionerRole/garcia-cardiology' },
  },
]

export const documents: readonly Resource[] = [
  ...compositions,
  ...bundles,
  ...references,
  ...sequences,
  ...medications,
  ...lists,
  ...provenance,
]
